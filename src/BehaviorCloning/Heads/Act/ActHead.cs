using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// Action chunking with transformers (Zhao et al., arXiv 2304.13705): a conditional variational autoencoder whose latent z takes up in training
/// what the observation does not tell about the chunk, and which acts with z = 0.
/// </summary>
/// <remarks>
/// loss = mean |a - decode(context, z)| + KlWeight * mean_B KL(q(z | state, a) || N(0, I)), z drawn from q. See docs/heads/act.md.
/// </remarks>
public sealed class ActHead : PolicyHead
{
    private readonly ActTransformer network;
    private readonly ActStyleEncoder? style;
    private readonly ActHeadConfig config;

    /// <summary>Builds the head.</summary>
    /// <exception cref="ArgumentException">The options do not fit; the message lists every fault.</exception>
    public ActHead(ActHeadConfig config, HeadShape shape)
        : base(nameof(ActHead), shape)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems(shape)];
        if (problems.Length > 0) throw new ArgumentException($"An ACT head cannot be built: {string.Join(" ", problems)}", nameof(config));
        this.config = config;
        network = new ActTransformer(config, shape);
        if (config.StyleEncoder) style = new ActStyleEncoder(config, network.StateWidth, shape.PredictionHorizon, shape.ActionDimension);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        Require(context);
        long batch = context.size(0);
        target.Require(Shape, batch);
        using DisposeScope scope = NewDisposeScope();
        // Padding is kept out by the masks; zeros keep a value that is not finite from passing them (0 * NaN is NaN).
        Tensor outside = target.InsideEpisode.logical_not().unsqueeze(-1);
        Tensor actions = target.Actions.masked_fill(outside, 0f);
        if (style is null)
        {
            Tensor plain = Reconstruction(network.Forward(context, zeros(batch, config.LatentWidth, ScalarType.Float32, context.device)), actions, outside, target);
            return new LossReport(plain.MoveToOuterDisposeScope());
        }

        (Tensor mean, Tensor logVariance) = style.Forward(network.State(context), actions, target.InsideEpisode);
        Tensor z = mean.addcmul(logVariance.mul(0.5f).exp(), SeededDraw.Normal([context.size(0), config.LatentWidth], context.device, random), 1f);
        Tensor reconstruction = Reconstruction(network.Forward(context, z), actions, outside, target);

        // KL(N(m, s^2) || N(0, 1)), summed over the latent, averaged over the batch.
        Tensor divergence = mean.square().add(logVariance.exp()).sub(logVariance).sub(1f).sum([-1L], keepdim: true).mul(0.5f);
        Tensor kl = MaskedMean.Of(divergence, ones(batch, 1, ScalarType.Bool, context.device), target.SampleWeight);
        Tensor total = reconstruction.add(kl.mul((float)config.KlWeight));
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
        Require(context);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor z = config.Latent == InferenceLatent.Prior
            ? SeededDraw.Normal([context.size(0), config.LatentWidth], context.device, random)
            : zeros(context.size(0), config.LatentWidth, ScalarType.Float32, context.device);
        return network.Forward(context, z).MoveToOuterDisposeScope();
    }

    /// <summary>Mean and log-variance of the latent that the style encoder finds in chunks, both [B, latent]; null without one.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="target">Normalized chunks with their mask.</param>
    public (Tensor Mean, Tensor LogVariance)? Style(Tensor context, ActionTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Require(context);
        if (style is null) return null;
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = style.Forward(network.State(context), target.WithoutPadding(target.Actions), target.InsideEpisode);
        return scope.MoveToOuter(mean, logVariance);
    }

    /// <summary>The chunk of a latent of one's own, [B, Tp, Da].</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="latent">[B, latent].</param>
    public Tensor Decode(Tensor context, Tensor latent)
    {
        Require(context);
        ShapeContract.Require(latent, nameof(latent), context.size(0), config.LatentWidth);
        return network.Forward(context, latent);
    }

    private Tensor Reconstruction(Tensor chunk, Tensor actions, Tensor outside, ActionTarget target)
    {
        Tensor error = chunk.sub(actions).abs();
        return config.PaddingDilutesLoss
            ? MaskedMean.Of(error.masked_fill(outside, 0f), target.InsideEpisode.ones_like(), target.SampleWeight)
            : MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight);
    }

    private void Require(Tensor context) => ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
}
