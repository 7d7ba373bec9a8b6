using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>How close two tensors must be, said once.</summary>
internal static class Agreement
{
    /// <summary>float32 against PyTorch: the largest relative error of any element.</summary>
    public const double Golden = 1e-5;

    /// <summary>float64 against central differences of step 1e-5, whose own error is about 1e-10.</summary>
    public const double FiniteDifferences = 1e-6;

    /// <summary>
    /// Same type, same shape, same bytes. The golden values were made with AVX2, whose logarithm and cosine round normal numbers differently in their last bits
    /// from other processors': there floating-point numbers need only be close.
    /// </summary>
    public static void Exactly(Tensor actual, Tensor expected, string what)
    {
        SameForm(actual, expected, what);
        if (!Avx2.IsSupported && is_floating_point(expected.dtype))
        {
            Closely(actual, expected, what);
            return;
        }

        using Tensor dense = actual.detach().contiguous();
        if (!dense.bytes.SequenceEqual(expected.bytes))
        {
            Closely(actual, expected, what, 0);
            Assert.Fail($"{what}: the values agree but their bytes differ.");
        }
    }

    /// <summary>
    /// Same type and shape; NaN and infinities in the same places; integers and flags equal; each other element within <paramref name="tolerance"/> of itself.
    /// An element smaller than the tensor's largest times <paramref name="floor"/> is measured against that: it is a difference of larger numbers.
    /// </summary>
    public static void Closely(Tensor actual, Tensor expected, string what, double tolerance = Golden, double floor = 0.01)
    {
        SameForm(actual, expected, what);
        double[] got = Values(actual), wanted = Values(expected);
        bool whole = !is_floating_point(expected.dtype);
        double least = floor * wanted.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int index = 0; index < got.Length; index++)
        {
            double error = Math.Abs(got[index] - wanted[index]);
            bool same = got[index].Equals(wanted[index]) || got[index] == wanted[index];
            bool close = !whole && double.IsFinite(wanted[index]) && error <= tolerance * Math.Max(Math.Abs(wanted[index]), least);
            if (!same && !close)
            {
                Assert.Fail($"{what}: element {index} is {got[index]:R}, expected {wanted[index]:R} (all: [{string.Join(", ", got.Take(24))}], expected [{string.Join(", ", wanted.Take(24))}]).");
            }
        }
    }

    public static double[] Values(Tensor tensor)
    {
        using Tensor plain = tensor.detach();
        using Tensor wide = plain.to(ScalarType.Float64);
        return wide.data<double>().ToArray();
    }

    private static void SameForm(Tensor actual, Tensor expected, string what)
    {
        Assert.True(actual.dtype == expected.dtype, $"{what}: type {actual.dtype}, expected {expected.dtype}.");
        Assert.True(actual.shape.SequenceEqual(expected.shape), $"{what}: shape [{string.Join(",", actual.shape)}], expected [{string.Join(",", expected.shape)}].");
    }
}
