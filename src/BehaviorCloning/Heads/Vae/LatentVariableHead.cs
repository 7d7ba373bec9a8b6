using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>What the heads with a Gaussian latent variable have in common: <see cref="VaeHeadConfig"/>, <see cref="CvaeHeadConfig"/>.</summary>
public abstract record LatentVariableHeadConfig : PolicyHeadConfig
{
    /// <summary>Numbers in the latent variable z. Unneeded ones cost nothing: their posterior becomes the prior. Default 8.</summary>
    public int LatentSize { get; init; } = 8;

    /// <summary>Width of the encoder's and the decoder's hidden layers. Default 256.</summary>
    public int HiddenWidth { get; init; } = 256;

    /// <summary>Residual blocks of the encoder and of the decoder, two layers each. Default 3.</summary>
    public int Blocks { get; init; } = 3;

    /// <summary>
    /// What a reconstruction's error is. Default absolute: where z is between two ways its best guess is one of them, where squared
    /// error's is their mean.
    /// </summary>
    public RegressionLoss Reconstruction { get; init; } = RegressionLoss.L1;

    /// <summary>
    /// Weight of the KL divergence (in nats, summed over z) beside the reconstruction's error (averaged over the chunk). For the exact
    /// evidence lower bound b / (Tp Da) of a Laplace decoder of scale b, and with squared error 2 s^2 / (Tp Da) of a Gaussian one of
    /// standard deviation s. Too large and z is not used, so that modes are averaged; too small and samples of the prior fall where the decoder
    /// was not trained. Default 0.1.
    /// </summary>
    public double KlWeight { get; init; } = 0.1;

    /// <summary>Bits that each number of z may carry for free: no sample's KL divergence counts below them (arXiv 1606.04934). Default 0.</summary>
    public double FreeBits { get; init; }

    /// <summary>
    /// Scales the prior's standard deviation when sampling: 1 draws from the prior, 0 takes its mean, z = 0 for the standard prior, as ACT
    /// does. Changes sampling only, so a trained policy may be given another. Default 1.
    /// </summary>
    public double LatentScale { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (LatentSize < 1) yield return $"{nameof(LatentSize)} {LatentSize} must be at least 1.";
        if (HiddenWidth < 1) yield return $"{nameof(HiddenWidth)} {HiddenWidth} must be at least 1.";
        if (Blocks < 0) yield return $"{nameof(Blocks)} {Blocks} must not be negative.";
        if (!Enum.IsDefined(Reconstruction)) yield return $"{nameof(Reconstruction)} {Reconstruction} must be one of {string.Join(", ", Enum.GetNames<RegressionLoss>())}.";
        if (!(KlWeight >= 0 && double.IsFinite(KlWeight))) yield return $"{nameof(KlWeight)} {KlWeight} must be finite and not negative.";
        if (!(FreeBits >= 0 && double.IsFinite(FreeBits))) yield return $"{nameof(FreeBits)} {FreeBits} must be finite and not negative.";
        if (!(LatentScale >= 0 && double.IsFinite(LatentScale))) yield return $"{nameof(LatentScale)} {LatentScale} must be finite and not negative.";
    }
}

/// <summary>
/// A chunk is decoded from the context and a latent variable z that says which of several ways is taken. Training encodes the
/// expert's chunk to a posterior over z and minimizes the negative evidence lower bound (arXiv 1312.6114); sampling draws z from the prior.
/// </summary>
public abstract class LatentVariableHead : PolicyHead
{
    private const double NatsPerBit = 0.69314718055994531;
    private readonly ResidualMlp encoder;
    private readonly ResidualMlp decoder;
    private readonly LatentVariableHeadConfig config;

    /// <summary>Builds encoder and decoder; the subclass registers them with its own parts.</summary>
    /// <param name="name">The head's name.</param>
    /// <param name="config">Its options.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="encoderSeesContext">Whether the posterior depends on the context too.</param>
    protected LatentVariableHead(string name, LatentVariableHeadConfig config, HeadShape shape, bool encoderSeesContext)
        : base(name, shape)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        EncoderSeesContext = encoderSeesContext;
        int chunk = shape.PredictionHorizon * shape.ActionDimension, context = shape.ContextTokens * shape.ContextWidth;
        encoder = new ResidualMlp(chunk + (encoderSeesContext ? context : 0), config.HiddenWidth, config.Blocks, 2 * config.LatentSize);
        decoder = new ResidualMlp(config.LatentSize + context, config.HiddenWidth, config.Blocks, chunk);
    }

    /// <summary>Whether the posterior depends on the context too.</summary>
    protected bool EncoderSeesContext { get; }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        target.Require(Shape, context.size(0));
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = context.flatten(1);
        // What padding holds must not be encoded, so the encoder sees zeros there.
        Tensor actions = target.WithoutPadding(target.Actions);
        Tensor input = actions.flatten(1);
        DiagonalGaussian posterior = DiagonalGaussian.Of(encoder.forward(EncoderSeesContext ? cat([input, flat], 1) : input));
        Tensor latent = posterior.Draw(1, random);
        Tensor error = Chunk(decoder.forward(cat([latent, flat], 1))).sub(actions);
        error = config.Reconstruction == RegressionLoss.L2 ? error.square() : error.abs();
        Tensor reconstruction = MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight);

        // A chunk has one z: it counts once, however many of its steps are inside.
        Tensor divergence = posterior.DivergenceFrom(Prior(flat));
        Tensor any = target.InsideEpisode.any(1, keepdim: true);
        Tensor kl = MaskedMean.Of(divergence.sum(1, keepdim: true), any, target.SampleWeight);
        Tensor charged = config.FreeBits == 0 ? kl : MaskedMean.Of(divergence.clamp_min(config.FreeBits * NatsPerBit).sum(1, keepdim: true), any, target.SampleWeight);
        Tensor total = reconstruction.add(charged, config.KlWeight);
        return new LossReport(total.MoveToOuterDisposeScope())
        {
            Parts = new Dictionary<string, Tensor>(StringComparer.Ordinal)
            {
                ["reconstruction"] = reconstruction.detach().MoveToOuterDisposeScope(),
                ["kl"] = kl.detach().MoveToOuterDisposeScope(),
            },
        };
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = context.flatten(1);
        DiagonalGaussian prior = Prior(flat);
        Tensor latent = config.LatentScale == 0 ? prior.Mean : prior.Draw(config.LatentScale, random);
        return Chunk(decoder.Infer(cat([latent, flat], 1))).MoveToOuterDisposeScope();
    }

    /// <summary>The prior of z.</summary>
    /// <param name="context">The context tokens of each sample in one row, [B, N C].</param>
    private protected abstract DiagonalGaussian Prior(Tensor context);

    private Tensor Chunk(Tensor flat) => flat.view(-1, Shape.PredictionHorizon, Shape.ActionDimension);
}
