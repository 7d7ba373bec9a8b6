using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests;

/// <summary>Weights by a rule of integers that golden scripts repeat (Networks/golden/make_resnet.py), so that no file holds them.</summary>
internal static class FormulaWeights
{
    /// <summary>Fills every float tensor of a module's state, in the order of sorted names.</summary>
    public static void Fill(nn.Module module)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        (string Name, Tensor Values)[] state = [.. module.state_dict().Where(pair => is_floating_point(pair.Value.dtype)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];
        for (int s = 0; s < state.Length; s++)
        {
            (string name, Tensor values) = state[s];
            double[] u = Uniform((int)values.numel(), s);
            double fanIn = values.dim() > 1 ? values.numel() / (double)values.size(0) : 1;
            float[] filled = [.. u.Select(x => (float)(values.dim() > 1 ? x * Math.Sqrt(6 / fanIn) : name.EndsWith("running_var", StringComparison.Ordinal) ? 1 + (0.3 * x) : name.EndsWith("weight", StringComparison.Ordinal) ? 1 + (0.2 * x) : 0.1 * x))];
            values.copy_(tensor(filled, values.shape));
        }
    }

    /// <summary>Numbers in [-1, 1).</summary>
    public static Tensor Input(params long[] shape) =>
        tensor([.. Uniform((int)shape.Aggregate(1L, (a, b) => a * b), 77).Select(x => (float)x)], shape);

    public static double[] Uniform(int count, int s)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            uint x = unchecked(((uint)i * 2654435761u) + ((uint)(s + 1) * 40503u));
            x ^= x >> 16;
            x = unchecked(x * 73244475u);
            x ^= x >> 16;
            values[i] = (x / 2147483648.0) - 1;
        }

        return values;
    }
}
