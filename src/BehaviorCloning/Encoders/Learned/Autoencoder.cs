using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>What <see cref="Autoencoder"/> and <see cref="VariationalAutoencoder"/> have in common: convolutions down to a few numbers, and up again.</summary>
public abstract record LatentNetwork : LearnedNetwork
{
    /// <summary>Z: numbers an image. Default 64.</summary>
    public int Latents { get; init; } = 64;

    /// <summary>Channels of the first convolution; they double twice. Default 16.</summary>
    public int Channels { get; init; } = 16;

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

/// <summary>Either autoencoder's encoder.</summary>
internal sealed class LatentTrunk : LearnedTrunk
{
    private readonly LatentImageEncoder encoder;
    private readonly int latents;

    public LatentTrunk(LatentNetwork options, bool withSummary, int? frozenStages)
        : base(nameof(LatentTrunk), withSummary)
    {
        latents = options.Latents;
        encoder = new LatentImageEncoder(options.Sizes, withSummary ? options.OutputsPerLatent * latents : null);
        RegisterComponents();
        if (frozenStages is { } stages) encoder.Freeze(stages);
    }

    private protected override string? SummaryPrefix => "encoder.output.";

    public override Tensor Map(Tensor images) => encoder.Map(images);

    public override Tensor Summary(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        return encoder.forward(images).narrow(1, 0, latents).contiguous().MoveToOuterDisposeScope();
    }
}

/// <summary>Either autoencoder with its decoder.</summary>
internal sealed class LatentModel : LearnedModel
{
    private readonly LatentImageEncoder encoder;
    private readonly LatentImageDecoder decoder;
    private readonly VariationalAutoencoder? variational;
    private readonly double values;

    /// <summary>Builds both.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="variational">How latents are random; null: they are not.</param>
    public LatentModel(LatentNetwork options, VariationalAutoencoder? variational)
        : base(nameof(LatentModel))
    {
        this.variational = variational;
        values = 3.0 * options.Height * options.Width;
        encoder = new LatentImageEncoder(options.Sizes, options.OutputsPerLatent * options.Latents);
        decoder = new LatentImageDecoder(options.Sizes, options.Latents);
        RegisterComponents();
    }

    public override Tensor Loss(Tensor images, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor code = encoder.forward(images);
        return Loss(images, code, variational is null ? null : Noise(code, random)).MoveToOuterDisposeScope();
    }

    /// <summary>The loss with given noise, [B, Z].</summary>
    public Tensor Loss(Tensor images, Tensor noise)
    {
        using DisposeScope scope = NewDisposeScope();
        return Loss(images, encoder.forward(images), noise).MoveToOuterDisposeScope();
    }

    public override ImageReconstruction Reconstruct(Tensor images, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor code = encoder.forward(images), all = ones_like(images.narrow(1, 0, 1)).MoveToOuterDisposeScope();
        if (variational is null) return new ImageReconstruction(decoder.forward(code).MoveToOuterDisposeScope(), all);
        DiagonalGaussian posterior = DiagonalGaussian.Of(code);
        Tensor divergence = posterior.DivergenceFrom(DiagonalGaussian.Standard(code.size(0), posterior.Mean.size(1), code.device));
        return new ImageReconstruction(decoder.forward(posterior.Mean).MoveToOuterDisposeScope(), all)
        {
            Means = posterior.Mean.clone().MoveToOuterDisposeScope(),
            Divergence = divergence.MoveToOuterDisposeScope(),
            NegativeElbo = NegativeElbo(images, posterior, divergence, Noise(code, random)).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>A bound on -log p(image), nats, [B]; Beta has no part in it.</summary>
    /// <param name="images">[B, 3, H, W].</param>
    /// <param name="noise">[B, Z].</param>
    public Tensor NegativeElbo(Tensor images, Tensor noise)
    {
        using DisposeScope scope = NewDisposeScope();
        DiagonalGaussian posterior = DiagonalGaussian.Of(encoder.forward(images));
        return NegativeElbo(images, posterior, posterior.DivergenceFrom(DiagonalGaussian.Standard(noise.size(0), noise.size(1), noise.device)), noise).MoveToOuterDisposeScope();
    }

    private Tensor NegativeElbo(Tensor images, DiagonalGaussian posterior, Tensor divergence, Tensor noise)
    {
        double variance = variational!.Deviation * variational.Deviation;
        Tensor error = SquaredError(decoder.forward(posterior.At(noise)), images).sum([1L, 2L, 3L]);
        return error.mul((float)(0.5 / variance)).add((float)(0.5 * values * Math.Log(Math.Tau * variance))).add(divergence.sum(1));
    }

    private Tensor Loss(Tensor images, Tensor code, Tensor? noise)
    {
        if (noise is null) return SquaredError(decoder.forward(code), images).mean();
        DiagonalGaussian posterior = DiagonalGaussian.Of(code);
        Tensor error = SquaredError(decoder.forward(posterior.At(noise)), images).mean();
        Tensor divergence = posterior.DivergenceFrom(DiagonalGaussian.Standard(noise.size(0), noise.size(1), noise.device)).sum(1).mean();
        return error.add(divergence, (float)(variational!.Beta * 2 * variational.Deviation * variational.Deviation / values));
    }

    // One number for each mean.
    private static Tensor Noise(Tensor code, Generator? random) => SeededDraw.Normal([code.size(0), code.size(1) / 2], code.device, random);
}
