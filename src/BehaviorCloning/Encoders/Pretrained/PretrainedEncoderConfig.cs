namespace BehaviorCloning.Encoders;

/// <summary>
/// Options of <see cref="PretrainedEncoder"/>: a published network, frozen, fine-tuned or partly frozen. Frames are resized, cropped and scaled as that
/// network was trained.
/// </summary>
public sealed record PretrainedEncoderConfig : CameraEncoderConfig
{
    /// <summary>The defaults: frozen, one network for all cameras, its own summary read.</summary>
    public PretrainedEncoderConfig()
    {
        Readout = new SummaryReadout();
        SharedWeights = true;
    }

    /// <summary>Which network. Default torchvision's ResNet-18.</summary>
    public PublishedNetwork Network { get; init; } = new PublishedResNet();

    /// <summary>
    /// How many of the network's first stages (a ResNet's stages, a transformer's blocks) stay as published, and what is before them; the rest is
    /// trained. 0 keeps only what is before the first stage; -1 trains everything; null freezes everything. Default null.
    /// </summary>
    public int? FrozenStages { get; init; }

    /// <summary>What multiplies the learning rate of the network's trained weights; what reads its maps learns at the full rate. Default 0.1.</summary>
    public double LearningRateScale { get; init; } = 0.1;

    internal override ImageScaling ScalingInUse => Network.Scaling;

    internal override ImageResampling ResamplingInUse => Network.Resampling;

    // What is cropped keeps its resolution unless asked.
    internal override ImageSize? ResizeInUse => Resize ?? (Crop is null ? Network.InputSize : null);

    internal override int MapChannels => Network.MapChannels;

    internal override int? SummaryWidth => Network.SummaryWidth;

    /// <summary>As networks count them: null for none frozen.</summary>
    internal int? FrozenInUse => FrozenStages is { } stages ? (stages < 0 ? null : stages) : Network.StageCount;

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new PretrainedEncoder(this, features, observationHorizon);

    internal override ImageSize MapOf(ImageSize seen) => Network.MapOf(seen);

    internal override string? ImageProblem(ImageSize seen) => Network.ImageProblem(seen);

    private protected override IEnumerable<string> NetworkProblems(ObservationSpec features)
    {
        foreach (string problem in Network.Problems()) yield return $"{nameof(Network)}: {problem}";
        if (FrozenStages is { } stages && (stages < -1 || stages > Network.StageCount))
            yield return $"{nameof(FrozenStages)} {stages} must be -1 (none), 0 to {Network.StageCount}, or null (all).";
        if (!(LearningRateScale >= 0 && double.IsFinite(LearningRateScale))) yield return $"{nameof(LearningRateScale)} {LearningRateScale} must not be negative. To keep weights as they are, freeze them.";
    }
}
