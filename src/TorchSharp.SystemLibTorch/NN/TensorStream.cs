using System.Runtime.InteropServices;

namespace TorchSharp
{
    using static torch;

    /// <summary>
    /// TorchSharp's own tensor format: dtype, number of dimensions and each size as LEB128, then the elements, contiguous and little-endian.
    /// </summary>
    internal static class TensorStream
    {
        private static readonly Operator Contiguous = new("contiguous");

        public static void WriteTensor(this BinaryWriter writer, Tensor tensor)
        {
            using var on_cpu = tensor.detach().cpu();
            using var dense = Contiguous.Call(on_cpu);
            writer.Write7BitEncodedInt64((long)dense.dtype);
            writer.Write7BitEncodedInt64(dense.shape.Length);
            foreach (var size in dense.shape) writer.Write7BitEncodedInt64(size);
            writer.Write(dense.bytes);
        }

        /// <summary>Reads into a tensor of the same dtype and shape, on whatever device it is; with none given, skips.</summary>
        public static void ReadTensor(this BinaryReader reader, Tensor target)
        {
            var dtype = (ScalarType)reader.Read7BitEncodedInt64();
            var shape = new long[Math.Clamp(reader.Read7BitEncodedInt64(), 0, 64)];
            for (var i = 0; i < shape.Length; i++) shape[i] = reader.Read7BitEncodedInt64();
            var bytes = checked(shape.Aggregate(1L, (product, size) => product * size) * BytesPerElement(dtype));
            var left = reader.BaseStream.CanSeek ? reader.BaseStream.Length - reader.BaseStream.Position : bytes;
            if (bytes < 0 || bytes > left || shape.Any(size => size < 0))
                throw new InvalidDataException($"A tensor of shape [{string.Join(", ", shape)}] and type {dtype} needs {bytes} bytes; the stream has {left} left.");

            if (target is null)
            {
                reader.BaseStream.Seek(bytes, SeekOrigin.Current);
                return;
            }

            if (dtype != target.dtype || !shape.SequenceEqual(target.shape))
            {
                throw new InvalidDataException(
                    $"The stream holds a tensor of shape [{string.Join(", ", shape)}] and type {dtype}, expected [{string.Join(", ", target.shape)}] and {target.dtype}.");
            }

            using var read = ReadNew(reader, dtype, shape);
            using (no_grad()) target.copy_(read);
        }

        /// <summary>Reads a tensor of unknown shape onto a device.</summary>
        public static Tensor ReadTensor(this BinaryReader reader, Device device)
        {
            var dtype = (ScalarType)reader.Read7BitEncodedInt64();
            var shape = new long[Math.Clamp(reader.Read7BitEncodedInt64(), 0, 64)];
            for (var i = 0; i < shape.Length; i++) shape[i] = reader.Read7BitEncodedInt64();
            using var read = ReadNew(reader, dtype, shape);
            return read.to(device).DetachFromDisposeScope();
        }

        private static Tensor ReadNew(BinaryReader reader, ScalarType dtype, long[] shape)
        {
            var tensor = empty(shape, dtype: dtype);
            reader.BaseStream.ReadExactly(tensor.bytes);
            return tensor;
        }

        private static int BytesPerElement(ScalarType dtype) => dtype switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
            ScalarType.ComplexFloat64 => 16,
            _ => throw new InvalidDataException($"The stream names an unknown element type ({(int)dtype})."),
        };
    }
}
