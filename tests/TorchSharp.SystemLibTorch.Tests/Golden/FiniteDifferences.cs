using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Gradients by central differences in float64: an answer that owes nothing to autograd.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    /// <summary>
    /// Compares autograd's gradient of <paramref name="loss"/> with respect to each of <paramref name="variables"/> (float64, written in place) with its central differences.
    /// </summary>
    public static void Check(IReadOnlyList<(string Name, Tensor Value)> variables, Func<Tensor> loss, string what)
    {
        foreach ((_, Tensor value) in variables)
        {
            value.requires_grad = true;
        }

        Tensor[] wanted = [.. variables.Select(variable => variable.Value)];
        IList<Tensor> analytic = autograd.grad([loss()], wanted, allow_unused: true);
        foreach ((_, Tensor value) in variables)
        {
            value.requires_grad = false;
        }

        for (int number = 0; number < wanted.Length; number++)
        {
            using Tensor numeric = OfOne(wanted[number], loss);
            Tensor? gradient = analytic[number];
            Tensor known = gradient is null || gradient.IsInvalid ? zeros_like(numeric) : gradient;
            double scale = Math.Max(1, Agreement.Values(numeric).Select(Math.Abs).DefaultIfEmpty(0).Max());
            double[] got = Agreement.Values(known), expected = Agreement.Values(numeric);
            for (int index = 0; index < got.Length; index++)
            {
                Assert.True(Math.Abs(got[index] - expected[index]) <= Agreement.FiniteDifferences * scale,
                    $"{what}, gradient of {variables[number].Name}[{index}]: {got[index]:R}, by differences {expected[index]:R}.");
            }
        }
    }

    private static Tensor OfOne(Tensor variable, Func<Tensor> loss)
    {
        double[] slopes = new double[variable.numel()];
        for (int index = 0; index < slopes.Length; index++)
        {
            double value = Element(variable, index);
            double above = At(variable, index, value + Step, loss), below = At(variable, index, value - Step, loss);
            Element(variable, index) = value;
            slopes[index] = (above - below) / (2 * Step);
        }

        return tensor(slopes, variable.shape);
    }

    private static double At(Tensor variable, int index, double value, Func<Tensor> loss)
    {
        using DisposeScope scope = NewDisposeScope();
        Element(variable, index) = value;
        return loss().ToDouble();
    }

    private static ref double Element(Tensor variable, int index) => ref MemoryMarshal.Cast<byte, double>(variable.bytes)[index];
}
