using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>Optimizer arithmetic on flat buffers in the CPU's memory: one pass over each, several values an instruction.</summary>
/// <remarks>
/// As operators an AdamW step reads and writes the four buffers about ten times, and a network of a million weights does not fit the
/// cache: the step is then bound by memory. Here a value is read once and written once. Work is cut into blocks of fixed size, so
/// the result does not depend on the number of threads. Nothing here contracts to fused multiply-add, so it does not depend on the machine either.
/// </remarks>
internal sealed unsafe class FlatKernels
{
    private const int BlockSize = 16384;
    private readonly long count;
    private readonly int threads;
    private readonly double[] blockSums;
    private readonly Action<int> runShare;
    private Action<int>? blockWork;

    /// <summary>Prepares for buffers of a length.</summary>
    public FlatKernels(long count, int threads)
    {
        this.count = count;
        BlockCount = checked((int)((count + BlockSize - 1) / BlockSize));
        // Handing out work costs some microseconds: not worth it for a few blocks.
        this.threads = Math.Clamp(Math.Min(threads, BlockCount / 4), 1, 64);
        blockSums = new double[BlockCount];
        runShare = RunShare;
    }

    private int BlockCount { get; }

    /// <summary>Where a contiguous CPU tensor's floats are. The tensor must outlive the pointer.</summary>
    public static float* Pointer(Tensor tensor)
    {
        // A 2 GB buffer or larger does not fit a span, but its beginning does.
        using Tensor first = tensor.narrow(0, 0, 1);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>The sum of squares, in double precision.</summary>
    public double SumOfSquares(float* values)
    {
        Run(block =>
        {
            (long start, int length) = Block(block);
            float* p = values + start;
            int i = 0;
            // Squares of 32-bit floats are exact in 64 bits, so a large gradient cannot overflow the norm.
            Vector<double> low = Vector<double>.Zero, high = Vector<double>.Zero;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(Unsafe.ReadUnaligned<Vector<float>>(p + i), out Vector<double> a, out Vector<double> b);
                low += a * a;
                high += b * b;
            }

            double sum = Vector.Sum(low) + Vector.Sum(high);
            for (; i < length; i++) sum += (double)p[i] * p[i];
            blockSums[block] = sum;
        });
        double total = 0;
        foreach (double sum in blockSums) total += sum;
        return total;
    }

    /// <summary>One AdamW step; consumes the gradients (leaves zeros).</summary>
    public void AdamW(float* values, float* gradients, float* first, float* second, IReadOnlyList<AdamWRange> ranges, AdamWStep step) =>
        Run(block =>
        {
            (long start, int length) = Block(block);
            foreach (AdamWRange range in ranges)
            {
                long from = Math.Max(start, range.Start), to = Math.Min(start + length, range.Start + range.Length);
                if (from < to) AdamWSpan(values + from, gradients + from, first + from, second + from, (int)(to - from), range, step);
            }
        });

    /// <summary>average = decay * average + (1 - decay) * values.</summary>
    public void Average(float* average, float* values, float decay) =>
        Run(block =>
        {
            (long start, int length) = Block(block);
            float* a = average + start, v = values + start;
            float rest = 1 - decay;
            var decays = new Vector<float>(decay);
            var rests = new Vector<float>(rest);
            int i = 0;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
                Unsafe.WriteUnaligned(a + i, (decays * Unsafe.ReadUnaligned<Vector<float>>(a + i)) + (rests * Unsafe.ReadUnaligned<Vector<float>>(v + i)));
            for (; i < length; i++) a[i] = (decay * a[i]) + (rest * v[i]);
        });

    private static void AdamWSpan(float* values, float* gradients, float* first, float* second, int length, AdamWRange range, AdamWStep step)
    {
        float keep = (float)(1 - (step.LearningRate * range.LearningRateScale * range.WeightDecay));
        float size = (float)(step.LearningRate * range.LearningRateScale / step.FirstCorrection);
        float root = (float)Math.Sqrt(step.SecondCorrection);
        float beta1 = (float)step.Beta1, rest1 = (float)(1 - step.Beta1), beta2 = (float)step.Beta2, rest2 = (float)(1 - step.Beta2);
        float epsilon = (float)step.Epsilon, scale = (float)step.GradientScale;
        int width = Vector<float>.Count, i = 0;
        for (; i <= length - width; i += width)
        {
            Vector<float> g = Unsafe.ReadUnaligned<Vector<float>>(gradients + i) * scale;
            Vector<float> m = (Unsafe.ReadUnaligned<Vector<float>>(first + i) * beta1) + (g * rest1);
            Vector<float> v = (Unsafe.ReadUnaligned<Vector<float>>(second + i) * beta2) + (g * g * rest2);
            Vector<float> p = (Unsafe.ReadUnaligned<Vector<float>>(values + i) * keep) - (m / ((Vector.SquareRoot(v) / new Vector<float>(root)) + new Vector<float>(epsilon)) * size);
            Unsafe.WriteUnaligned(first + i, m);
            Unsafe.WriteUnaligned(second + i, v);
            Unsafe.WriteUnaligned(values + i, p);
            Unsafe.WriteUnaligned(gradients + i, Vector<float>.Zero);
        }

        for (; i < length; i++)
        {
            float g = gradients[i] * scale;
            float m = (first[i] * beta1) + (g * rest1);
            float v = (second[i] * beta2) + (g * g * rest2);
            values[i] = (values[i] * keep) - (m / ((MathF.Sqrt(v) / root) + epsilon) * size);
            first[i] = m;
            second[i] = v;
            gradients[i] = 0;
        }
    }

    private (long Start, int Length) Block(int block)
    {
        long start = (long)block * BlockSize;
        return (start, (int)Math.Min(BlockSize, count - start));
    }

    private void Run(Action<int> work)
    {
        blockWork = work;
        if (threads == 1) RunShare(0);
        else Parallel.For(0, threads, runShare);
        blockWork = null;
    }

    private void RunShare(int share)
    {
        int last = (int)((long)BlockCount * (share + 1) / threads);
        for (int block = (int)((long)BlockCount * share / threads); block < last; block++) blockWork!(block);
    }
}

/// <summary>How AdamW treats a part of the buffers.</summary>
internal readonly record struct AdamWRange(long Start, long Length, double LearningRateScale, double WeightDecay);

/// <summary>The numbers of one AdamW step.</summary>
internal readonly record struct AdamWStep(double LearningRate, double Beta1, double Beta2, double Epsilon, double FirstCorrection, double SecondCorrection, double GradientScale);
