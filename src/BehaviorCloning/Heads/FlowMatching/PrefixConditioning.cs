using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>How a flow is made to continue what is still being executed.</summary>
public abstract record PrefixConditioning
{
    /// <summary>Every fault of these options for a head, none if they are sound.</summary>
    public abstract IEnumerable<string> Problems(HeadShape shape, DenoiserConfig denoiser);
}

/// <summary>
/// Real-Time Chunking's guidance (arXiv 2506.07339): any trained flow is steered, while it samples, toward a chunk that agrees with the
/// running one. Costs a gradient through the network at every step. The default.
/// </summary>
public sealed record GuidedPrefix : PrefixConditioning
{
    /// <summary>How strongly each step is held to the running chunk. Default soft, Eq. 5.</summary>
    public PrefixSchedule Schedule { get; init; } = PrefixSchedule.Soft;

    /// <summary>beta: the largest guidance weight. Default 5, the paper's for few sampling steps.</summary>
    public double MaximumWeight { get; init; } = 5;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape, DenoiserConfig denoiser)
    {
        if (!(MaximumWeight >= 0 && double.IsFinite(MaximumWeight))) yield return $"{nameof(GuidedPrefix)}.{nameof(MaximumWeight)} {MaximumWeight} must be finite and not negative.";
    }

    /// <summary><c>min(beta, (1 - tau) / (tau r^2))</c> with <c>r^2 = (1 - tau)^2 / (tau^2 + (1 - tau)^2)</c>: Eqs. 2 and 4.</summary>
    /// <remarks>Infinite at tau = 0, where there is only noise, and large again near 1: hence the clip.</remarks>
    public double Weight(double tau)
    {
        double rest = 1 - tau;
        return tau <= 0 || rest <= 0 ? MaximumWeight : Math.Min(((tau * tau) + (rest * rest)) / (tau * rest), MaximumWeight);
    }
}

/// <summary>
/// Training-time Real-Time Chunking (arXiv 2512.05964): the flow learns to continue a prefix. In training the first d actions of a sample
/// are shown clean, at flow time 1, and not scored; when sampling they are the running chunk's. No gradient at inference, but the policy
/// must be trained for it, with a denoiser that lets each step have its own time.
/// </summary>
public sealed record TrainedPrefix : PrefixConditioning
{
    /// <summary>The longest prefix in training. A longer delay is met with a prefix of this length. Default 4.</summary>
    public int MaximumDelay { get; init; } = 4;

    /// <summary>How much rarer each longer prefix is: the probability of d is proportional to <c>Ratio^d</c>. Default 0.7; 1 is uniform.</summary>
    public double Ratio { get; init; } = 0.7;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape, DenoiserConfig denoiser)
    {
        if (MaximumDelay < 1 || MaximumDelay >= shape.PredictionHorizon) yield return $"{nameof(TrainedPrefix)}.{nameof(MaximumDelay)} {MaximumDelay} must be between 1 and {shape.PredictionHorizon - 1}: something of the chunk must be left to predict.";
        if (!(Ratio > 0 && double.IsFinite(Ratio))) yield return $"{nameof(TrainedPrefix)}.{nameof(Ratio)} {Ratio} must be positive.";
        if (denoiser is not (TransformerDenoiserConfig or MlpMixerDenoiserConfig)) yield return $"{nameof(TrainedPrefix)} gives each step of a chunk its own flow time, which {denoiser.GetType().Name} cannot see. Use {nameof(TransformerDenoiserConfig)} or {nameof(MlpMixerDenoiserConfig)}.";
    }

    /// <summary>Draws a prefix for every sample, [B, Tp], true where a step belongs to it.</summary>
    internal Tensor DrawMask(long batch, int horizon, Device device, Generator? random)
    {
        // P(d > k) for k = 0 .. MaximumDelay - 1: step k belongs to the prefix where a uniform number is below it.
        double[] mass = [.. Enumerable.Range(0, MaximumDelay + 1).Select(d => Math.Pow(Ratio, d))];
        float[] longer = new float[horizon];
        for (int k = 0; k < MaximumDelay; k++) longer[k] = (float)(mass.Skip(k + 1).Sum() / mass.Sum());
        using DisposeScope scope = NewDisposeScope();
        Tensor uniform = SeededDraw.Uniform([batch, 1], device, random);
        return uniform.lt(tensor(longer, device: device)).MoveToOuterDisposeScope();
    }

    /// <summary>The prefix masks of rows at inference, [B, Tp].</summary>
    internal Tensor Mask(HeadPrefix prefix, int horizon, Device device)
    {
        bool[] mask = new bool[prefix.InferenceDelays.Count * horizon];
        for (int row = 0; row < prefix.InferenceDelays.Count; row++)
            mask.AsSpan(row * horizon, Math.Min(Math.Min(prefix.InferenceDelays[row], prefix.Remaining[row]), MaximumDelay)).Fill(true);
        using DisposeScope scope = NewDisposeScope();
        return tensor(mask, device: device).view(-1, horizon).MoveToOuterDisposeScope();
    }
}
