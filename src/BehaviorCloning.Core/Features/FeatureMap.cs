namespace BehaviorCloning.Features;

/// <summary>Turns raw observations into the features a network sees: one step on the robot, or a whole episode in training.</summary>
public sealed class FeatureMap
{
    private readonly FeatureTransform[] transforms;

    /// <summary>Checks the transforms against the raw observations.</summary>
    /// <param name="raw">What is observed.</param>
    /// <param name="transforms">What is made of it, in this order; none for all raw features as they are.</param>
    /// <exception cref="ArgumentException">Something does not fit; the message lists every fault.</exception>
    public FeatureMap(ObservationSpec raw, IReadOnlyList<FeatureTransform> transforms)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(transforms);
        string[] problems = [.. Problems(raw, transforms)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(transforms));
        this.transforms = transforms.Count > 0 ? [.. transforms] : [.. raw.Select(feature => new RawFeature(feature.Name))];
        Raw = raw;
        Output = new ObservationSpec(this.transforms.Select(transform => transform.Output(raw)));
    }

    /// <summary>The raw observations it reads.</summary>
    public ObservationSpec Raw { get; }

    /// <summary>The features it makes.</summary>
    public ObservationSpec Output { get; }

    /// <summary>How each feature of <see cref="Output"/> is made, in the same order.</summary>
    public IReadOnlyList<FeatureTransform> Transforms => transforms;

    /// <summary>Every reason why these transforms cannot be applied to these observations, none if they can.</summary>
    public static IEnumerable<string> Problems(ObservationSpec raw, IReadOnlyList<FeatureTransform> transforms)
    {
        bool sound = true;
        foreach (string problem in transforms.SelectMany(transform => transform.Problems(raw)))
        {
            sound = false;
            yield return problem;
        }

        if (!sound) yield break;
        foreach (IGrouping<string, FeatureTransform> same in transforms.GroupBy(transform => transform.Output(raw).Name).Where(group => group.Count() > 1))
            yield return $"{same.Count()} transforms make a feature named '{same.Key}'. Set {nameof(FeatureTransform.OutputName)} to tell them apart.";

        // A made feature that borrowed a raw one's name would change what an action's reference feature means.
        foreach (FeatureTransform transform in transforms)
        {
            string name = transform.Output(raw).Name;
            if (raw.Contains(name) && !(transform is RawFeature own && own.Name == name))
                yield return $"{transform.GetType().Name} makes a feature named '{name}', which is a raw feature's name already. Give it another {nameof(FeatureTransform.OutputName)}.";
        }
    }

    /// <summary>The features of one step.</summary>
    /// <exception cref="ArgumentException">The observation does not fit <see cref="Raw"/>; the message lists every fault.</exception>
    public Observation Apply(Observation raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        raw.Require(Raw);
        Dictionary<string, ReadOnlyMemory<byte>>? images = null;
        Dictionary<string, ReadOnlyMemory<float>> floats = [];
        for (int i = 0; i < transforms.Length; i++)
        {
            FeatureSpec spec = Output[i];
            if (spec.IsImage)
                (images ??= [])[spec.Name] = raw.Images[transforms[i].Inputs[0]];
            else if (transforms[i] is ImageFeatureTransform seeing)
                floats[spec.Name] = See(seeing, spec, Raw, 1, (name, _, _) => raw.Images[name]);
            else
                floats[spec.Name] = Make(transforms[i], spec, name => raw[name], 1);
        }

        return images is null ? new Observation(floats) : new Observation(floats) { Images = images };
    }

    /// <summary>The features of a whole episode. Raw features that pass through are not copied.</summary>
    public FeaturizedEpisode Apply(Episode raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return new FeaturizedEpisode(this, raw);
    }

    /// <summary>The rows that a transform makes of frames.</summary>
    /// <param name="transform">Reads the frames.</param>
    /// <param name="spec">What it makes.</param>
    /// <param name="cameras">Holds the specifications of its inputs.</param>
    /// <param name="steps">How many rows.</param>
    /// <param name="read">Frames of a camera: its name, the first step, how many.</param>
    internal static ReadOnlyMemory<float> See(ImageFeatureTransform transform, FeatureSpec spec, ObservationSpec cameras, int steps, Func<string, int, int, ReadOnlyMemory<byte>> read)
    {
        // Compressed frames are read a block at a time; more at once would only take memory.
        const int Block = 32;
        float[] made = new float[checked(steps * spec.Size)];
        CameraFrame[] frames = new CameraFrame[transform.Inputs.Count];
        for (int first = 0; first < steps; first += Block)
        {
            int count = Math.Min(Block, steps - first);
            ReadOnlyMemory<byte>[] blocks = [.. transform.Inputs.Select(name => read(name, first, count))];
            for (int step = 0; step < count; step++)
            {
                for (int i = 0; i < frames.Length; i++)
                {
                    FeatureSpec camera = cameras[transform.Inputs[i]];
                    frames[i] = CameraFrame.Of(camera, blocks[i].Slice(step * camera.Size, camera.Size));
                }

                transform.Apply(frames, made.AsSpan((first + step) * spec.Size, spec.Size));
            }
        }

        return made;
    }

    internal static ReadOnlyMemory<float> Make(FeatureTransform transform, FeatureSpec spec, Func<string, ReadOnlyMemory<float>> read, int steps)
    {
        ReadOnlyMemory<float>[] inputs = [.. transform.Inputs.Select(read)];
        if (transform is RawFeature) return inputs[0];
        float[] made = new float[checked(steps * spec.Size)];
        transform.Apply(inputs, steps, made);
        return made;
    }
}
