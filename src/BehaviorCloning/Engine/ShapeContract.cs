using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>Checks a tensor's shape against what a method says it takes. Cheap enough for every call: it allocates only when it throws.</summary>
public static class ShapeContract
{
    /// <summary>Throws unless the tensor has exactly these extents.</summary>
    /// <param name="tensor">What was given.</param>
    /// <param name="name">What it is called, for the message.</param>
    /// <param name="dims">The extent of each dimension; -1 where any will do.</param>
    /// <exception cref="ArgumentException">The shape differs. The message says what was expected, what came, and where they part.</exception>
    /// <example><code>ShapeContract.Require(actions, "actions", -1, predictionHorizon, actionDimension);</code></example>
    public static void Require(Tensor tensor, string name, params ReadOnlySpan<long> dims)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.dim() != dims.Length) throw Mismatch(tensor, name, dims);
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] >= 0 && tensor.size(i) != dims[i]) throw Mismatch(tensor, name, dims);
        }
    }

    private static ArgumentException Mismatch(Tensor tensor, string name, ReadOnlySpan<long> dims)
    {
        var text = new StringBuilder($"'{name}': expected shape [");
        for (int i = 0; i < dims.Length; i++)
        {
            if (i > 0) text.Append(", ");
            // The leading free extent is nearly always the batch, so say so.
            text.Append(dims[i] >= 0 ? dims[i].ToString(CultureInfo.InvariantCulture) : i == 0 ? "B" : "any");
        }

        long[] got = tensor.shape;
        text.Append($"], got [{string.Join(", ", got)}]. ");
        if (got.Length != dims.Length)
            return new ArgumentException(text.Append($"It has {got.Length} dimensions instead of {dims.Length}: reshape it, or add the missing batch or time dimension.").ToString(), name);
        string[] wrong = new string[dims.Length];
        for (int i = 0; i < dims.Length; i++)
            wrong[i] = dims[i] >= 0 && got[i] != dims[i] ? $"dimension {i} is {got[i]} instead of {dims[i]}" : "";
        text.Append($"Here {string.Join(", ", wrong.Where(part => part.Length > 0))}: give a tensor of that shape, or build the module for these sizes.");
        return new ArgumentException(text.ToString(), name);
    }
}
