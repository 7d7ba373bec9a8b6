using System.Runtime.InteropServices;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Indexing expressions, which libtorch evaluates itself in one call (native/indexing.cpp).</summary>
internal static unsafe class Indexing
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        public int Kind;
        public int Given;  // bit 0: start, bit 1: stop, bit 2: step
        public long Start;
        public long Stop;
        public long Step;
        public IntPtr Tensor;
    }

    public static Tensor Get(Tensor source, ReadOnlySpan<TensorIndex> indices)
    {
        var entries = stackalloc Entry[indices.Length];
        Encode(indices, entries);
        return new Tensor(NativeError.Check(NativeMethods.shim_tensor_index(source.Handle, entries, indices.Length)));
    }

    public static Tensor Put(Tensor target, TensorIndex[] indices, Tensor value, bool accumulate)
    {
        if (accumulate)
        {
            if (indices.Any(index => index.kind is not TensorIndex.Kind.Tensor))
                throw new NotSupportedException("Accumulating index_put_ takes tensors as indices only.");
            return target.index_put_(value, Array.ConvertAll(indices, index => index.tensor), accumulate: true);
        }
        var entries = stackalloc Entry[indices.Length];
        Encode(indices, entries);
        NativeError.Check(NativeMethods.shim_tensor_index_put(target.Handle, entries, indices.Length, value.Handle));
        GC.KeepAlive(value);
        GC.KeepAlive(indices);
        return target;
    }

    public static Tensor Put(Tensor target, TensorIndex[] indices, Scalar value)
    {
        using var filler = scalar_tensor(value, target.dtype, target.device);
        return Put(target, indices, filler, false);
    }

    public static Tensor Get(Tensor source, ReadOnlySpan<long> indices)
    {
        var entries = stackalloc Entry[indices.Length];
        Encode(indices, entries);
        var result = new Tensor(NativeError.Check(NativeMethods.shim_tensor_index(source.Handle, entries, indices.Length)));
        GC.KeepAlive(source);
        return result;
    }

    public static void Put(Tensor target, ReadOnlySpan<long> indices, Tensor value)
    {
        var entries = stackalloc Entry[indices.Length];
        Encode(indices, entries);
        NativeError.Check(NativeMethods.shim_tensor_index_put(target.Handle, entries, indices.Length, value.Handle));
        GC.KeepAlive(target);
        GC.KeepAlive(value);
    }

    private static void Encode(ReadOnlySpan<long> indices, Entry* entries)
    {
        for (var i = 0; i < indices.Length; i++)
            entries[i] = new Entry { Kind = (int)TensorIndex.Kind.Single, Start = indices[i] };
    }

    private static void Encode(ReadOnlySpan<TensorIndex> indices, Entry* entries)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            ref readonly var index = ref indices[i];
            entries[i] = new Entry
            {
                Kind = (int)index.kind,
                Given = (index.start.HasValue ? 1 : 0) | (index.stop.HasValue ? 2 : 0) | (index.step.HasValue ? 4 : 0),
                Start = index.start ?? 0,
                Stop = index.stop ?? 0,
                Step = index.step ?? 1,
                Tensor = index.tensor?.Handle ?? IntPtr.Zero,
            };
        }
    }
}
