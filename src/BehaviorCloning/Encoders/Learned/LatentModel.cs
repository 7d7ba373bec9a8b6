using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

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
    // Latents begin almost without noise. With a deviation of 1 the decoder learns to ignore them first, and with a large Beta nothing leads back.
    private const float FirstLogVariance = -4;
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
        if (variational is not null) encoder.Start(options.Latents, FirstLogVariance);
        decoder = new LatentImageDecoder(options.Sizes, options.Latents);
        RegisterComponents();
    }

    public override void Begin(Tensor mean) => decoder.SetMean(mean);

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
