using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="DiffusionHead"/>. The defaults suit few steps on a CPU; the published settings are in Presets.</summary>
public sealed record DiffusionHeadConfig : PolicyHeadConfig
{
    /// <summary>The network. Default: a residual MLP.</summary>
    public DenoiserConfig Denoiser { get; init; } = new ResidualMlpDenoiserConfig();

    /// <summary>The noise levels of training. Default: squared cosine, 100 steps.</summary>
    public NoiseSchedule Schedule { get; init; } = new SquaredCosineSchedule();

    /// <summary>What the network predicts. Default: the velocity.</summary>
    public DiffusionPrediction Prediction { get; init; } = DiffusionPrediction.Velocity;

    /// <summary>How samples are drawn. Changes sampling only. Default: DDIM in 10 steps.</summary>
    public DiffusionSampler Sampler { get; init; } = new DdimSampler();

    /// <summary>Where predicted actions are cut off while sampling. Changes sampling only. Default: at the training data's bounds.</summary>
    public SampleClipping Clipping { get; init; } = new ClipToData();

    /// <summary>
    /// Scales the noise that samples start from, a temperature: below 1 for more typical and less varied chunks. Changes sampling only. Default 1.
    /// </summary>
    public double StartNoiseScale { get; init; } = 1;

    /// <summary>Classifier-free guidance by the context or parts of it. Default none.</summary>
    public GuidanceConfig? Guidance { get; init; }

    /// <summary>How a chunk is guided to continue what is still being executed (Real-Time Chunking). Changes sampling only.</summary>
    public GuidedPrefix Prefix { get; init; } = new();

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new DiffusionHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (!Enum.IsDefined(Prediction)) yield return $"{nameof(Prediction)} {Prediction} must be one of {string.Join(", ", Enum.GetNames<DiffusionPrediction>())}.";
        if (!(StartNoiseScale >= 0 && double.IsFinite(StartNoiseScale))) yield return $"{nameof(StartNoiseScale)} {StartNoiseScale} must be finite and not negative.";
        foreach (string problem in Schedule.Problems().Concat(Sampler.Problems(Schedule.TrainingSteps)).Concat(Clipping.Problems()).Concat(Denoiser.Problems(shape)).Concat(Guidance?.Problems(shape) ?? []).Concat(Prefix.Problems(shape, Denoiser))) yield return problem;
    }
}

/// <summary>
/// Denoising diffusion over action chunks (Chi et al., Diffusion Policy, arXiv 2303.04137): learns to see the action behind any amount of
/// noise, and samples by taking noise away step by step. Keeps modes apart where regression averages them.
/// </summary>
/// <remarks>
/// Diffusion step k runs 0 = nearly clean to T - 1 = nearly noise; the denoiser is given k / T. A noisy chunk is
/// <c>x = sqrt(a_k) action + sqrt(1 - a_k) noise</c> with a_k the product of 1 - beta.
/// </remarks>
public sealed class DiffusionHead : PolicyHead, IFitsActions, IPrefixGuidedHead
{
    private readonly DiffusionHeadConfig config;
    private readonly Denoiser denoiser;
    private readonly ClassifierFreeGuidance? guidance;
    private readonly Tensor lowest;
    private readonly Tensor highest;
    // By diffusion step, [T, 1, 1]: what action and noise are multiplied by in the noisy chunk, and in what is to be predicted.
    private readonly Tensor signal;
    private readonly Tensor noise;
    private readonly Tensor targetOfAction;
    private readonly Tensor targetOfNoise;
    private readonly SamplingFactors[] plan;
    private readonly float[] times;
    private readonly (double Signal, double Noise)[] shares;
    private readonly int trainingSteps;
    private bool isFitted;

