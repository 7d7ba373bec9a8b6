using System.Runtime.InteropServices;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Policies;

/// <summary>A policy learned from demonstrations: features, normalizers, networks and action representation, in one file.</summary>
/// <remarks>
/// One instance belongs to one thread at a time. Actions are not clamped to <see cref="ActionSpec"/>'s limits: what limits, rates and
/// faults do to a robot is decided in one place, where commands leave for it.
/// </remarks>
public sealed partial class LearnedPolicy : IPolicy, IDisposable
{
    private readonly FeatureMap map;
    private readonly Dictionary<string, Tensor> inputs = new(StringComparer.Ordinal);
    private Generator generator;
    private long seed;

    private LearnedPolicy(PolicyConfig config, ObservationSpec observations, ActionSpec actions, PolicyNetwork network, long seed, Accelerator? accelerator, IReadOnlyList<NormalizationWarning> warnings)
    {
        Config = config;
        Observations = observations;
        Actions = actions;
        Accelerator = accelerator ?? Accelerator.Best();
        Warnings = warnings;
        map = new FeatureMap(observations, config.Features);
        Network = network.to(Accelerator.Device);
        // A policy outlives whatever dispose scope it is made in.
        foreach (Tensor tensor in Network.state_dict().Values) tensor.DetachFromDisposeScope();
        this.seed = seed;
        generator = NewGenerator(seed);
    }

    /// <summary>The options it was made with.</summary>
    public PolicyConfig Config { get; }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions { get; }

    /// <inheritdoc/>
    public Horizons Horizons => Config.Horizons;

    /// <summary>Its normalizers, encoder and head: what training changes.</summary>
    public PolicyNetwork Network { get; }

    /// <summary>Where it computes.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>What its normalizers had to guard when it was created.</summary>
    public IReadOnlyList<NormalizationWarning> Warnings { get; }

    /// <summary>The seed of its sampling noise. Setting it starts the noise anew.</summary>
    public long Seed
    {
        get => seed;
        set
        {
            generator.Dispose();
            seed = value;
            generator = NewGenerator(value);
        }
    }

    /// <summary>Makes an untrained policy whose normalizers are fitted to training data.</summary>
    /// <param name="config">Its options.</param>
    /// <param name="trainingData">Demonstrations: the training split only, or validation would leak into the statistics. Episodes that weigh nothing are left out.</param>
    /// <param name="seed">Of its initial weights and of its sampling noise.</param>
    /// <param name="accelerator">Where it computes; null for the best there is.</param>
    /// <param name="logger">Told what the normalizers had to guard.</param>
    /// <exception cref="ArgumentException">The configuration does not fit the data, or the data cannot be learned from; the message lists every fault.</exception>
    public static LearnedPolicy Create(PolicyConfig config, IEpisodeSource trainingData, long seed = 0, Accelerator? accelerator = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(trainingData);
        config.Require(trainingData.Observations, trainingData.Actions);
        if (trainingData.EpisodeCount == 0) throw new ArgumentException("There is no episode to fit the policy's normalizers to.", nameof(trainingData));
        trainingData = CountedEpisodes.Of(trainingData);
        var statistics = PolicyStatistics.Of(config, trainingData);
        List<NormalizationWarning> warnings = [];
        PolicyNetwork network = RandomStreams.Initialize(seed, () => new PolicyNetwork(config, trainingData.Observations, trainingData.Actions, statistics, warnings));
        if (network.Head is IFitsActions)
        {
            using var random = new Generator(RandomStreams.SeedOf(seed, "fitting"), CPU);
            network.FitHead(ActionChunks.Of(config, trainingData), random);
        }

        if (logger is not null)
        {
            foreach (NormalizationWarning warning in warnings) LogWarning(logger, warning.What, warning.Dimension, warning.Message);
        }

        return new LearnedPolicy(config, trainingData.Observations, trainingData.Actions, network, seed, accelerator, warnings);
    }

    /// <summary>Reads a policy from its folder, which is all it needs.</summary>
    /// <param name="folder">What <see cref="Save"/> wrote.</param>
    /// <param name="accelerator">Where it computes; null for the best there is.</param>
    /// <param name="change">
    /// Changes its configuration, for options that concern sampling only: steps, temperature, execution horizon. What changes the
    /// networks does not fit the weights and is refused.
    /// </param>
    /// <exception cref="InvalidDataException">The folder is damaged, or of a newer format; the message says how.</exception>
    public static LearnedPolicy Load(string folder, Accelerator? accelerator = null, Func<PolicyConfig, PolicyConfig>? change = null)
    {
        (PolicyFile file, string weights) = PolicyFile.Open(folder);
        if (change is not null) file = file with { Policy = change(file.Policy) };
        ObservationSpec observations;
        PolicyNetwork network;
        try
        {
            observations = file.ObservationSpec();
            network = RandomStreams.Initialize(file.Seed, () => new PolicyNetwork(file.Policy, observations, file.Actions));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"'{folder}' describes a policy that cannot be: {e.Message}", e);
        }

