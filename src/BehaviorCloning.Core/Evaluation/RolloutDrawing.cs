namespace BehaviorCloning.Evaluation;

/// <summary>
/// How an episode of some world is drawn: shapes that stay, shapes that move, and where the moving ones are given an observation.
/// A shape is drawn in its own frame and then turned and moved, so a frame of a replay costs three numbers a shape.
/// </summary>
/// <remarks>The drawing's axes are those of SVG: x to the right, y down, angles clockwise.</remarks>
public sealed record RolloutDrawing
{
    /// <summary>Width of the visible area in the world's units.</summary>
    public required double Width { get; init; }

    /// <summary>Height of the visible area in the world's units.</summary>
    public required double Height { get; init; }

    /// <summary>Shapes that stay where they are, the lowest first.</summary>
    public IReadOnlyList<DrawnShape> Fixed { get; init; } = [];

    /// <summary>Shapes that move, the lowest first.</summary>
    public required IReadOnlyList<DrawnShape> Moving { get; init; }

    /// <summary>
    /// One pose for each of <see cref="Moving"/>, from what is observed and the action taken then. After the last action it is
    /// given the last action again.
    /// </summary>
    public required Func<Observation, ReadOnlyMemory<float>, IReadOnlyList<ShapePose>> Poses { get; init; }
}

/// <summary>Where a shape is.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Down.</param>
/// <param name="Angle">Clockwise, in radians.</param>
public readonly record struct ShapePose(double X, double Y, double Angle = 0);

/// <summary>Something to draw, in its own frame.</summary>
public abstract record DrawnShape
{
    /// <summary>Color of the inside in CSS notation, or "none".</summary>
    public string Fill { get; init; } = "none";

    /// <summary>Color of the outline in CSS notation, or "none".</summary>
    public string Stroke { get; init; } = "none";

    /// <summary>Width of the outline in the world's units.</summary>
    public double StrokeWidth { get; init; } = 1;

    /// <summary>0 = invisible, 1 (default) = solid.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>Color of the path a moving shape leaves behind, or null for none.</summary>
    public string? Trail { get; init; }
}

/// <summary>A closed polygon.</summary>
/// <param name="Points">Its corners.</param>
public sealed record DrawnPolygon(IReadOnlyList<(double X, double Y)> Points) : DrawnShape;

/// <summary>Lines from point to point.</summary>
/// <param name="Points">Where it bends, ends included.</param>
public sealed record DrawnLine(IReadOnlyList<(double X, double Y)> Points) : DrawnShape;

/// <summary>A circle.</summary>
/// <param name="Radius">Its radius.</param>
/// <param name="X">Its center.</param>
/// <param name="Y">Its center.</param>
public sealed record DrawnCircle(double Radius, double X = 0, double Y = 0) : DrawnShape;