    /// <summary>Builds the head.</summary>
    public DiffusionHead(DiffusionHeadConfig config, HeadShape shape)
        : base(nameof(DiffusionHead), shape)
    {
        this.config = config;
        trainingSteps = config.Schedule.TrainingSteps;
        var levels = new NoiseLevels(config.Schedule);
        IReadOnlyList<DenoisingStep> steps = config.Sampler.Plan(levels);
        plan = [.. steps.Select(step => new SamplingFactors(step, config.Prediction, levels))];
        times = [.. steps.Select(step => (float)step.Level / trainingSteps)];
        shares = [.. steps.Select(step => (levels.Signal(step.Level), levels.Noise(step.Level)))];
        denoiser = config.Denoiser.Create(shape);
        if (config.Guidance is not null) guidance = new ClassifierFreeGuidance(config.Guidance, shape);
        lowest = full(shape.ActionDimension, float.NaN, ScalarType.Float32);
        highest = full(shape.ActionDimension, float.NaN, ScalarType.Float32);

        // Known from the options, so they are not part of the file.
        signal = Table(nameof(signal), levels.Signal);
        noise = Table(nameof(noise), levels.Noise);
        targetOfAction = Table(nameof(targetOfAction), k => config.Prediction.Target(levels.Signal(k), levels.Noise(k)).Action);
        targetOfNoise = Table(nameof(targetOfNoise), k => config.Prediction.Target(levels.Signal(k), levels.Noise(k)).Noise);
        RegisterComponents();
    }

