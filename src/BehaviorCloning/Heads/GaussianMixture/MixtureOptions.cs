namespace BehaviorCloning.Heads;

/// <summary>Options of a <see cref="GaussianMixture"/>, whatever network predicts it. The defaults are robomimic's, except for <see cref="BoundedMeans"/>.</summary>
public sealed record MixtureOptions
{
    /// <summary>The standard deviation of low-noise evaluation, in normalized units; robomimic's constant.</summary>
    public const double LowNoiseScale = 1e-4;

    /// <summary>Components. One holds for a whole chunk. Default 5.</summary>
    public int Components { get; init; } = 5;

    /// <summary>
    /// The smallest standard deviation, in normalized units: what keeps the likelihood of actions that repeat exactly, a gripper's for
    /// one, from growing without bound. Default 1e-4.
    /// </summary>
    public double MinimumScale { get; init; } = 1e-4;

    /// <summary>
    /// Whether means pass a hyperbolic tangent, as in robomimic, and so stay within -1 and 1. Only for actions that are normalized to that
    /// range (<c>MinMaxNormalization</c>): of others it cuts off what lies outside. Default false.
    /// </summary>
    public bool BoundedMeans { get; init; }

    /// <summary>
    /// Whether samples lie at a component's mean, spread by no more than <see cref="LowNoiseScale"/>: the component is still drawn. False draws
    /// with the learned standard deviations. Acts when sampling only. Default true.
    /// </summary>
    public bool LowNoiseEvaluation { get; init; } = true;

    /// <summary>Divides the logits of the weights when a component is drawn: 0 takes the one of largest weight. Acts when sampling only. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Components < 1) yield return $"{nameof(Components)} {Components} must be at least 1.";
        if (!(MinimumScale is >= 1e-6 and <= 1))
            yield return $"{nameof(MinimumScale)} {MinimumScale} must be in [1e-6, 1]: it is a standard deviation in normalized units, and below, squared errors over it leave the range of single precision.";
        if (!(Temperature >= 0 && double.IsFinite(Temperature))) yield return $"{nameof(Temperature)} {Temperature} must be finite and not negative.";
    }
}
