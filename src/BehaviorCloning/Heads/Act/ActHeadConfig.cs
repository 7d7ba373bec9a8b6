using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;

namespace BehaviorCloning.Heads;

/// <summary>Which latent a CVAE's decoder gets when it acts.</summary>
public enum InferenceLatent
{
    /// <summary>Zero, the prior's mean: always the same chunk for the same observation. ACT's choice.</summary>
    Mean,

    /// <summary>Drawn from the prior N(0, I): chunks of different styles.</summary>
    Prior,
}

/// <summary>Options of <see cref="ActHead"/>. The defaults are the published network.</summary>
public sealed record ActHeadConfig : PolicyHeadConfig
{
    /// <summary>Width of a token. Default 512.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Attention heads; they share the width. Default 8.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Width of the feed-forward layers. Default 3200.</summary>
    public int FeedForwardWidth { get; init; } = 3200;

    /// <summary>Layers over the context. Default 4.</summary>
    public int EncoderLayers { get; init; } = 4;

    /// <summary>
    /// Layers that make the chunk. Default 1, which is what was published: the original builds 7 and returns the output of the first, so that the
    /// others are never trained. More than 1 are all used here.
    /// </summary>
    public int DecoderLayers { get; init; } = 1;

    /// <summary>Layers of the style encoder. Default 4.</summary>
    public int StyleLayers { get; init; } = 4;

    /// <summary>Size of the latent z. Default 32.</summary>
    public int LatentWidth { get; init; } = 32;

    /// <summary>Share of attention weights, hidden units and branches dropped in training. Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether layers normalize their input, instead of the sum behind each branch. Default false.</summary>
    public bool PreNorm { get; init; }

    /// <summary>Whether a style encoder is trained to put what the observation does not tell into z. Off: z is always zero. Default true.</summary>
    public bool StyleEncoder { get; init; } = true;

    /// <summary>Weight of the KL divergence from the prior. Default 10.</summary>
    public double KlWeight { get; init; } = 10;

    /// <summary>Which z acts. Default the prior's mean. Acts when sampling only.</summary>
    public InferenceLatent Latent { get; init; } = InferenceLatent.Mean;

    /// <summary>
    /// Whether padded values, though never scored, count in the number that the error is divided by, as in the original and LeRobot up to
    /// 0.5: chunks at an episode's end then weigh less. Default false: the mean over what is inside.
    /// </summary>
    public bool PaddingDilutesLoss { get; init; }

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new ActHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        if (Heads < 1 || (Width > 0 && Width % Heads != 0)) yield return $"{nameof(Heads)} {Heads} must divide {nameof(Width)} {Width}: each head takes an equal part.";
        if (FeedForwardWidth < 1) yield return $"{nameof(FeedForwardWidth)} {FeedForwardWidth} must be at least 1.";
        if (EncoderLayers < 0) yield return $"{nameof(EncoderLayers)} {EncoderLayers} must not be negative.";
        if (DecoderLayers < 1) yield return $"{nameof(DecoderLayers)} {DecoderLayers} must be at least 1.";
        if (StyleLayers < 1) yield return $"{nameof(StyleLayers)} {StyleLayers} must be at least 1; to train without, set {nameof(StyleEncoder)} to false.";
        if (LatentWidth < 1) yield return $"{nameof(LatentWidth)} {LatentWidth} must be at least 1.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        if (!(KlWeight >= 0 && double.IsFinite(KlWeight))) yield return $"{nameof(KlWeight)} {KlWeight} must not be negative; 10 is usual.";
        if (!Enum.IsDefined(Latent)) yield return $"{nameof(Latent)} {Latent} must be one of {string.Join(", ", Enum.GetNames<InferenceLatent>())}.";
        if (!StyleEncoder && Latent == InferenceLatent.Prior) yield return $"{nameof(Latent)} {Latent} needs the {nameof(StyleEncoder)}: without one, z is zero in training and nothing else was ever seen.";
        foreach (string problem in ActLayout.Problems(shape, Width)) yield return problem;
    }

    internal DetrLayerOptions Layers => new(Width, Heads, FeedForwardWidth, Dropout, PreNorm);
}