        try
        {
            using SafetensorsFile tensors = SafetensorsFile.Open(weights);
            tensors.LoadInto(network);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        return new LearnedPolicy(file.Policy, observations, file.Actions, network, file.Seed, accelerator, []);
    }

    /// <summary>
    /// A policy of its own with the same weights and other options: another start noise, more sampling steps, another execution horizon.
    /// </summary>
    /// <example><code>using LearnedPolicy calm = policy.With(policy.Config with { Head = flow with { StartNoiseScale = 0.5 } });</code></example>
    /// <exception cref="ArgumentException">The options ask for other networks or features; the message lists every tensor that differs.</exception>
    public LearnedPolicy With(PolicyConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        PolicyNetwork network = RandomStreams.Initialize(seed, () => new PolicyNetwork(config, Observations, Actions));
        Dictionary<string, Tensor> source = Network.state_dict(), target = network.state_dict();
        string[] faults = [.. source.Keys.Union(target.Keys).Order(StringComparer.Ordinal).Where(Differs)];
        if (faults.Length > 0)
        {
            network.Dispose();
            throw new ArgumentException($"These options need other weights than this policy has: {string.Join(", ", faults)}. Change only what acts when sampling, or train a policy with them.", nameof(config));
        }

        return Filled(network, config, Observations, source);

        bool Differs(string name) => !source.TryGetValue(name, out Tensor? a) || !target.TryGetValue(name, out Tensor? b) || !a.shape.SequenceEqual(b.shape);
    }

    /// <summary>A policy of other networks, whose weights are given by name.</summary>
    /// <exception cref="ArgumentException">The configuration does not fit, or a weight is missing or of another shape; the message lists every fault.</exception>
    internal LearnedPolicy With(PolicyConfig config, ObservationSpec observations, IReadOnlyDictionary<string, Tensor> weights)
    {
        config.Require(observations, Actions);
        PolicyNetwork network = RandomStreams.Initialize(seed, () => new PolicyNetwork(config, observations, Actions));
        Dictionary<string, Tensor> target = network.state_dict();
        string[] faults = [.. target.Where(pair => !weights.TryGetValue(pair.Key, out Tensor? values) || !values.shape.SequenceEqual(pair.Value.shape)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        if (faults.Length > 0)
        {
            network.Dispose();
            throw new ArgumentException($"There are no fitting weights for {string.Join(", ", faults)}.", nameof(weights));
        }

        return Filled(network, config, observations, weights);
    }

    private LearnedPolicy Filled(PolicyNetwork network, PolicyConfig config, ObservationSpec observations, IReadOnlyDictionary<string, Tensor> weights)
    {
        using IDisposable noGradient = no_grad();
        foreach ((string name, Tensor values) in network.state_dict()) values.copy_(weights[name]);
        return new LearnedPolicy(config, observations, Actions, network, seed, Accelerator, Warnings);
    }

    /// <summary>Writes the policy to a folder, which is replaced as a whole.</summary>
    public void Save(string folder) => PolicyFile.Save(folder, this);

    /// <inheritdoc/>
    public ActionChunk Predict(ObservationHistory history) => PredictBatch([history])[0];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A history does not fit; the message lists every fault of every history.</exception>
    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories) => Infer(histories, null);

    /// <summary>One inference; with prefixes, by a head that is an <see cref="IPrefixGuidedHead"/>.</summary>
    internal IReadOnlyList<ActionChunk> Infer(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix>? prefixes)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (histories.Count == 0) return [];
        Require(histories);
        bool training = Network.training;
        if (training) Network.eval();
        try
        {
            using IDisposable noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Fill(histories);
            using IDisposable? precision = Accelerator.EnterPrecision();
            Dictionary<string, Tensor> features = Accelerator.Device.type == DeviceType.CPU
                ? inputs
                : inputs.ToDictionary(pair => pair.Key, pair => pair.Value.to(Accelerator.Device), StringComparer.Ordinal);
            Tensor actions = prefixes is not null
                ? Network.Sample(features, Previous(histories, prefixes).to(Accelerator.Device), prefixes, generator)
                : Network.Head is IRecurrentHead { CarriesState: true } recurrent
                ? Network.DenormalizeActions(recurrent.SampleFrom(CarriedState.Advance(recurrent, Network.Context(features), histories), generator))
                : Network.Sample(features, generator);
            return ToChunks(actions.to(float32).cpu().contiguous(), histories);
        }
        finally
        {
            if (training) Network.train();
        }
    }