    /// <summary>Finds each action dimension's bounds, for <see cref="ClipToData"/>.</summary>
    /// <inheritdoc/>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor outside = insideEpisode.logical_not().unsqueeze(-1);
        lowest.copy_(actions.masked_fill(outside, float.PositiveInfinity).amin([0L, 1L]));
        highest.copy_(actions.masked_fill(outside, float.NegativeInfinity).amax([0L, 1L]));
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        target.Require(Shape, context.size(0));
        using DisposeScope scope = NewDisposeScope();
        // What padding holds must not even be seen: padded steps are shown noise around zero, and are not scored.
        Tensor actions = target.WithoutPadding(target.Actions);
        Tensor drawn = ChunkNoise.Draw(Shape, context, random);
        Tensor k = randint(trainingSteps, [context.size(0)], ScalarType.Int64, random?.device ?? context.device, generator: random!).to(context.device);
        Tensor noisy = actions.mul(At(signal, k)).addcmul(drawn, At(noise, k), 1f);
        Tensor expected = config.Prediction switch
        {
            DiffusionPrediction.Epsilon => drawn,
            DiffusionPrediction.Sample => actions,
            _ => actions.mul(At(targetOfAction, k)).addcmul(drawn, At(targetOfNoise, k), 1f),
        };
        if (guidance is not null) context = guidance.Drop(context, random);
        Tensor error = denoiser.Forward(context, noisy, k.to(ScalarType.Float32).div((float)trainingSteps)).sub(expected).square();
        return new LossReport(MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The actions are clipped to the data's bounds, which nobody has fitted.</exception>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        RequireBounds();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor start = ChunkNoise.Draw(Shape, context, random);
        if (config.StartNoiseScale != 1) start.mul_(config.StartNoiseScale);
        DenoiserStep step = guidance?.Prepare(denoiser, context, times) ?? denoiser.Prepare(context, times);
        return Denoise(step, start, () => ChunkNoise.Draw(Shape, context, random)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The actions are clipped to the data's bounds, which nobody has fitted.</exception>
    public Tensor Sample(Tensor context, HeadPrefix prefix, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ShapeContract.Require(prefix.Actions, "prefix.Actions", context.size(0), Shape.PredictionHorizon, Shape.ActionDimension);
        RequireBounds();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        // Nothing to agree with: plain sampling, to the bit.
        if (PrefixSampler.Weights(config.Prefix.Schedule, prefix, Shape.PredictionHorizon, context.device) is not { } weights) return Sample(context, random).MoveToOuterDisposeScope();
        Tensor mask = weights.unsqueeze(-1), start = ChunkNoise.Draw(Shape, context, random);
        if (config.StartNoiseScale != 1) start.mul_(config.StartNoiseScale);
        return Denoise(Guided, start, () => ChunkNoise.Draw(Shape, context, random)).MoveToOuterDisposeScope();

        // A noisy chunk divided by signal + noise lies on a straight line from noise to action, so it has a flow time and a velocity, and
        // guidance is the flow's. What comes out is what the network would have said to mean the guided action.
        Tensor Guided(Tensor x, int i)
        {
            using DisposeScope step = NewDisposeScope();
            (double signal, double noise) = shares[i];
            double scale = signal + noise, tau = signal / scale;
            Tensor time = full(context.size(0), times[i], ScalarType.Float32, context.device);
            Tensor? said = null;
            Tensor correction = PrefixSampler.Correction(Velocity, x.div(scale), tau, prefix.Actions, mask, Clipped).Correction;

            // Bounded as the sampler bounds it: near pure noise an estimate may be hundreds of deviations away, and with it the correction.
            Tensor clean = said!.mul(plan[i].CleanOfPredicted).add(x.mul(plan[i].CleanOfNoisy));
            Tensor move = Clipped(clean.add(correction.mul(config.Prefix.Weight(tau) * (1 - tau)))).sub(Clipped(clean));
            return said.add(move.div(plan[i].CleanOfPredicted)).MoveToOuterDisposeScope();

            Tensor Velocity(Tensor at)
            {
                Tensor noisy = at.mul(scale), predicted = guidance?.Forward(denoiser, context, noisy, time) ?? denoiser.Forward(context, noisy, time);
                said = predicted.detach().DetachFromDisposeScope();
                step.Attach(said);
                return predicted.mul(plan[i].CleanOfPredicted).add(noisy.mul(plan[i].CleanOfNoisy)).sub(at).div(1 - tau);
            }
        }
    }

    /// <summary>The sampler's loop.</summary>
    /// <param name="step">The network at each of the sampler's levels.</param>
    /// <param name="x">Noise, [B, Tp, Da]; is changed into the sample and returned.</param>
    /// <param name="fresh">Draws new noise, for samplers that want some.</param>
    internal Tensor Denoise(DenoiserStep step, Tensor x, Func<Tensor> fresh)
    {
        Tensor? previous = null;
        for (int i = 0; i < plan.Length; i++)
        {
            SamplingFactors factors = plan[i];
            using Tensor predicted = step(x, i);
            Tensor clean = predicted.mul(factors.CleanOfPredicted).add_(x, factors.CleanOfNoisy);
            Clip(clean);
            x.mul_(factors.Noisy).add_(clean, factors.Clean);
            if (factors.Predicted is { } ofPredicted) x.add_(predicted, ofPredicted);
            if (factors.PreviousClean is { } ofPrevious) x.add_(previous!, ofPrevious);
            if (factors.Fresh is { } ofFresh)
            {
                using Tensor drawn = fresh();
                x.add_(drawn, ofFresh);
            }

            previous?.Dispose();
            previous = clean;
        }

        previous?.Dispose();
        return x;
    }

    private static Tensor At(Tensor table, Tensor k) => table.index_select(0, k);

    private Tensor Table(string name, Func<int, double> value)
    {
        Tensor table = tensor(Enumerable.Range(0, trainingSteps).Select(k => (float)value(k)).ToArray()).view(-1, 1, 1);
        register_buffer(name, table, persistent: false);
        return table;
    }

    private Tensor Clipped(Tensor clean)
    {
        Tensor clipped = clean.clone();
        Clip(clipped);
        return clipped;
    }

    private void Clip(Tensor clean)
    {
        if (config.Clipping is ClipToData) clean.clamp_(lowest, highest);
        else if (config.Clipping is ClipToRange { Range: var range }) clean.clamp_(-range, range);
    }

    private void RequireBounds()
    {
        if (isFitted || config.Clipping is not ClipToData) return;
        using Tensor sum = lowest.sum();
        isFitted = !float.IsNaN(sum.ToSingle());
        if (!isFitted)
            throw new InvalidOperationException($"The head clips actions to the training data's bounds, which are not known. Call {nameof(Fit)} first (a policy does when it is created), or choose {nameof(ClipToRange)} or {nameof(NoClipping)}.");
    }
}
