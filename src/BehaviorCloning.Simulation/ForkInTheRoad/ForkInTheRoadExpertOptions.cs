namespace BehaviorCloning.Simulation;

/// <summary>Which ways an expert takes.</summary>
public enum ForkInTheRoadWays
{
    /// <summary>Left or right by the toss of a coin an episode: demonstrations of people.</summary>
    Both,

    /// <summary>Always left: scripted demonstrations.</summary>
    Left,
}

/// <summary>How a corrupted demonstration goes wrong.</summary>
public enum ForkInTheRoadCorruption
{
    /// <summary>In a hurry to a wrong place: out of the yard on the right, with steps of <see cref="ForkInTheRoadEnvironment.LongestStep"/>. Pulls a mean to one side.</summary>
    WrongGoal,

    /// <summary>Without a plan: usual steps in a direction that is drawn anew every five steps. Cancels out in a mean.</summary>
    RandomWalk,
}

/// <summary>Options of <see cref="ForkInTheRoadExpert"/>.</summary>
public sealed record ForkInTheRoadExpertOptions
{
    /// <summary>What the expert's choices are drawn from: give every episode a seed of its own. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Which ways it takes. Default both.</summary>
    public ForkInTheRoadWays Ways { get; init; } = ForkInTheRoadWays.Both;

    /// <summary>Length of its steps. Default 0.04.</summary>
    public double Speed { get; init; } = 0.04;

    /// <summary>
    /// It hesitates before it sets off, for a number of steps drawn from 0 to this. What is seen meanwhile does not tell how long it has waited
    /// already: such demonstrations are not Markov. Default 0.
    /// </summary>
    public int LongestPause { get; init; }

    /// <summary>The share of demonstrations that are corrupted. Default 0.</summary>
    public double CorruptedShare { get; init; }

    /// <summary>How a corrupted demonstration goes wrong. Default by a wrong goal.</summary>
    public ForkInTheRoadCorruption Corruption { get; init; } = ForkInTheRoadCorruption.WrongGoal;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Seed is < 0 or > uint.MaxValue) yield return $"The seed is {Seed}; it must be between 0 and {uint.MaxValue}.";
        if (!(Speed > 0 && Speed <= ForkInTheRoadEnvironment.LongestStep)) yield return $"The speed is {Speed}; it must be above 0 and at most {ForkInTheRoadEnvironment.LongestStep}, the longest step.";
        if (LongestPause < 0) yield return $"The longest pause is {LongestPause}; it must not be negative.";
        if (!(CorruptedShare is >= 0 and <= 1)) yield return $"The corrupted share is {CorruptedShare}; it must be between 0 and 1.";
        if (!Enum.IsDefined(Ways)) yield return $"Ways is {Ways}; it must be one of {string.Join(", ", Enum.GetNames<ForkInTheRoadWays>())}.";
        if (!Enum.IsDefined(Corruption)) yield return $"Corruption is {Corruption}; it must be one of {string.Join(", ", Enum.GetNames<ForkInTheRoadCorruption>())}.";
    }
}
