namespace BehaviorCloning.Simulation;

/// <summary>Where a T lies: its local origin (the middle of the bar's outer edge) in pixels of the 512-pixel window, and its angle.</summary>
/// <param name="X">To the right, in pixels.</param>
/// <param name="Y">Downwards, in pixels.</param>
/// <param name="Angle">In radians, from x towards y (clockwise on the screen).</param>
public readonly record struct PushTPose(double X, double Y, double Angle)
{
    /// <summary>The benchmark's goal: the middle of the window, turned by an eighth.</summary>
    public static PushTPose DefaultGoal { get; } = new(256, 256, Math.PI / 4);

    /// <summary>A point of the T's own frame in the window.</summary>
    internal Vect Place(Vect local)
    {
        (double sin, double cos) = Math.SinCos(Angle);
        return new(X + (cos * local.X) - (sin * local.Y), Y + (sin * local.X) + (cos * local.Y));
    }
}
