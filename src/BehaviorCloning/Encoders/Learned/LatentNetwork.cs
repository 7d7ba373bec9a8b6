using BehaviorCloning.Networks;

namespace BehaviorCloning.Encoders;

/// <summary>What <see cref="Autoencoder"/> and <see cref="VariationalAutoencoder"/> have in common: convolutions down to a few numbers, and up again.</summary>
public abstract record LatentNetwork : LearnedNetwork
{
    /// <summary>Z: numbers an image. Default 64.</summary>
    public int Latents { get; init; } = 64;

    /// <summary>Channels of the first convolution; they double twice. Default 8.</summary>
    public int Channels { get; init; } = 8;

    /// <summary>Convolutions, each of which halves the image. Default 4.</summary>
    public int Stages { get; init; } = 4;

    internal LatentImageOptions Sizes => new(Height, Width, Channels, Stages);

    /// <summary>What the encoder's last layer gives for a latent: its value, or mean and variance.</summary>
    internal abstract int OutputsPerLatent { get; }

    internal override int MapChannels => Sizes.MapChannels;

    internal override int SummaryWidth => Latents;

    internal override int StageCount => Stages;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in Sizes.Problems()) yield return problem;
        if (Latents < 1) yield return $"{nameof(Latents)} {Latents} must be at least 1.";
    }

    internal override ImageSize MapOf(ImageSize seen) => new(Sizes.MapHeight, Sizes.MapWidth);

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) => new LatentTrunk(this, withSummary, frozenStages);
}

/// <summary>
/// An autoencoder: an image is squeezed through <see cref="LatentNetwork.Latents"/> numbers and must come out again. Learned by the mean squared error of a pixel. Its
/// summary is these numbers, its map what the last convolution sees.
/// </summary>
public sealed record Autoencoder : LatentNetwork
{
    internal override int OutputsPerLatent => 1;

    internal override LearnedModel CreateModel() => new LatentModel(this, null);
}

/// <summary>
/// A variational autoencoder (Kingma and Welling, arXiv 1312.6114; with another <see cref="Beta"/> Higgins et al., ICLR 2017): the encoder says how sure it is of each number, and pays
/// for being sure. Its summary is the means.
/// </summary>
/// <remarks>
/// <code>
/// p(x | z) = Normal(decoder(z), Deviation), each pixel value on its own, x from 0 to 1;   p(z) = Normal(0, 1);   D values an image
/// -ELBO    = |x - decoder(z)|² / (2 Deviation²) + D/2 log(2 pi Deviation²) + KL(q(z | x) || p(z))      sums, not means: Beta 1 is the bound
/// KL       = 1/2 sum (mean² + variance - 1 - log variance)
/// loss     = |x - decoder(z)|² / D + Beta (2 Deviation² / D) KL                                        the same up to a factor and a constant
/// </code>
/// </remarks>
public sealed record VariationalAutoencoder : LatentNetwork
{
    /// <summary>What a nat of divergence costs, in nats of likelihood. Default 1.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>
    /// Standard deviation of a pixel value around its reconstruction, of 1 for black to white: it says how exact reconstructions are wanted. Twice of it is four times the
    /// <see cref="Beta"/>. Default 0.1.
    /// </summary>
    public double Deviation { get; init; } = 0.1;

    internal override int OutputsPerLatent => 2;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems()) yield return problem;
        if (!(Beta >= 0 && double.IsFinite(Beta))) yield return $"{nameof(Beta)} {Beta} must not be negative; 1 is the evidence lower bound.";
        if (!(Deviation > 0 && double.IsFinite(Deviation))) yield return $"{nameof(Deviation)} {Deviation} must be positive; 0.1 is a tenth of black to white.";
    }

    internal override LearnedModel CreateModel() => new LatentModel(this, this);
}
