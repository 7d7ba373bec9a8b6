namespace BehaviorCloning.Features;

/// <summary>A dataset with what a sensing module makes of it added to each step: sensed once, when an episode is first read, and kept.</summary>
public sealed class SensedEpisodes : IEpisodeSource
{
    private readonly IEpisodeSource source;
    private readonly ISensingModule module;
    private readonly SensedEpisode?[] sensed;
    private readonly Lock turn = new();

    /// <summary>Wraps a dataset.</summary>
    /// <exception cref="ArgumentException">The module does not fit the dataset; the message lists every fault.</exception>
    public SensedEpisodes(IEpisodeSource source, ISensingModule module)
    {
        ArgumentNullException.ThrowIfNull(source);
        Observations = Sensed.Join(source.Observations, module);
        this.source = source;
        this.module = module;
        sensed = new SensedEpisode?[source.EpisodeCount];
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions => source.Actions;

    /// <inheritdoc/>
    public double? ControlRateHz => source.ControlRateHz;

    /// <inheritdoc/>
    public int EpisodeCount => sensed.Length;

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => source.EpisodeLength(episode);

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(episode);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(episode, sensed.Length);
        if (Volatile.Read(ref sensed[episode]) is { } made) return made;
        // A module may hold a network, which serves one thread at a time.
        lock (turn) return sensed[episode] ??= new SensedEpisode(source.ReadEpisode(episode), source.Observations, module);
    }

    private sealed class SensedEpisode : Episode
    {
        private const int Block = 32;
        private readonly Dictionary<string, ReadOnlyMemory<float>> rows = new(StringComparer.Ordinal);
        private readonly Episode raw;

        public SensedEpisode(Episode raw, ObservationSpec spec, ISensingModule module)
        {
            this.raw = raw;
            float[][] all = [.. module.Outputs.Select(output => new float[raw.Length * output.Size])];
            ISensingEpisode episode = module.Begin();
            for (int first = 0; first < raw.Length; first += Block)
            {
                int count = Math.Min(Block, raw.Length - first);
                IReadOnlyList<float[]> sensed = Sensed.Sense(module, episode, Steps(module.Inputs, first, count));
                for (int i = 0; i < all.Length; i++) sensed[i].CopyTo(all[i].AsSpan(first * module.Outputs[i].Size));
            }

            for (int i = 0; i < all.Length; i++) rows[module.Outputs[i].Name] = all[i];
        }

        public override int Length => raw.Length;

        public override ReadOnlyMemory<float> Actions => raw.Actions;

        public override ReadOnlyMemory<float> Feature(string name) => rows.TryGetValue(name, out ReadOnlyMemory<float> sensed) ? sensed : raw.Feature(name);

        public override ReadOnlyMemory<float>? Annotation(string name) => raw.Annotation(name);

        public override void ReadFrames(string name, int start, int count, Span<byte> destination) => raw.ReadFrames(name, start, count, destination);

        private Observation[] Steps(ObservationSpec inputs, int first, int count)
        {
            Dictionary<string, byte[]> frames = [];
            foreach (FeatureSpec camera in inputs.Where(input => input.Element != FeatureElement.Float32))
            {
                byte[] block = new byte[checked(count * BytesOf(camera))];
                raw.ReadFrames(camera.Name, first, count, block);
                frames[camera.Name] = block;
            }

            return [.. Enumerable.Range(0, count).Select(step => new Observation(
                inputs.Where(input => input.Element == FeatureElement.Float32).Select(input => KeyValuePair.Create(input.Name, raw.Feature(input.Name).Slice((first + step) * input.Size, input.Size))))
            {
                Images = frames.ToDictionary(pair => pair.Key, pair => (ReadOnlyMemory<byte>)pair.Value.AsMemory(step * BytesOf(inputs[pair.Key]), BytesOf(inputs[pair.Key])), StringComparer.Ordinal),
            })];
        }

        private static int BytesOf(FeatureSpec camera) => camera.Size * (camera.Element == FeatureElement.UInt16 ? sizeof(ushort) : 1);
    }
}
