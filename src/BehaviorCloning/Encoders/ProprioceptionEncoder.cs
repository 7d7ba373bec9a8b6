using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Options of <see cref="ProprioceptionEncoder"/>.</summary>
public sealed record ProprioceptionEncoderConfig : ObservationEncoderConfig
{
    /// <summary>One token an observed step instead of one for the whole history. Default false.</summary>
    public bool TokenPerStep { get; init; }

    /// <summary>Widths of linear layers with SiLU that every token passes through. Default none: tokens are the numbers themselves.</summary>
    public IReadOnlyList<int> HiddenWidths { get; init; } = [];

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new ProprioceptionEncoder(this, features, observationHorizon);

    /// <inheritdoc/>
    public override TokenShape Tokens(ObservationSpec features, int observationHorizon) => TokenPerStep
        ? new TokenShape(observationHorizon, HiddenWidths.Count > 0 ? HiddenWidths[^1] : StepWidth(features))
        : new TokenShape(1, HiddenWidths.Count > 0 ? HiddenWidths[^1] : observationHorizon * StepWidth(features));

    /// <summary>Where each feature is: once a token, or once an observed step in the one token. Unknown behind hidden layers, which mix them.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ContextPart> Parts(ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (HiddenWidths.Count > 0) return [];
        List<ContextPart> parts = [];
        int stepWidth = StepWidth(features);
        for (int step = 0; step < (TokenPerStep ? 1 : observationHorizon); step++)
        {
            int column = step * stepWidth;
            foreach (FeatureSpec feature in features)
            {
                parts.Add(new ContextPart(feature.Name, 0, TokenPerStep ? observationHorizon : 1, column, feature.Size));
                column += feature.Size;
            }
        }

        return parts;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec features, int observationHorizon)
    {
        if (features.Count == 0) yield return "There is no feature to encode.";
        foreach (FeatureSpec image in features.Where(f => f.IsImage))
            yield return $"The proprioception encoder reads floats, but feature '{image.Name}' is an image. Leave it out of the policy's features, or use an image encoder.";
        foreach (int width in HiddenWidths.Where(width => width < 1))
            yield return $"{nameof(HiddenWidths)}: {width} must be at least 1.";
    }

    /// <inheritdoc/>
    public bool Equals(ProprioceptionEncoderConfig? other) =>
        other is not null && TokenPerStep == other.TokenPerStep && HiddenWidths.SequenceEqual(other.HiddenWidths);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(TokenPerStep, HiddenWidths.Count);

    internal static int StepWidth(ObservationSpec features) => features.Sum(f => f.Size);
}

/// <summary>Joins all float features of a step, and the steps of a history, oldest first.</summary>
/// <remarks>
/// <code>
/// // features a [2] and b [1], To = 2:
/// //   one token       a0 a1 b0 (oldest)  a0 a1 b0 (newest)          [B, 1, 6]
/// //   token per step  a0 a1 b0 (oldest)                             [B, 2, 3]
/// //                   a0 a1 b0 (newest)
/// </code>
/// </remarks>
public sealed class ProprioceptionEncoder : ObservationEncoder
{
    private readonly ModuleList<Linear> layers;
    private readonly FeatureSpec[] features;
    private readonly int observationHorizon;
    private readonly int inputTokens;

    /// <summary>Builds the encoder.</summary>
    public ProprioceptionEncoder(ProprioceptionEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(ProprioceptionEncoder), config.Tokens(features, observationHorizon).Count, config.Tokens(features, observationHorizon).Width)
    {
        this.features = [.. features];
        this.observationHorizon = observationHorizon;
        inputTokens = TokenCount;
        int width = ProprioceptionEncoderConfig.StepWidth(features) * (config.TokenPerStep ? 1 : observationHorizon);
        var list = new List<Linear>();
        foreach (int hidden in config.HiddenWidths)
        {
            list.Add(nn.Linear(width, hidden));
            width = hidden;
        }

        layers = new ModuleList<Linear>([.. list]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] rows = new Tensor[this.features.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            Tensor feature = Find(features, this.features[i], observationHorizon);
            rows[i] = feature.dim() == 3 ? feature : feature.flatten(2);
        }

        Tensor tokens = (rows.Length == 1 ? rows[0] : cat(rows, 2)).reshape(rows[0].size(0), inputTokens, -1);
        foreach (Linear layer in layers) tokens = nn.functional.silu(layer.forward(tokens));
        return tokens.MoveToOuterDisposeScope();
    }
}
