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
    /// <param name="random">Draws augmentation, in training only. Null: the engine's default generator.</param>
    /// <returns>Context tokens, [B, N, C].</returns>
    public abstract Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null);

    /// <summary>What multiplies the learning rate of a parameter. Default 1; pretrained parts ask for less.</summary>
    /// <param name="parameter">Its name in this encoder.</param>
    public virtual double LearningRateScaleOf(string parameter) => 1;

    /// <summary>A feature's tensor, checked.</summary>
    /// <returns>The tensor given, [B, To, ...feature shape].</returns>
    /// <exception cref="ArgumentException">It is missing, or of another shape.</exception>
    protected static Tensor Find(IReadOnlyDictionary<string, Tensor> features, FeatureSpec spec, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(spec);
        if (!features.TryGetValue(spec.Name, out Tensor? feature))
            throw new ArgumentException($"Feature '{spec.Name}' is missing. There are: {string.Join(", ", features.Keys)}.", nameof(features));
        bool fits = feature.dim() == 2 + spec.Shape.Count && feature.size(1) == observationHorizon;
        for (int i = 0; fits && i < spec.Shape.Count; i++) fits = feature.size(2 + i) == spec.Shape[i];
        return fits
            ? feature
            : throw new ArgumentException($"Feature '{spec.Name}' has shape [{string.Join(", ", feature.shape)}], expected [B, {observationHorizon}, {string.Join(", ", spec.Shape)}].", nameof(features));
    }
}
