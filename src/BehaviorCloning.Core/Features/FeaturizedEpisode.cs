namespace BehaviorCloning.Features;

/// <summary>An episode with made features. It still answers for every raw feature, which an action's reference may need.</summary>
public sealed class FeaturizedEpisode : Episode
{
    private readonly Dictionary<string, ReadOnlyMemory<float>> made = new(StringComparer.Ordinal);
    private readonly FeatureMap map;

    internal FeaturizedEpisode(FeatureMap map, Episode raw)
    {
        this.map = map;
        Raw = raw;
        for (int i = 0; i < map.Output.Count; i++)
        {
            FeatureSpec spec = map.Output[i];
            if (map.Transforms[i] is ImageFeatureTransform seeing)
                made[spec.Name] = FeatureMap.See(seeing, spec, map.Raw, raw.Length, Frames);
            else if (spec.Element == FeatureElement.Float32)
                made[spec.Name] = FeatureMap.Make(map.Transforms[i], spec, raw.Feature, raw.Length);
        }
    }

    /// <summary>The episode it was made from.</summary>
    public Episode Raw { get; }

    /// <inheritdoc/>
    public override int Length => Raw.Length;

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Actions => Raw.Actions;

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Feature(string name)
    {
        if (made.TryGetValue(name, out ReadOnlyMemory<float> rows)) return rows;
        if (map.Raw.Contains(name)) return Raw.Feature(name);
        throw new KeyNotFoundException($"The episode has no feature '{name}'. It has made features {map.Output.Names} and raw features {map.Raw.Names}.");
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<float>? Annotation(string name) => Raw.Annotation(name);

    /// <inheritdoc/>
    public override void ReadFrames(string name, int start, int count, Span<byte> destination)
    {
        FeatureTransform? image = map.Transforms.FirstOrDefault(transform => (transform.OutputName ?? transform.Inputs[0]) == name);
        Raw.ReadFrames(image?.Inputs[0] ?? name, start, count, destination);
    }

    private ReadOnlyMemory<byte> Frames(string camera, int start, int count)
    {
        byte[] frames = new byte[checked(count * map.Raw[camera].Size)];
        Raw.ReadFrames(camera, start, count, frames);
        return frames;
    }
}
