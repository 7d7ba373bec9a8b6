using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Turns a batch of observation histories into context tokens.</summary>
public abstract class ObservationEncoder : nn.Module
{
    /// <summary>Sets the sizes of what <see cref="Encode"/> returns.</summary>
    protected ObservationEncoder(string name, int tokenCount, int tokenWidth)
        : base(name)
    {
        TokenCount = tokenCount;
        TokenWidth = tokenWidth;
    }

    /// <summary>N: context tokens a history.</summary>
    public int TokenCount { get; }

    /// <summary>C: width of a token.</summary>
    public int TokenWidth { get; }

    /// <summary>Encodes normalized observation histories.</summary>
    /// <param name="features">For each feature by name: [B, To, ...feature shape], floats normalized, images uint8.</param>
    /// <returns>Context tokens, [B, N, C].</returns>
    public abstract Tensor Encode(IReadOnlyDictionary<string, Tensor> features);
}
