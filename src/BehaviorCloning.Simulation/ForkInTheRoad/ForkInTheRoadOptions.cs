namespace BehaviorCloning.Simulation;

/// <summary>Options of <see cref="ForkInTheRoadEnvironment"/>.</summary>
public sealed record ForkInTheRoadOptions
{
    /// <summary>
    /// Standard deviation of the wind: a push in x and in y that is added to every step, drawn anew each time. What is not looked at
    /// while a chunk is executed adds up. Default 0: none.
    /// </summary>
    public double Wind { get; init; }

    /// <summary>Control steps after which an evaluation gives up. Default 80; at its usual speed the expert takes about 28.</summary>
    public int StepLimit { get; init; } = 80;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(Wind >= 0 && double.IsFinite(Wind))) yield return $"The wind's standard deviation is {Wind}; it must be finite and not negative.";
        if (StepLimit < 1) yield return $"The step limit is {StepLimit}; it must be at least 1.";
    }
}

/// <summary>On which side the obstacle is passed, seen in the direction of travel.</summary>
public enum Way
{
    /// <summary>At positive y.</summary>
    Left,

    /// <summary>At negative y.</summary>
    Right,
}
