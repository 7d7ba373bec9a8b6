using BehaviorCloning.Networks;

namespace BehaviorCloning.Encoders;

/// <summary>Options of <see cref="VisionTransformerEncoder"/>: a vision transformer trained from nothing. The class token is read.</summary>
public sealed record VisionTransformerEncoderConfig : CameraEncoderConfig
{
    /// <summary>The defaults.</summary>
    public VisionTransformerEncoderConfig()
    {
        Readout = new SummaryReadout();
    }

    /// <summary>What the network is made of. Default <see cref="VisionTransformerOptions.Mini"/>: for small images on a CPU.</summary>
    public VisionTransformerOptions Transformer { get; init; } = VisionTransformerOptions.Mini;

    /// <summary>What bytes become. Default -1..1.</summary>
    public ImageScaling Scaling { get; init; } = ImageScaling.Symmetric;

    internal override ImageScaling ScalingInUse => Scaling;

    internal override int MapChannels => Transformer.Width;

    internal override int? SummaryWidth => Transformer.ClassToken ? Transformer.Width : null;

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new VisionTransformerEncoder(this, features, observationHorizon);

    internal override ImageSize MapOf(ImageSize seen) => new(seen.Height / Transformer.PatchSize, seen.Width / Transformer.PatchSize);

    internal override string? ImageProblem(ImageSize seen) => VisionProblem(seen, Transformer.PatchSize);

    internal static string? VisionProblem(ImageSize seen, int patch) => seen.Height >= patch && seen.Width >= patch && seen.Height % patch == 0 && seen.Width % patch == 0
        ? null
        : $"{seen.Height} x {seen.Width} pixels are no whole number of patches of {patch} x {patch}. Set {nameof(Resize)} or {nameof(Crop)} to multiples of {patch}.";

    private protected override IEnumerable<string> NetworkProblems(ObservationSpec features) => Transformer.Problems().Select(problem => $"{nameof(Transformer)}: {problem}");
}
