using System.Text.Json.Serialization;

namespace BehaviorCloning.Evaluation;

/// <summary>What became of one episode.</summary>
/// <param name="Seed">The seed it was started with.</param>
/// <param name="Score">The best reward of any step: the score of the Diffusion Policy paper (arXiv 2303.04137).</param>
/// <param name="Success">Whether the task was solved.</param>
/// <param name="Steps">Control steps taken.</param>
public sealed record RolloutResult(long Seed, double Score, bool Success, int Steps)
{
    /// <summary>Every observation and action, where <see cref="RolloutOptions.TrajectoriesKept"/> asked for it.</summary>
    [JsonIgnore]
    public RolloutTrajectory? Trajectory { get; init; }
}

/// <summary>An episode as it went.</summary>
/// <remarks>
/// <code>
/// // step               0     1     2
/// // Observations    o0    o1    o2    o3      (one more than actions: the last one is what it led to)
/// // Actions            a0    a1    a2
/// // Rewards            r0    r1    r2         (of the state after the action)
/// </code>
/// </remarks>
/// <param name="Observations">What was sensed, the reset first: one more than there are actions.</param>
/// <param name="Actions">What was done, Da values each.</param>
/// <param name="Rewards">What each step was worth.</param>
/// <param name="ControlRateHz">Control steps a second.</param>
public sealed record RolloutTrajectory(
    IReadOnlyList<Observation> Observations, IReadOnlyList<float[]> Actions, IReadOnlyList<double> Rewards, double ControlRateHz);

/// <summary>How far an evaluation is.</summary>
/// <param name="Finished">Episodes that ended.</param>
/// <param name="Episodes">Episodes there are.</param>
/// <param name="Fraction">Of the steps there can be at most, how many are taken or no longer needed: 0 to 1.</param>
/// <param name="ScoreMean">Mean score of the episodes that ended, or NaN before the first.</param>
public readonly record struct RolloutProgress(int Finished, int Episodes, double Fraction, double ScoreMean);
