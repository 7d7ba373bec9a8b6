using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The sizes of a tensor.</summary>
    public struct Size : IEnumerable<long>
    {
        public static Size Empty = new(Array.Empty<long>());

        public Size(long[] shape) => Shape = (long[])shape.Clone();
        public Size(IEnumerable<long> shape) => Shape = shape.ToArray();
        public Size(int[] shape) => Shape = Array.ConvertAll(shape, size => (long)size);
        public Size(long size) => Shape = [size];
        public Size(int size) => Shape = [size];
        public Size((long, long) size) => Shape = [size.Item1, size.Item2];
        public Size((long, long, long) size) => Shape = [size.Item1, size.Item2, size.Item3];
        public Size((long, long, long, long) size) => Shape = [size.Item1, size.Item2, size.Item3, size.Item4];
        public Size((long, long, long, long, long) size) => Shape = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5];
        public Size((long, long, long, long, long, long) size) => Shape = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5, size.Item6];
        public Size((int, int) size) => Shape = [size.Item1, size.Item2];
        public Size((int, int, int) size) => Shape = [size.Item1, size.Item2, size.Item3];
        public Size((int, int, int, int) size) => Shape = [size.Item1, size.Item2, size.Item3, size.Item4];
        public Size((int, int, int, int, int) size) => Shape = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5];
        public Size((int, int, int, int, int, int) size) => Shape = [size.Item1, size.Item2, size.Item3, size.Item4, size.Item5, size.Item6];

        public static implicit operator Size(long size) => new(size);
        public static implicit operator Size((long, long) size) => new(size);
        public static implicit operator Size((long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long, long) size) => new(size);
        public static implicit operator Size((long, long, long, long, long, long) size) => new(size);
        public static implicit operator Size(long[] size) => new(size);

        public long[] Shape { get; }

        public int Length => Shape.Length;

        public bool IsEmpty => Shape.Length == 0;

        public bool IsScalar => IsEmpty;

        public long this[int idx] => Shape[idx];

        public long this[long idx] => Shape[idx];

        public static Size operator +(Size left, Size right) => new(left.Shape.Concat(right.Shape));
        public static Size operator +(Size left, IEnumerable<long> right) => new(left.Shape.Concat(right));
        public static bool operator ==(Size left, Size right) => left.Equals(right);
        public static bool operator !=(Size left, Size right) => !left.Equals(right);

        public override bool Equals(object? obj) => obj is Size other && Shape.AsSpan().SequenceEqual(other.Shape);

        public override int GetHashCode() => Shape.Aggregate(17, HashCode.Combine);

        public long numel() => Shape.TotalSize();

        public Size Slice(int first, int next)
        {
            next = next < 0 ? Shape.Length + next : next;
            first = first < 0 ? Shape.Length + first : first;
            return next <= first ? Empty : new Size(Shape[first..next]);
        }

        public IEnumerable<long> Take(int i) => Shape.Take(i);

        public IEnumerator<long> GetEnumerator() => Shape.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
