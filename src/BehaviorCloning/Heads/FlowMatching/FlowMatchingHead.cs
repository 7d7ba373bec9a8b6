using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="FlowMatchingHead"/>.</summary>
public sealed record FlowMatchingHeadConfig : PolicyHeadConfig
{
    /// <summary>The network that predicts velocities. Default: a residual MLP.</summary>
    public DenoiserConfig Denoiser { get; init; } = new ResidualMlpDenoiserConfig();

    /// <summary>Steps from noise to action when sampling. Default 10.</summary>
    public int SamplingSteps { get; init; } = 10;

    /// <summary>How the steps are taken. Default Euler.</summary>
    public FlowIntegrator Integrator { get; init; } = new EulerIntegrator();

    /// <summary>Which flow times training draws. Default uniform.</summary>
    public FlowTimeDistribution Time { get; init; } = new UniformFlowTime();

    /// <summary>
    /// Scales the noise that samples start from, a temperature: below 1 for more typical and less varied chunks. Changes sampling
    /// only, so a trained policy may be given another. Default 1.
    /// </summary>
    public double StartNoiseScale { get; init; } = 1;

    /// <summary>
    /// How a chunk is made to continue what is still being executed (Real-Time Chunking). Default: guidance, which acts when sampling
    /// only, so a trained policy may be given another; <see cref="TrainedPrefix"/> must be trained.
    /// </summary>
    public PrefixConditioning Prefix { get; init; } = new GuidedPrefix();

    /// <summary>Classifier-free guidance by the context or parts of it. Default none.</summary>
    public GuidanceConfig? Guidance { get; init; }

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new FlowMatchingHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (SamplingSteps < 1) yield return $"{nameof(SamplingSteps)} {SamplingSteps} must be at least 1.";
        if (!(StartNoiseScale >= 0 && double.IsFinite(StartNoiseScale))) yield return $"{nameof(StartNoiseScale)} {StartNoiseScale} must be finite and not negative.";
        foreach (string problem in Time.Problems().Concat(Denoiser.Problems(shape)).Concat(Guidance?.Problems(shape) ?? []).Concat(Prefix.Problems(shape, Denoiser))) yield return problem;
    }
}

/// <summary>
/// Flow matching (arXiv 2210.02747) along straight lines: learns the velocity that carries noise to the expert's chunk, and
/// samples by following it. Keeps modes apart where regression averages them.
/// </summary>
/// <remarks>
/// Flow time runs 0 = noise to 1 = action: <c>x = (1 - tau) eps + tau a</c>, so the velocity to learn is <c>a - eps</c>. openpi's
/// code runs the other way.
/// </remarks>
public sealed class FlowMatchingHead : PolicyHead, IVelocityField, IPrefixGuidedHead
{
    private readonly FlowMatchingHeadConfig config;
    private readonly Denoiser denoiser;
    private readonly ClassifierFreeGuidance? guidance;
    private readonly float[] times;
    private FlowMatchingHead? teacher;

