namespace BehaviorCloning.Dagger;

/// <summary>How far and how widely a <see cref="LookaheadExpert"/> looks ahead.</summary>
public sealed record LookaheadOptions
{
    /// <summary>Futures that are tried at once, each with noise of its own. Default 8.</summary>
    public int Futures { get; init; } = 8;

    /// <summary>Control steps that a future goes on for at most; all end as soon as one has solved the task. Default 120.</summary>
    public int Steps { get; init; } = 120;

    /// <summary>
    /// A future is followed while the world does what was imagined: while no observed number is farther from it than this, in the numbers' own units. Default 0: exactly.
    /// More where a branch is not exact, such as Push-T's, whose contacts are remembered for some physics steps.
    /// </summary>
    public double Tolerance { get; init; }

    /// <summary>Of the policy's noise. With the same seed the same episode has the same labels. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Futures < 1) yield return $"Futures {Futures} must be at least 1.";
        if (Steps < 1) yield return $"Steps {Steps} must be at least 1.";
        if (!(Tolerance >= 0 && double.IsFinite(Tolerance))) yield return $"Tolerance {Tolerance} must be finite and not negative.";
    }
}
