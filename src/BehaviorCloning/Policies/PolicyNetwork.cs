using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Policies;

/// <summary>The tensors' part of a policy: normalizers, encoder and head as one module. Raw units in, raw units out.</summary>
public sealed class PolicyNetwork : nn.Module
{
    private readonly ObservationNormalizer observations;
    private readonly FeatureNormalizer actions;
    private readonly ObservationEncoder encoder;
    private readonly PolicyHead head;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Its options; sound for these observations and actions.</param>
    /// <param name="raw">What is observed.</param>
    /// <param name="action">What an action is.</param>
    /// <param name="statistics">What the normalizers are fitted to; null leaves them to be filled from a file.</param>
    /// <param name="warnings">Receives what the normalizers had to guard.</param>
    /// <exception cref="ArgumentException">The configuration does not fit, or statistics are missing; the message lists every fault.</exception>
    public PolicyNetwork(PolicyConfig config, ObservationSpec raw, ActionSpec action, PolicyStatistics? statistics = null, ICollection<NormalizationWarning>? warnings = null)
        : base(nameof(PolicyNetwork))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Require(raw, action);
        Features = new FeatureMap(raw, config.Features).Output;
        warnings ??= [];
        observations = statistics is null
            ? new ObservationNormalizer(Features)
            : ObservationNormalizer.Fit(Features, config.NormalizationOf, statistics.Features, warnings);
        actions = statistics is null
            ? new FeatureNormalizer([action.Dimension])
            : FeatureNormalizer.Fit("actions", [action.Dimension], config.ActionNormalization, statistics.Actions, warnings);
        encoder = config.Encoder.Create(Features, config.Horizons.Observation);
        HeadShape shape = config.ShapeOf(Features, action);
        if (encoder.TokenCount != shape.ContextTokens || encoder.TokenWidth != shape.ContextWidth)
            throw new InvalidOperationException($"{config.Encoder.GetType().Name}.{nameof(ObservationEncoderConfig.Tokens)} promises {shape.ContextTokens} tokens of {shape.ContextWidth}, but its encoder makes {encoder.TokenCount} of {encoder.TokenWidth}.");
        head = config.Head.Create(shape);
        RegisterComponents();
    }

    /// <summary>What the network sees.</summary>
    public ObservationSpec Features { get; }

    /// <summary>The encoder, for what only some encoders can do: loading published weights.</summary>
    public ObservationEncoder Encoder => encoder;

    /// <summary>The head, for what only some heads can do: ask it with <c>is</c>.</summary>
    public PolicyHead Head => head;

    /// <summary>The loss of the expert's chunks.</summary>
    /// <param name="features">By name: [B, To, ...feature shape], raw units.</param>
    /// <param name="target">Represented actions in raw units, with mask and weights.</param>
    /// <param name="random">Draws noise. Null: the engine's default generator.</param>
    public LossReport Loss(IReadOnlyDictionary<string, Tensor> features, ActionTarget target, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        using DisposeScope scope = NewDisposeScope();
        ActionTarget normalized = target with { Actions = actions.Normalize(target.Actions) };
        LossReport report = head.Loss(Context(features, random), normalized, random);
        report.Total.MoveToOuterDisposeScope();
        foreach (Tensor part in report.Parts.Values) part.MoveToOuterDisposeScope();
        return report;
    }

    /// <summary>Shows training actions to a head that must see them first; does nothing for others.</summary>
    internal void FitHead(ActionChunks chunks, Generator random)
    {
        if (head is not IFitsActions fits) return;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor raw = tensor(chunks.Actions).view(chunks.Count, head.Shape.PredictionHorizon, head.Shape.ActionDimension);
        fits.Fit(actions.Normalize(raw), tensor(chunks.InsideEpisode).view(chunks.Count, head.Shape.PredictionHorizon), random);
    }

    /// <summary>Produces a chunk for every observation history.</summary>
    /// <param name="features">By name: [B, To, ...feature shape], raw units.</param>
    /// <param name="random">Draws noise. Null: the engine's default generator.</param>
    /// <returns>Represented actions in raw units, [B, Tp, Da].</returns>
    public Tensor Sample(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return actions.Denormalize(head.Sample(Context(features), random)).MoveToOuterDisposeScope();
    }

    /// <summary>Produces chunks that continue what is being executed, by a head that can.</summary>
    /// <param name="features">By name: [B, To, ...feature shape], raw units.</param>
    /// <param name="previous">The rest of each running chunk, represented, in raw units, moved to begin at index 0 and padded, [B, Tp, Da].</param>
    /// <param name="prefixes">Delay and length of each.</param>
    /// <param name="random">Draws noise. Null: the engine's default generator.</param>
    internal Tensor Sample(IReadOnlyDictionary<string, Tensor> features, Tensor previous, IReadOnlyList<ChunkPrefix> prefixes, Generator? random)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var prefix = new HeadPrefix(actions.Normalize(previous), [.. prefixes.Select(p => p.InferenceDelay)], [.. prefixes.Select(p => Math.Min(p.Remaining.Length, head.Shape.PredictionHorizon))]);
        return actions.Denormalize(((IPrefixGuidedHead)head).Sample(Context(features), prefix, random)).MoveToOuterDisposeScope();
    }

    /// <summary>Context tokens of observation histories, [B, N, C]: what heads and guidance work on.</summary>
    /// <param name="features">By name: [B, To, ...feature shape], raw units.</param>
    /// <param name="random">Draws augmentation, in training only. Null: the engine's default generator.</param>
    public Tensor Context(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        using DisposeScope scope = NewDisposeScope();
        return encoder.Encode(observations.Normalize(features), random).MoveToOuterDisposeScope();
    }

    /// <summary>Represented actions to numbers of order one.</summary>
    /// <param name="represented">[..., Da], raw units.</param>
    public Tensor NormalizeActions(Tensor represented) => actions.Normalize(represented);

    /// <summary>Back to raw units.</summary>
    /// <param name="normalized">[..., Da].</param>
    public Tensor DenormalizeActions(Tensor normalized) => actions.Denormalize(normalized);

    internal IEnumerable<string> Explain() => observations.Explain().Concat(actions.Explain("action"));
}
