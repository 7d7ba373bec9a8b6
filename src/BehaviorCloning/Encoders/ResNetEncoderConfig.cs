using BehaviorCloning.Networks;

namespace BehaviorCloning.Encoders;

/// <summary>Options of <see cref="ResNetEncoder"/>. The defaults are Diffusion Policy's: trained from nothing, group norm, spatial softmax.</summary>
public sealed record ResNetEncoderConfig : CameraEncoderConfig
{
    /// <summary>18 or 34. Default 18.</summary>
    public int Depth { get; init; } = 18;

    /// <summary>Channels of the first stage; the last has 8 times as many. Default 64, as published; less for a CPU.</summary>
    public int Width { get; init; } = 64;

    /// <summary>How the network normalizes. Default group norm.</summary>
    public ResNetNorm Norm { get; init; } = ResNetNorm.Group;

    /// <summary>What bytes become. Default ImageNet's standardization.</summary>
    public ImageScaling Scaling { get; init; } = ImageScaling.ImageNet;

    /// <summary>
    /// A float feature (a task's number, a text's embedding, proprioception) that modulates every stage, so that what is looked for can depend on
    /// it: FiLM, as in RT-1. It stays in the tokens too. Default null: none.
    /// </summary>
    public string? FilmFeature { get; init; }

    internal override ImageScaling ScalingInUse => Scaling;

    internal override int MapChannels => 8 * Width;

    internal override int? SummaryWidth => 8 * Width;

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new ResNetEncoder(this, features, observationHorizon);

    internal override ImageSize MapOf(ImageSize seen) => new(ResNet.MapExtent(seen.Height), ResNet.MapExtent(seen.Width));

    private protected override IEnumerable<string> NetworkProblems(ObservationSpec features)
    {
        if (ResNet.BlocksOf(Depth) is null) yield return $"{nameof(Depth)} {Depth} must be 18 or 34.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1; 64 is published.";
        else if (Norm == ResNetNorm.Group && Width > 16 && Width % 16 != 0) yield return $"{nameof(Width)} {Width} must be a multiple of 16 for groups of 16 channels.";
        if (!Enum.IsDefined(Norm)) yield return $"{nameof(Norm)} {Norm} must be one of {string.Join(", ", Enum.GetNames<ResNetNorm>())}.";
        if (FilmFeature is not null && !FloatsOf(features).Any(feature => feature.Name == FilmFeature))
            yield return $"{nameof(FilmFeature)} '{FilmFeature}' is no float feature. There are: {string.Join(", ", FloatsOf(features).Select(feature => feature.Name))}.";
    }
}
