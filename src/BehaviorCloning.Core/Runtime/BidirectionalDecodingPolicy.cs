namespace BehaviorCloning.Runtime;

/// <summary>Options of <see cref="BidirectionalDecodingPolicy"/>.</summary>
public sealed record BidirectionalDecodingOptions
{
    /// <summary>N: chunks sampled an inference. Default 16; the paper uses up to 32.</summary>
    public int Samples { get; init; } = 16;

    /// <summary>K: how many of the most coherent samples the forward contrast compares with. Default 3. Only with a weak policy.</summary>
    public int Kept { get; init; } = 3;

    /// <summary>How strongly each step counts in the backward loss. Default soft.</summary>
    public PrefixSchedule Schedule { get; init; } = PrefixSchedule.Soft;

    /// <summary>
    /// Whether the samples are guided to the running chunk already, by a policy that is an <see cref="IPrefixGuidedPolicy"/>. Guidance bends
    /// what it can of one sample, the choice among several leaves out those that it could not. Default false: the paper's plain samples.
    /// </summary>
    public bool Guided { get; init; }

    /// <summary>
    /// What one unit of each action dimension is worth: distances are measured after dividing by it. Empty (default) where all
    /// dimensions have one unit.
    /// </summary>
    public IReadOnlyList<float> Scale { get; init; } = [];

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems(ActionSpec actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (Samples < 1) yield return $"{nameof(Samples)} {Samples} must be at least 1.";
        if (Kept < 1 || Kept > Samples) yield return $"{nameof(Kept)} {Kept} must be between 1 and the {Samples} samples.";
        if (Scale.Count != 0 && Scale.Count != actions.Dimension) yield return $"{nameof(Scale)} has {Scale.Count} entries for {actions.Dimension} action dimensions.";
        if (Scale.Any(scale => !(scale > 0 && float.IsFinite(scale)))) yield return $"{nameof(Scale)} must be positive and finite in every dimension.";
    }
}

/// <summary>
/// Bidirectional decoding (arXiv 2408.17355): samples several chunks and takes the one closest to the chunk being executed (backward
/// coherence) and, where a weaker policy is given, closest to what the strong policy mostly says and farthest from what the weak one does
/// (forward contrast).
/// </summary>
/// <remarks>
/// The chunk A with the smallest
/// <code>
/// sum_i W_i |A_i - Y_i|  +  1/N ( sum over A+ of sum_i |A_i - A+_i|  -  sum over A- of sum_i |A_i - A-_i| )
/// </code>
/// with Y the rest of the running chunk, W a <see cref="PrefixSchedule"/>, and A+, A- the K samples of the strong and of the weak policy that
/// have the smallest backward loss. Needs no gradient, but N times the inference.
/// </remarks>
public sealed class BidirectionalDecodingPolicy : IPrefixGuidedPolicy
{
    private readonly IPolicy strong;
    private readonly IPrefixGuidedPolicy? guided;
    private readonly IPolicy? weak;
    private readonly BidirectionalDecodingOptions options;

    /// <summary>Wraps a policy that samples: one that gives the same chunk every time leaves nothing to choose.</summary>
    /// <param name="strong">The policy.</param>
    /// <param name="weak">An early checkpoint of it, for the forward contrast; null for backward coherence alone.</param>
    /// <param name="options">Samples and weights.</param>
    /// <exception cref="ArgumentException">The options are at fault, or the two policies differ in form; the message lists every fault.</exception>
    public BidirectionalDecodingPolicy(IPolicy strong, IPolicy? weak = null, BidirectionalDecodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(strong);
        this.strong = strong;
        this.weak = weak;
        this.options = options ?? new();
        List<string> problems = [.. this.options.Problems(strong.Actions)];
        guided = strong as IPrefixGuidedPolicy;
        if (this.options.Guided && guided is null) problems.Add($"{nameof(BidirectionalDecodingOptions.Guided)} needs a policy that can be guided, an {nameof(IPrefixGuidedPolicy)}; {strong.GetType().Name} is none.");
        if (weak is not null && (weak.Horizons.Prediction != strong.Horizons.Prediction || weak.Horizons.Observation != strong.Horizons.Observation || weak.Actions.Dimension != strong.Actions.Dimension))
            problems.Add($"The weak policy predicts {weak.Horizons.Prediction} actions of dimension {weak.Actions.Dimension} from {weak.Horizons.Observation} observations, the strong one {strong.Horizons.Prediction} of {strong.Actions.Dimension} from {strong.Horizons.Observation}: chunks cannot be compared.");
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => strong.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => strong.Actions;

    /// <inheritdoc/>
    public Horizons Horizons => strong.Horizons;

    /// <inheritdoc/>
    /// <remarks>Without a prefix there is nothing to be coherent with: one plain sample.</remarks>
    public ActionChunk Predict(ObservationHistory history) => strong.Predict(history);

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories) => strong.PredictBatch(histories);

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => PredictBatch([history], [prefix])[0];

    /// <inheritdoc/>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        ChunkPrefix.RequireOneEach(histories, prefixes);
        ObservationHistory[] repeated = [.. histories.SelectMany(history => Enumerable.Repeat(history, options.Samples))];
        IReadOnlyList<ActionChunk> samples = options.Guided
            ? guided!.PredictBatch(repeated, [.. prefixes.SelectMany(prefix => Enumerable.Repeat(prefix, options.Samples))])
            : strong.PredictBatch(repeated);
        IReadOnlyList<ActionChunk>? contrast = weak?.PredictBatch(repeated);
        return [.. prefixes.Select((prefix, row) => Choose(Row(samples, row), contrast is null ? null : Row(contrast, row), prefix))];
    }

    /// <summary>The sample with the smallest loss; the first of equals.</summary>
    internal ActionChunk Choose(IReadOnlyList<ActionChunk> samples, IReadOnlyList<ActionChunk>? contrast, ChunkPrefix prefix)
    {
        float[] weights = new float[samples[0].Length];
        PrefixWeights.Fill(options.Schedule, weights, prefix.InferenceDelay, Math.Min(prefix.Remaining.Length, weights.Length));
        ActionChunk[] plus = contrast is null ? [] : Closest(samples), minus = contrast is null ? [] : Closest(contrast);
        return samples.MinBy(Loss)!;

        double Backward(ActionChunk sample) => Distance(sample, prefix.Remaining, weights);
        ActionChunk[] Closest(IReadOnlyList<ActionChunk> from) => [.. from.OrderBy(Backward).Take(options.Kept)];
        double Loss(ActionChunk sample) =>
            Backward(sample) + ((plus.Sum(other => Distance(sample, other, default)) - minus.Sum(other => Distance(sample, other, default))) / options.Samples);
    }

    // Sum over steps of the weighted Euclidean distance; no weights: all steps count 1.
    private double Distance(ActionChunk a, ActionChunk b, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            if (weight == 0) continue;
            double square = 0;
            for (int k = 0; k < a.Dimension; k++)
            {
                double difference = (a[i][k] - b[i][k]) / (options.Scale.Count == 0 ? 1 : options.Scale[k]);
                square += difference * difference;
            }

            sum += weight * Math.Sqrt(square);
        }

        return sum;
    }

    private ActionChunk[] Row(IReadOnlyList<ActionChunk> all, int row) => [.. Enumerable.Range(row * options.Samples, options.Samples).Select(i => all[i])];
}
