using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Options of <see cref="SparseFeatureEncoder"/>.</summary>
public sealed record SparseFeatureEncoderConfig : ObservationEncoderConfig
{
    /// <summary>
    /// The set: a feature [rows, columns] of floats whose first column is 1 where there is something and 0 where not, as <c>SiftFeatures</c> makes it. Leave it
    /// unnormalized.
    /// </summary>
    public required string Feature { get; init; }

    /// <summary>Questions asked of the set at each observed step: tokens a step. Default 8.</summary>
    public int Questions { get; init; } = 8;

    /// <summary>Width of a token. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Attention heads; must divide the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new SparseFeatureEncoder(this, features, observationHorizon);

    /// <inheritdoc/>
    public override TokenShape Tokens(ObservationSpec features, int observationHorizon) =>
        new((OthersOf(features).Any() ? 1 : 0) + (observationHorizon * Questions), Width);

    /// <inheritdoc/>
    public override IReadOnlyList<ContextPart> Parts(ObservationSpec features, int observationHorizon)
    {
        int first = OthersOf(features).Any() ? 1 : 0;
        var set = new ContextPart(Feature, first, observationHorizon * Questions, 0, Width);
        return first == 0 ? [set] : [new ContextPart("proprioception", 0, 1, 0, Width), set];
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (Questions < 1) yield return $"{nameof(Questions)} {Questions} must be at least 1.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
        else if (Heads < 1 || Width % Heads != 0) yield return $"{nameof(Heads)} {Heads} must divide {nameof(Width)} {Width}.";
        if (!features.Contains(Feature)) yield return $"There is no feature '{Feature}' to read a set from. There are: {features}.";
        else if (features[Feature].Element != FeatureElement.Float32 || features[Feature].Shape.Count != 2 || features[Feature].Shape[1] < 2)
            yield return $"'{features[Feature]}' is no set: expected floats [rows, columns] with a column of flags and at least one more.";
        foreach (FeatureSpec image in features.Where(f => f.Element != FeatureElement.Float32))
            yield return $"A set's encoder reads floats, but feature '{image.Name}' is an image. Leave it out of the policy's features, or use an image encoder.";
    }

    internal IEnumerable<FeatureSpec> OthersOf(ObservationSpec features) => features.Where(f => f.Name != Feature && f.Element == FeatureElement.Float32);
}

/// <summary>
/// A set of things seen, in any order and number, as a fixed number of tokens: learned questions attend to the rows that are there. All other float features
/// together are one more token.
/// </summary>
/// <remarks>
/// <code>
/// rows [B, To, K, columns] -> Linear, ReLU, Linear -> keys and values, and one learned "nothing" that is always there
/// token = question + step,  token += attention(token, rows with flag 1, nothing),  token += Linear(ReLU(Linear(norm(token))))
/// </code>
/// Rows flagged 0 are masked: whatever stands in them reaches no token. The order of rows does not matter.
/// </remarks>
public sealed class SparseFeatureEncoder : ObservationEncoder
{
    private readonly Linear rowInput, rowOutput, hidden, output;
    private readonly LayerNorm norm;
    private readonly MultiHeadAttention attention;
    private readonly Linear? rest;
    private readonly Parameter questions;
    private readonly Parameter steps;
    private readonly Parameter nothing;
    private readonly FeatureSpec set;
    private readonly FeatureSpec[] others;
    private readonly int observationHorizon;

    /// <summary>Builds the encoder.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public SparseFeatureEncoder(SparseFeatureEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(SparseFeatureEncoder), TokensOf(config, features, observationHorizon).Count, config.Width)
    {
        this.observationHorizon = observationHorizon;
        set = features[config.Feature];
        others = [.. config.OthersOf(features)];
        int width = config.Width;
        rowInput = nn.Linear(set.Shape[1] - 1, width);
        rowOutput = nn.Linear(width, width);
        attention = new MultiHeadAttention(width, config.Heads);
        norm = nn.LayerNorm(width);
        hidden = nn.Linear(width, 2 * width);
        output = nn.Linear(2 * width, width);
        if (others.Length > 0) rest = nn.Linear(observationHorizon * others.Sum(f => f.Size), width);
        questions = Table(config.Questions);
        steps = Table(observationHorizon);
        nothing = Table(1);
        RegisterComponents();

        Parameter Table(int count)
        {
            Parameter table = nn.Parameter(zeros(count, width));
            nn.init.normal_(table, 0, 0.1);
            return table;
        }
    }

    /// <inheritdoc/>
    public override Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = Find(features, set, observationHorizon);
        long batch = rows.size(0);
        rows = rows.flatten(0, 1);
        Tensor there = rows.select(2, 0).gt(0.5f);
        // What stands in a masked row could still be a NaN, and 0 times a NaN is one.
        Tensor values = rows.narrow(2, 1, set.Shape[1] - 1).masked_fill(there.unsqueeze(-1).logical_not(), 0);
        Tensor keys = rowOutput.forward(nn.functional.relu(rowInput.forward(values)));
        keys = cat([nothing.unsqueeze(0).expand(keys.size(0), 1, TokenWidth), keys], 1);
        Tensor allowed = cat([ones([there.size(0), 1], ScalarType.Bool, there.device), there], 1);
        Tensor tokens = questions.unsqueeze(0).add(steps.unsqueeze(1)).unsqueeze(0).expand(batch, observationHorizon, questions.size(0), TokenWidth).flatten(0, 1);
        tokens = tokens.add(attention.Forward(tokens, keys, keys, allowed));
        tokens = tokens.add(output.forward(nn.functional.relu(hidden.forward(norm.forward(tokens)))));
        tokens = tokens.reshape(batch, -1, TokenWidth);
        if (rest is null) return tokens.MoveToOuterDisposeScope();
        Tensor[] floats = [.. others.Select(spec => Find(features, spec, observationHorizon).flatten(2))];
        return cat([rest.forward(cat(floats, 2).flatten(1)).unsqueeze(1), tokens], 1).MoveToOuterDisposeScope();
    }

    private static TokenShape TokensOf(SparseFeatureEncoderConfig config, ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems(features, observationHorizon)];
        return problems.Length == 0
            ? config.Tokens(features, observationHorizon)
            : throw new ArgumentException($"A sparse-feature encoder cannot be built: {string.Join(" ", problems)}", nameof(config));
    }
}
