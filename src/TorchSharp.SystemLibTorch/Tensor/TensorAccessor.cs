using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor in logical order, whatever its strides. Keeps the tensor's memory alive while used.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private torch.Tensor? tensor;
    private T* data;
    private readonly bool contiguous;
    private readonly long[] shape;
    private readonly long[] strides;

    internal TensorAccessor(torch.Tensor tensor)
    {
        this.tensor = tensor;
        data = (T*)tensor.Data();
        Count = tensor.NumberOfElements;
        contiguous = tensor.is_contiguous();
        shape = tensor.shape;
        strides = tensor.stride();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => data[Offset(indices)];
        set => data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        if (Count > Array.MaxLength)
            throw new InvalidOperationException($"The tensor has {Count} elements, more than an array can hold.");
        var array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    public Array ToNDArray()
    {
        if (shape.Length == 0)
            return ToArray();
        var array = Array.CreateInstance(typeof(T), shape);
        var flat = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array)), array.Length);
        CopyTo(flat);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (count <= 0)
            return;
        var target = array.Slice(arrayIndex, count);
        if (contiguous)
        {
            new ReadOnlySpan<T>(data + tensorIndex, count).CopyTo(target);
        }
        else
        {
            for (var i = 0; i < count; i++)
                target[i] = data[Offset(tensorIndex + i)];
        }
        GC.KeepAlive(this);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (count <= 0)
            return;
        var source = array.Slice(arrayIndex, count);
        if (contiguous)
        {
            source.CopyTo(new Span<T>(data + tensorIndex, count));
        }
        else
        {
            for (var i = 0; i < count; i++)
                data[Offset(tensorIndex + i)] = source[i];
        }
        GC.KeepAlive(this);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left.Count == right.Count && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public override bool Equals(object? obj) => obj is TensorAccessor<T> other && this == other;

    public override int GetHashCode() => base.GetHashCode();

    public void Dispose()
    {
        data = null;
        tensor = null;
    }

    private T At(long index) => data[Offset(index)];

    private long Offset(long[] indices)
    {
        ObjectDisposedException.ThrowIf(tensor is null, this);
        if (indices.Length == 1)
            return (ulong)indices[0] < (ulong)Count ? Offset(indices[0]) : throw new IndexOutOfRangeException();
        if (indices.Length != shape.Length)
            throw new ArgumentException($"Expected {shape.Length} indices, got {indices.Length}.");
        var offset = 0L;
        for (var i = 0; i < shape.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)shape[i])
                throw new IndexOutOfRangeException($"{indices[i]} >= {shape[i]} in dimension {i}.");
            offset += indices[i] * strides[i];
        }
        return offset;
    }

    private long Offset(long index)
    {
        if (contiguous)
            return index;
        var offset = 0L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            index = Math.DivRem(index, shape[i], out var position);
            offset += position * strides[i];
        }
        return offset;
    }
}
