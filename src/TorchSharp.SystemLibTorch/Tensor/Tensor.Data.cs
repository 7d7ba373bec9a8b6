using System.Runtime.InteropServices;
using TorchSharp.Native;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous CPU tensor. Nothing keeps the tensor alive while the span is in use.</summary>
        public unsafe Span<byte> bytes
        {
            get => new((void*)ContiguousSpan(out var length), length);

            set
            {
                var address = ContiguousSpan(out var length);
                if (value.Length != length)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>((void*)address, length));
                GC.KeepAlive(this);
            }
        }

        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            CheckType<T>();
            return new TensorAccessor<T>(Readable());
        }

        public unsafe T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"The tensor must have exactly one element to read it as one, but has {NumberOfElements}.");
            CheckType<T>();
            var readable = Readable();
            var value = *(T*)readable.Data();
            if (!ReferenceEquals(readable, this))
                readable.Dispose();
            GC.KeepAlive(this);
            return value;
        }

        public unsafe Scalar ToScalar()
        {
            var real = stackalloc double[2];
            return ReadItem(real, out var integer) switch
            {
                ItemKind.Real => real[0],
                ItemKind.Integer => integer,
                ItemKind.Bool => integer != 0,
                _ => new System.Numerics.Complex(real[0], real[1]),
            };
        }

        internal unsafe double ReadReal()
        {
            var real = stackalloc double[2];
            return ReadItem(real, out var integer) is ItemKind.Real or ItemKind.Complex ? real[0] : integer;
        }

        internal unsafe long ReadInteger()
        {
            var real = stackalloc double[2];
            return ReadItem(real, out var integer) is ItemKind.Real or ItemKind.Complex ? (long)real[0] : integer;
        }

        /// <summary>What shim_tensor_item read.</summary>
        private enum ItemKind
        {
            Real,
            Integer,
            Bool,
            Complex,
        }

        private unsafe ItemKind ReadItem(double* real, out long integer)
        {
            int kind;
            fixed (long* whole = &integer)
                NativeError.Check(NativeMethods.shim_tensor_item(Handle, &kind, real, whole));
            GC.KeepAlive(this);
            return (ItemKind)kind;
        }

        public void save(string location) => Files.Save(this, location);

        public static Tensor load(string location) => Files.Load(location);

        public static Tensor Load(BinaryReader reader) => TensorExtensionMethods.Load(reader);

        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            return Load(reader);
        }

        public static Tensor Load(string location)
        {
            using var reader = new BinaryReader(File.OpenRead(location));
            return Load(reader);
        }

        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var address = (byte*)ContiguousData(out long length);
            while (length > 0)
            {
                var part = (int)Math.Min(length, Math.Max(bufferSize, 1 << 20));
                stream.Write(new ReadOnlySpan<byte>(address, part));
                address += part;
                length -= part;
            }
            GC.KeepAlive(this);
        }

        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var address = (byte*)ContiguousData(out long length);
            while (length > 0)
            {
                var part = (int)Math.Min(length, Math.Max(bufferSize, 1 << 20));
                stream.ReadExactly(new Span<byte>(address, part));
                address += part;
                length -= part;
            }
            GC.KeepAlive(this);
        }

        /// <summary>This tensor, or a copy in host memory where its values cannot be read in place.</summary>
        private Tensor Readable()
        {
            var plain = NativeMethods.shim_tensor_is_plain(Handle) != 0;
            if (plain)
                return device_type == DeviceType.CPU ? this : cpu();
            var written = new Tensor(NativeError.Check(NativeMethods.shim_tensor_materialize(Handle)));
            return device_type == DeviceType.CPU ? written : written.to(CPU, disposeAfter: true);
        }

        /// <summary>Address of the first element.</summary>
        internal unsafe IntPtr Data()
        {
            IntPtr address;
            NativeError.Check(NativeMethods.shim_tensor_data(Handle, &address));
            return address;
        }

        internal void CheckType<T>() where T : unmanaged
        {
            var wanted = ToScalarType(typeof(T));
            if (wanted != dtype)
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
        }

        private IntPtr ContiguousData(out long length)
        {
            if (!is_contiguous())
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            length = NumberOfElements * ElementSize;
            return Data();
        }

        private IntPtr ContiguousSpan(out int length)
        {
            var address = ContiguousData(out long total);
            if (total > int.MaxValue)
                throw new ArgumentException("Span only supports up to int.MaxValue elements.");
            length = (int)total;
            return address;
        }
    }
}
