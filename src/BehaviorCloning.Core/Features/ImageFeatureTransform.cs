namespace BehaviorCloning.Features;

/// <summary>How one float input of the network is made from camera frames of the same step, without a network: features, depth, colors.</summary>
/// <remarks>Episodes' features are made once and kept (<see cref="FeaturizedEpisodes"/>), so that what takes milliseconds a frame is paid once.</remarks>
public abstract record ImageFeatureTransform : FeatureTransform
{
    /// <summary>Makes the feature of one step.</summary>
    /// <param name="frames">A frame for each of <see cref="FeatureTransform.Inputs"/>.</param>
    /// <param name="output">Receives the feature's values.</param>
    public abstract void Apply(IReadOnlyList<CameraFrame> frames, Span<float> output);

    /// <summary>Not for images.</summary>
    /// <exception cref="NotSupportedException">Always: it reads frames, not floats.</exception>
    public sealed override void Apply(IReadOnlyList<ReadOnlyMemory<float>> inputs, int steps, Span<float> output) =>
        throw new NotSupportedException($"{GetType().Name} reads camera frames, not floats. Give it {nameof(CameraFrame)}s.");

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec raw)
    {
        foreach (string input in Inputs)
        {
            if (string.IsNullOrWhiteSpace(input)) yield return $"{GetType().Name} names no camera where it needs one. There are: {raw.Names}.";
            else if (!raw.Contains(input)) yield return $"{GetType().Name} reads camera '{input}', which there is not. There are: {raw.Names}.";
            else if (CameraFrame.FaultOf(raw[input]) is { } fault) yield return $"{GetType().Name}: {fault}";
        }
    }
}
