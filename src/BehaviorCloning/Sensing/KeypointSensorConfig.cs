using BehaviorCloning.Features;

namespace BehaviorCloning.Sensing;

/// <summary>Options of <see cref="KeypointSensor"/>.</summary>
public sealed record KeypointSensorConfig
{
    /// <summary>The camera's feature. Default "image".</summary>
    public string Camera { get; init; } = "image";

    /// <summary>Rows of its image, a multiple of 8. Default 96.</summary>
    public int Height { get; init; } = 96;

    /// <summary>Columns of its image, a multiple of 8. Default 96.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Channels of the network at half the image's size. Default 16; 8 for a CPU.</summary>
    public int Channels { get; init; } = 16;

    /// <summary>What is looked for; the network's keypoints are their points in this order.</summary>
    public required IReadOnlyList<SensedBody> Bodies { get; init; }

    /// <summary>World units a pixel, of a camera that looks straight down. Default 1.</summary>
    public double UnitsPerPixel { get; init; } = 1;

    /// <summary>World x of the center of the first pixel. Default 0.</summary>
    public double OriginX { get; init; }

    /// <summary>World y of the center of the first pixel. Default 0.</summary>
    public double OriginY { get; init; }

    /// <summary>Put before the bodies' names. Default "sensed_".</summary>
    public string Prefix { get; init; } = "sensed_";

    /// <summary>How poses are followed from step to step; null to take each frame for itself. Default null.</summary>
    public PlanarPoseFilterOptions? Filter { get; init; }

    /// <summary>Keypoints in all.</summary>
    internal int KeypointCount => Bodies.Sum(body => body.PointCount);

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Camera)) yield return $"{nameof(Camera)} is empty.";
        if (Height < 8 || Width < 8 || Height % 8 != 0 || Width % 8 != 0) yield return $"{nameof(Height)} {Height} and {nameof(Width)} {Width} must be multiples of 8.";
        if (Channels < 1 || (Channels > 8 && Channels % 8 != 0)) yield return $"{nameof(Channels)} {Channels} must be 1 to 8, or a multiple of 8 (groups of channels are normalized).";
        if (!(UnitsPerPixel > 0 && double.IsFinite(UnitsPerPixel)) || !double.IsFinite(OriginX + OriginY)) yield return $"{nameof(UnitsPerPixel)} {UnitsPerPixel} must be positive, and the origin ({OriginX}, {OriginY}) finite.";
        if (Bodies.Count == 0) yield return $"There are no {nameof(Bodies)} to look for.";
        foreach (SensedBody body in Bodies)
        {
            if (string.IsNullOrWhiteSpace(body.Name)) yield return "A body has no name.";
            if (body.ModelPoints.Count == 0 || body.ModelPoints.Count % 2 != 0 || body.ModelPoints.Any(value => !float.IsFinite(value)))
                yield return $"Body '{body.Name}' has {body.ModelPoints.Count} model coordinates; expected x and y of at least one point, all finite.";
            else if (body.PointCount == 1 && body.ModelPoints.Any(value => value != 0))
                yield return $"Body '{body.Name}' is a single point at ({body.ModelPoints[0]}, {body.ModelPoints[1]}) of its frame; without an angle it must be (0, 0).";
        }

        foreach (IGrouping<string, SensedBody> same in Bodies.GroupBy(body => body.Name).Where(group => group.Count() > 1)) yield return $"{same.Count()} bodies are called '{same.Key}'.";
        foreach (string problem in Filter?.Problems() ?? []) yield return $"{nameof(Filter)}: {problem}";
    }

    /// <inheritdoc/>
    public bool Equals(KeypointSensorConfig? other) =>
        other is not null && Camera == other.Camera && Height == other.Height && Width == other.Width && Channels == other.Channels && Bodies.SequenceEqual(other.Bodies)
        && UnitsPerPixel == other.UnitsPerPixel && OriginX == other.OriginX && OriginY == other.OriginY && Prefix == other.Prefix && Filter == other.Filter;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Camera, Height, Width, Channels, Bodies.Count, UnitsPerPixel, Prefix);
}
