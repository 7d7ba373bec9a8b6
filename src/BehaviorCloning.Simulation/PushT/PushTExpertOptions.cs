namespace BehaviorCloning.Simulation;

/// <summary>
/// Options of <see cref="PushTExpert"/>. The defaults solve the task best; other seeds, knots and temperatures solve it in other ways,
/// which is what demonstrations for a policy of several modes need.
/// </summary>
public sealed record PushTExpertOptions
{
    /// <summary>Seed of the plans. The same seed in the same episode gives the same actions.</summary>
    public long Seed { get; init; }

    /// <summary>Control steps that a plan looks ahead. Default 12.</summary>
    public int PlanSteps { get; init; } = 12;

    /// <summary>
    /// Control steps for which a plan is followed before the next one is made; where the agent is not where the plan led, because somebody else drives, one is made at
    /// once. Default 1: every step its own plan. More is smoother, and what a policy of chunks can repeat.
    /// </summary>
    public int FollowedSteps { get; init; } = 1;

    /// <summary>
    /// The fastest that a plan may move the agent's target, pixels a control step. Default 0: as fast as it likes. Humans move it 10 in the mean, 21 in nine of ten steps;
    /// slow pushes end where they were meant to even if the first touch is a little off.
    /// </summary>
    public double MaximumSpeed { get; init; }

    /// <summary>Points of the agent's target that a plan is made of, linear in between. Default 4.</summary>
    public int Knots { get; init; } = 4;

    /// <summary>Plans tried in an iteration. Default 128.</summary>
    public int Samples { get; init; } = 128;

    /// <summary>Rounds of sampling and refitting. Default 3.</summary>
    public int Iterations { get; init; } = 3;

    /// <summary>The share of the samples to which the next iteration is fitted. Default 0.1.</summary>
    public double EliteShare { get; init; } = 0.1;

    /// <summary>Standard deviation of a knot in the first iteration, in pixels. Default 60.</summary>
    public double InitialDeviation { get; init; } = 60;

    /// <summary>Added to the fitted standard deviation, so that the search does not freeze. Default 3 pixels.</summary>
    public double DeviationFloor { get; init; } = 3;

    /// <summary>The share of the first iteration's samples that ignore the last plan and walk at random from the agent. Default 0.25.</summary>
    public double ExploringShare { get; init; } = 0.25;

    /// <summary>How much wider those step from knot to knot. Default 1.5.</summary>
    public double ExploringScale { get; init; } = 1.5;

    /// <summary>How much narrower every fourth sample of the first iteration varies the last plan. Default 0.3.</summary>
    public double FineScale { get; init; } = 0.3;

    /// <summary>Weight of the agent's distance to the T against the T's distance to its goal. Default 0.02.</summary>
    public double ApproachWeight { get; init; } = 0.02;

    /// <summary>The distance from the T's center of gravity within which the agent's distance hardly counts. Default 120 pixels.</summary>
    public double NearDistance { get; init; } = 120;

    /// <summary>The share with which it still counts there. Default 0.1.</summary>
    public double NearShare { get; init; } = 0.1;

    /// <summary>
    /// Control steps that the agent may stand beside a T that does not move before it walks to another side of it, drawn at random.
    /// Default 6; 0 never does.
    /// </summary>
    public int Patience { get; init; } = 6;

    /// <summary>Weight of the distance at the end of the plan against the sum along it. Default 4.</summary>
    public double FinalWeight { get; init; } = 4;

    /// <summary>
    /// 0 (the default) executes the best plan; above it, one of the elite, drawn with probability proportional to exp(-cost / temperature).
    /// </summary>
    public double Temperature { get; init; }

    /// <summary>
    /// Coverage at which a plan has done its task, so that what comes after costs nothing. Default 0.95, where the episode ends: quick, but just enough. A learner
    /// that is less exact than its teacher should be shown to aim higher.
    /// </summary>
    public double AimedCoverage { get; init; } = PushTEnvironment.SuccessCoverage;

    /// <summary>
    /// Whether every plan is made afresh, with the same random numbers: the same state then gives the same action, whatever happened before. Default
    /// false: a plan starts from the last one, which is better at less cost, and depends on it.
    /// </summary>
    public bool Afresh { get; init; }

    /// <summary>
    /// Whether the mean of the elite is executed and not the best plan, which varies with the draw. Default false. Not together with <see cref="Temperature"/>.
    /// </summary>
    public bool Averages { get; init; }

    /// <summary>Weight of the plan's bends against the T's distance: the sum of the knots' second differences, in pixels. Default 0.</summary>
    public double SmoothnessWeight { get; init; }

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (PlanSteps < 1) yield return $"PlanSteps is {PlanSteps}; it must be at least 1.";
        if (Knots < 1 || Knots > PlanSteps) yield return $"Knots is {Knots}; it must lie between 1 and PlanSteps ({PlanSteps}).";
        if (FollowedSteps < 1 || FollowedSteps > PlanSteps) yield return $"FollowedSteps is {FollowedSteps}; it must lie between 1 and PlanSteps ({PlanSteps}).";
        if (Afresh && FollowedSteps > 1) yield return $"FollowedSteps is {FollowedSteps}, but with Afresh an action depends on its state alone: set one of them.";
        if (Samples < 2) yield return $"Samples is {Samples}; it must be at least 2.";
        if (Patience < 0) yield return $"Patience is {Patience}; it must not be negative.";
        if (Iterations < 1) yield return $"Iterations is {Iterations}; it must be at least 1.";
        if (!(EliteShare > 0 && EliteShare <= 1)) yield return $"EliteShare is {EliteShare}; it must lie in (0, 1].";
        if (!(ExploringShare >= 0 && ExploringShare <= 1)) yield return $"ExploringShare is {ExploringShare}; it must lie in [0, 1].";
        if (!(NearShare >= 0 && NearShare <= 1)) yield return $"NearShare is {NearShare}; it must lie in [0, 1].";
        if (!(AimedCoverage >= 0 && AimedCoverage <= 1)) yield return $"AimedCoverage is {AimedCoverage}; it must lie in [0, 1].";
        if (Averages && Temperature > 0) yield return $"Temperature is {Temperature}, but the mean of the elite is executed: set one of Averages and Temperature.";
        if (Seed is < 0 or > uint.MaxValue) yield return $"Seed is {Seed}; it must lie between 0 and 4294967295.";
        foreach ((string name, double value) in new[]
        {
            (nameof(InitialDeviation), InitialDeviation), (nameof(DeviationFloor), DeviationFloor), (nameof(ExploringScale), ExploringScale), (nameof(FineScale), FineScale),
            (nameof(ApproachWeight), ApproachWeight), (nameof(NearDistance), NearDistance), (nameof(FinalWeight), FinalWeight), (nameof(Temperature), Temperature),
            (nameof(SmoothnessWeight), SmoothnessWeight), (nameof(MaximumSpeed), MaximumSpeed),
        })
        {
            if (!(value >= 0 && double.IsFinite(value))) yield return $"{name} is {value}; it must be finite and not negative.";
        }
    }
}
