using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Native;

namespace TorchSharp;

/// <summary>Tensors from .NET arrays: copies (<c>tensor</c>) and views (<c>from_array</c>, <c>frombuffer</c>).</summary>
public static partial class torch
{
    internal static Tensor scalar_tensor(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => Finish(Aten.scalar_tensor.Call(value, dtype ?? (value.Type == ScalarType.Float64 ? ScalarType.Float32 : value.Type), Arg.None, Where(device)), requires_grad);

    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var shape = Lengths(rawArray);
        var element = rawArray.GetType().GetElementType()!;
        if (element == typeof((float, float)))
            return tensor(rawArray.Cast<(float, float)>().ToArray(), shape, dtype, device, requires_grad, names);
        return Finish(Convert(Share(rawArray, 0, shape, ToScalarType(element)), dtype, Where(device)), requires_grad, names);
    }

    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var length = rawArray.LongLength;
        if (offset < 0 || offset >= length)
            throw new ArgumentException($"invalid value for 'offset': {offset}");
        if (count < 0)
            count = length - offset;
        if (count > length - offset)
            throw new IndexOutOfRangeException($"element count is too large: {count}");
        var original = ToScalarType(rawArray.GetType().GetElementType()!);
        return Finish(Convert(Share(rawArray, offset * original.ElementSize(), [count], original), dtype, CPU), requires_grad);
    }

    internal static ScalarType ToScalarType(Type type) => type switch
    {
        _ when type == typeof(bool) => ScalarType.Bool,
        _ when type == typeof(byte) => ScalarType.Byte,
        _ when type == typeof(sbyte) => ScalarType.Int8,
        _ when type == typeof(short) => ScalarType.Int16,
        _ when type == typeof(int) => ScalarType.Int32,
        _ when type == typeof(long) => ScalarType.Int64,
        _ when type == typeof(Half) => ScalarType.Float16,
        _ when type == typeof(float) => ScalarType.Float32,
        _ when type == typeof(double) => ScalarType.Float64,
        _ when type == typeof((float, float)) => ScalarType.ComplexFloat32,
        _ when type == typeof(Complex) => ScalarType.ComplexFloat64,
        _ => throw new NotSupportedException($"The type {type.FullName} is not supported."),
    };

    /// <summary>A fresh tensor without initial values, straight from the allocator; tries once more after a collection when memory is short.</summary>
    internal static unsafe Tensor Allocate(ReadOnlySpan<long> dimensions, ScalarType dtype, Device device)
    {
        fixed (long* sizes = dimensions)
        {
            var handle = NativeMethods.shim_tensor_empty(sizes, dimensions.Length, (int)dtype, device.Packed);
            if (handle == IntPtr.Zero)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                handle = NativeError.Check(NativeMethods.shim_tensor_empty(sizes, dimensions.Length, (int)dtype, device.Packed));
            }
            return new Tensor(handle);
        }
    }

    private static Tensor FromValue<T>(T value, ScalarType original, ScalarType? dtype, Device? device, bool requires_grad) where T : unmanaged
        => FromValues([value], [], original, dtype, device, requires_grad, null);

    private static unsafe Tensor FromValues<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType original, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var dimension in dimensions)
            count *= dimension;
        if (count < 0 || count > values.Length)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {values.Length}");
        var result = Allocate(dimensions, original, CPU);
        values[..(int)count].CopyTo(new Span<T>((void*)result.Data(), (int)count));
        return Finish(Convert(result, dtype, Where(device)), requires_grad, names);
    }

    private static Tensor Convert(Tensor source, ScalarType? dtype, Device device)
    {
        if (device.type == DeviceType.CPU && (dtype is null || dtype == source.dtype))
            return source;
        return source.to(dtype ?? source.dtype, device, disposeAfter: true);
    }

    private static ReadOnlySpan<T> AsSpan<T>(IList<T> values) => values switch
    {
        T[] array => array,
        List<T> list => CollectionsMarshal.AsSpan(list),
        _ => values.ToArray(),
    };

    private static ReadOnlySpan<T> AsSpan<T>(Array array)
        => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static long[] Lengths(Array array)
    {
        var lengths = new long[array.Rank];
        for (var dim = 0; dim < lengths.Length; dim++)
            lengths[dim] = array.GetLongLength(dim);
        return lengths;
    }

    /// <summary>A tensor over a pinned array; the pin goes when the storage does.</summary>
    private static unsafe Tensor Share(Array array, long byteOffset, ReadOnlySpan<long> dimensions, ScalarType dtype)
    {
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        fixed (long* sizes = dimensions)
        {
            var memory = (byte*)pin.AddrOfPinnedObject() + byteOffset;
            var handle = NativeMethods.shim_tensor_from_memory(memory, sizes, dimensions.Length, (int)dtype, &Unpin, GCHandle.ToIntPtr(pin));
            if (handle == IntPtr.Zero)
            {
                pin.Free();
                NativeError.Throw();
            }
            return new Tensor(handle);
        }
    }

    [UnmanagedCallersOnly]
    private static void Unpin(IntPtr context) => GCHandle.FromIntPtr(context).Free();
}