    /// <summary>
    /// For people: what each dimension's smallest and largest training value become in normalized units, and what comes back. The
    /// first thing to look at when a policy behaves as if it saw something else.
    /// </summary>
    public string Explain() =>
        $"raw -> normalized -> raw, of the smallest and the largest training value{Environment.NewLine}{string.Join(Environment.NewLine, Network.Explain())}{Environment.NewLine}";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor input in inputs.Values) input.Dispose();
        inputs.Clear();
        generator.Dispose();
        Network.Dispose();
    }

    private void Require(IReadOnlyList<ObservationHistory> histories)
    {
        List<string> faults = [];
        for (int i = 0; i < histories.Count; i++)
        {
            string which = histories.Count == 1 ? "" : $"History {i}: ";
            if (histories[i].Length != Horizons.Observation)
                faults.Add($"{which}The history holds {histories[i].Length} observations, but this policy looks at {Horizons.Observation}. Make it with the policy's observation horizon.");
            else if (histories[i].StepCount == 0)
                faults.Add($"{which}The history is empty. Push the first observation of the episode before predicting.");
            else
                faults.AddRange(FaultsOf(histories[i]).Select(fault => which + fault).Distinct());
        }

        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults), nameof(histories));
    }

    private IEnumerable<string> FaultsOf(ObservationHistory history)
    {
        for (int i = 0; i < history.Length; i++)
        {
            string? fault = null;
            try
            {
                history[i].Require(Observations);
            }
            catch (ArgumentException e)
            {
                fault = e.Message;
            }

            if (fault is not null) yield return fault;
        }
    }

    // Into tensors that are kept from call to call: a copy into their memory costs a hundredth of making a tensor from an array.
    private void Fill(IReadOnlyList<ObservationHistory> histories)
    {
        int length = Horizons.Observation;
        foreach (FeatureSpec feature in map.Output)
        {
            if (inputs.TryGetValue(feature.Name, out Tensor? tensor) && tensor.size(0) == histories.Count) continue;
            tensor?.Dispose();
            long[] shape = [histories.Count, length, .. feature.Shape.Select(extent => (long)extent)];
            inputs[feature.Name] = zeros(shape, FeatureTensor.TypeOf(feature.Element)).DetachFromDisposeScope();
        }

        for (int row = 0; row < histories.Count; row++)
        {
            for (int i = 0; i < length; i++)
            {
                Observation made = map.Apply(histories[row][i]);
                foreach (FeatureSpec feature in map.Output)
                {
                    int start = ((row * length) + i) * feature.StepBytes;
                    ReadOnlySpan<byte> values = feature.IsImage ? made.Images[feature.Name].Span : MemoryMarshal.AsBytes(made[feature.Name].Span);
                    values.CopyTo(inputs[feature.Name].bytes[start..]);
                }
            }
        }
    }

    // The running chunks as they would be predicted from the newest observation, padded with their last action.
    private Tensor Previous(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes)
    {
        int da = Actions.Dimension, size = Horizons.Prediction * da;
        float[] values = new float[histories.Count * size];
        for (int row = 0; row < histories.Count; row++)
        {
            ActionChunk remaining = prefixes[row].Remaining;
            if (remaining.Dimension != da) throw new ArgumentException($"The prefix of history {row} has actions of dimension {remaining.Dimension}; this policy's have {da}.", nameof(prefixes));
            Span<float> chunk = values.AsSpan(row * size, size);
            for (int i = 0; i < Horizons.Prediction; i++) remaining[Math.Min(i, remaining.Length - 1)].CopyTo(chunk[(i * da)..]);
            Config.Actions.Encode(chunk, Config.Actions.ReferenceFeature is { } name ? histories[row].Newest[name].Span : default);
        }

        return tensor(values).view(histories.Count, Horizons.Prediction, da);
    }

    private ActionChunk[] ToChunks(Tensor actions, IReadOnlyList<ObservationHistory> histories)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(actions.bytes);
        int size = values.Length / histories.Count;
        var chunks = new ActionChunk[histories.Count];
        for (int row = 0; row < chunks.Length; row++)
        {
            float[] chunk = values.Slice(row * size, size).ToArray();
            Config.Actions.Decode(chunk, Config.Actions.ReferenceFeature is { } name ? histories[row].Newest[name].Span : default);
            chunks[row] = new ActionChunk(chunk, Actions.Dimension);
        }

        return chunks;
    }

    // On the CPU whatever the device: the same seed gives the same noise everywhere.
    private static Generator NewGenerator(long seed) => new(RandomStreams.SeedOf(seed, "sampling"), CPU);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}, dimension {Dimension}: {Message}")]
    private static partial void LogWarning(ILogger logger, string what, int dimension, string message);
}
