using BehaviorCloning.Actions;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;

namespace BehaviorCloning.Policies;

/// <summary>Everything that makes a policy except its data: what it sees, what it predicts, and with which networks.</summary>
public sealed record PolicyConfig
{
    /// <summary>How far it looks back, predicts and acts.</summary>
    public Horizons Horizons { get; init; } = new();

    /// <summary>What the network sees, made of the raw features. Default none: all raw features as they are.</summary>
    public IReadOnlyList<FeatureTransform> Features { get; init; } = [];

    /// <summary>What of an action is predicted. Default: the action itself.</summary>
    public ActionRepresentation Actions { get; init; } = new AbsoluteActions();

    /// <summary>
    /// Whether the padding behind an episode's end, its last action repeated, is learned as if it were real. Right where the last
    /// command may be held (position targets, and near the end the network then knows what to hold); wrong for velocities. Default false.
    /// </summary>
    public bool HoldsAfterEnd { get; init; }

    /// <summary>How features are normalized unless <see cref="FeatureNormalization"/> says otherwise. Default standard.</summary>
    public NormalizerConfig ObservationNormalization { get; init; } = new StandardNormalization();

    /// <summary>How single features are normalized, by the name the network knows them by. Default none.</summary>
    public IReadOnlyDictionary<string, NormalizerConfig> FeatureNormalization { get; init; } = System.Collections.Frozen.FrozenDictionary<string, NormalizerConfig>.Empty;

    /// <summary>How represented actions are normalized. Default standard.</summary>
    public NormalizerConfig ActionNormalization { get; init; } = new StandardNormalization();

    /// <summary>What turns observations into context tokens. Default proprioception.</summary>
    public ObservationEncoderConfig Encoder { get; init; } = new ProprioceptionEncoderConfig();

    /// <summary>What turns context into actions. Default flow matching.</summary>
    public PolicyHeadConfig Head { get; init; } = new FlowMatchingHeadConfig();

    /// <summary>Every fault of this configuration for a robot or dataset, none if it is sound.</summary>
    /// <param name="raw">What is observed.</param>
    /// <param name="actions">What an action is.</param>
    public IEnumerable<string> Problems(ObservationSpec raw, ActionSpec actions)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(actions);
        List<string> problems = [.. Horizons.Problems(), .. actions.Problems(), .. Actions.Problems(raw, actions)];
        problems.AddRange(ObservationNormalization.Problems().Select(p => $"{nameof(ObservationNormalization)}: {p}"));
        problems.AddRange(ActionNormalization.Problems().Select(p => $"{nameof(ActionNormalization)}: {p}"));
        problems.AddRange(FeatureNormalization.SelectMany(pair => pair.Value.Problems().Select(p => $"{nameof(FeatureNormalization)} of '{pair.Key}': {p}")));

        string[] ofFeatures = [.. FeatureMap.Problems(raw, Features)];
        problems.AddRange(ofFeatures);
        // What the encoder and the head are built for is known only once features and horizons are sound.
        if (ofFeatures.Length > 0 || Horizons.Problems().Any()) return problems;

        ObservationSpec features = new FeatureMap(raw, Features).Output;
        problems.AddRange(FeatureNormalization.Keys.Where(name => !features.Contains(name) || features[name].Element != FeatureElement.Float32)
            .Select(name => $"{nameof(FeatureNormalization)} names '{name}', which is no float feature. There are: {string.Join(", ", features.Select(f => f.Name))}."));
        string[] ofEncoder = [.. Encoder.Problems(features, Horizons.Observation)];
        problems.AddRange(ofEncoder);
        if (ofEncoder.Length == 0) problems.AddRange(Head.Problems(ShapeOf(features, actions)));
        return problems;
    }

    /// <summary>Throws if anything is wrong.</summary>
    /// <exception cref="ArgumentException">The message lists every fault.</exception>
    public void Require(ObservationSpec raw, ActionSpec actions)
    {
        string[] problems = [.. Problems(raw, actions)];
        if (problems.Length > 0)
            throw new ArgumentException($"The policy's configuration has {problems.Length} fault{(problems.Length == 1 ? "" : "s")}: {string.Join(" ", problems)}");
    }

    /// <inheritdoc/>
    public bool Equals(PolicyConfig? other) =>
        other is not null && Horizons == other.Horizons && Features.SequenceEqual(other.Features) && Actions == other.Actions
        && HoldsAfterEnd == other.HoldsAfterEnd && ObservationNormalization == other.ObservationNormalization
        && FeatureNormalization.Count == other.FeatureNormalization.Count
        && FeatureNormalization.All(pair => other.FeatureNormalization.TryGetValue(pair.Key, out NormalizerConfig? value) && pair.Value == value)
        && ActionNormalization == other.ActionNormalization && Encoder == other.Encoder && Head == other.Head;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Horizons, Features.Count, Actions, ObservationNormalization, FeatureNormalization.Count, ActionNormalization, Encoder, Head);

    internal HeadShape ShapeOf(ObservationSpec features, ActionSpec actions)
    {
        TokenShape tokens = Encoder.Tokens(features, Horizons.Observation);
        return new HeadShape(tokens.Count, tokens.Width, Horizons.Prediction, actions.Dimension)
        {
            Parts = Encoder.Parts(features, Horizons.Observation),
            ObservedSteps = Horizons.Observation,
        };
    }

    internal NormalizerConfig NormalizationOf(string feature) => FeatureNormalization.TryGetValue(feature, out NormalizerConfig? own) ? own : ObservationNormalization;
}