    /// <summary>Builds the head.</summary>
    public FlowMatchingHead(FlowMatchingHeadConfig config, HeadShape shape)
        : base(nameof(FlowMatchingHead), shape)
    {
        this.config = config;
        times = config.Integrator.Times(config.SamplingSteps);
        denoiser = config.Denoiser.Create(shape);
        if (config.Guidance is not null) guidance = new ClassifierFreeGuidance(config.Guidance, shape);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        target.Require(Shape, context.size(0));
        using DisposeScope scope = NewDisposeScope();
        Tensor noise = ChunkNoise.Draw(Shape, context, random);
        // What padding holds must not even be seen: padded steps are shown a path from noise to zero, and are not scored.
        Tensor actions = target.WithoutPadding(teacher?.Follow(context, noise) ?? target.Actions);
        Tensor tau = config.Time.Draw(context.size(0), context.device, random);
        Tensor scored = target.InsideEpisode;
        if (config.Prefix is TrainedPrefix trained)
        {
            // The prefix is shown clean, at flow time 1, and not scored. A prefix that leaves nothing inside the episode is none.
            Tensor prefix = trained.DrawMask(context.size(0), Shape.PredictionHorizon, context.device, random);
            prefix = prefix.logical_and(scored.logical_and(prefix.logical_not()).any(1, keepdim: true));
            tau = tau.unsqueeze(1).expand(-1, Shape.PredictionHorizon).masked_fill(prefix, 1f);
            scored = scored.logical_and(prefix.logical_not());
        }

        Tensor velocity = actions.sub(noise);
        Tensor noisy = noise.addcmul(velocity, tau.dim() == 2 ? tau.unsqueeze(-1) : tau.view(-1, 1, 1), 1f);
        // A teacher's chunk was made for this condition; there is nothing to drop.
        if (guidance is not null && teacher is null) context = guidance.Drop(context, random);
        Tensor error = denoiser.Forward(context, noisy, tau).sub(velocity).square();
        return new LossReport(MaskedMean.Of(error, scored, target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor noise = ChunkNoise.Draw(Shape, context, random);
        if (config.StartNoiseScale != 1) noise.mul_(config.StartNoiseScale);
        return Follow(context, noise).MoveToOuterDisposeScope();
    }

    /// <summary>Where the flow carries noise: the deterministic part of <see cref="Sample(Tensor, Generator?)"/>.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="noise">[B, Tp, Da]; not changed.</param>
    /// <returns>[B, Tp, Da], without gradient.</returns>
    public Tensor Follow(Tensor context, Tensor noise)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        DenoiserStep step = guidance?.Prepare(denoiser, context, times) ?? denoiser.Prepare(context, times);
        return config.Integrator.Integrate((x, i) => step(x, i), noise, config.SamplingSteps).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Sample(Tensor context, HeadPrefix prefix, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ShapeContract.Require(prefix.Actions, "prefix.Actions", context.size(0), Shape.PredictionHorizon, Shape.ActionDimension);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor noise = ChunkNoise.Draw(Shape, context, random);
        if (config.StartNoiseScale != 1) noise.mul_(config.StartNoiseScale);
        if (config.Prefix is TrainedPrefix trained)
        {
            Tensor mask = trained.Mask(prefix, Shape.PredictionHorizon, context.device);
            return PrefixSampler.Trained((x, tau) => Velocity(context, x, tau), noise, prefix.Actions, mask, config.SamplingSteps).MoveToOuterDisposeScope();
        }

        // Nothing to agree with: plain sampling, to the bit.
        var guided = (GuidedPrefix)config.Prefix;
        if (PrefixSampler.Weights(guided.Schedule, prefix, Shape.PredictionHorizon, context.device) is not { } weights) return Follow(context, noise).MoveToOuterDisposeScope();
        return PrefixSampler.Guided((x, tau) => Velocity(context, x, full(context.size(0), (float)tau, ScalarType.Float32, context.device)),
            noise, prefix.Actions, weights, guided, config.SamplingSteps).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Until disposed, <see cref="Loss"/> learns to carry each noise to where another flow carries it, along a straight line (reflow, arXiv
    /// 2209.03003), and not to the expert's actions. Straight lines can be followed in one or two steps.
    /// </summary>
    /// <param name="teacher">The other flow; borrowed.</param>
    internal IDisposable LearnFrom(FlowMatchingHead teacher)
    {
        this.teacher = teacher;
        return new Lesson(this);
    }

    /// <inheritdoc/>
    public Tensor Velocity(Tensor context, Tensor noisyActions, Tensor flowTime) =>
        guidance?.Forward(denoiser, context, noisyActions, flowTime) ?? denoiser.Forward(context, noisyActions, flowTime);

    private sealed class Lesson(FlowMatchingHead student) : IDisposable
    {
        public void Dispose() => student.teacher = null;
    }
}
