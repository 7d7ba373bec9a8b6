namespace BehaviorCloning;

/// <summary>How far a policy looks back, predicts ahead, and acts before it looks again.</summary>
/// <remarks>
/// <code>
/// // To = 2, Tp = 4, Te = 2, newest observation at t = 5:
/// //   step            4  5  6  7  8
/// //   observation     o  o
/// //   chunk index        0  1  2  3
/// //   executed           x  x
/// </code>
/// Index 0 of a chunk belongs to the newest observation's step; diffusion_policy's chunks start To - 1 steps earlier.
/// </remarks>
public sealed record Horizons
{
    /// <summary>To: observations a policy sees, the newest included. Default 1.</summary>
    public int Observation { get; init; } = 1;

    /// <summary>Tp: actions an inference predicts. Default 16.</summary>
    public int Prediction { get; init; } = 16;

    /// <summary>Te: actions executed before the next chunk takes over. Default 8.</summary>
    public int Execution { get; init; } = 8;

    /// <summary>Every fault of these horizons, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Observation < 1) yield return $"Observation horizon {Observation} must be at least 1: a policy sees the newest observation.";
        if (Prediction < 1) yield return $"Prediction horizon {Prediction} must be at least 1.";
        if (Execution < 1) yield return $"Execution horizon {Execution} must be at least 1.";
        if (Execution > Prediction) yield return $"Execution horizon {Execution} is longer than the prediction horizon {Prediction}: actions would run out before the next inference.";
    }

    /// <summary>Throws if anything is wrong.</summary>
    /// <exception cref="ArgumentException">The message lists every fault.</exception>
    public void Require()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems));
    }
}
