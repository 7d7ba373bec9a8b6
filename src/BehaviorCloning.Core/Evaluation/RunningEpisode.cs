namespace BehaviorCloning.Evaluation;

/// <summary>An environment in the middle of an episode, and the book kept about it.</summary>
internal sealed class RunningEpisode
{
    private readonly IEnvironment environment;
    private readonly long seed;
    private readonly List<Observation>? observations;
    private readonly List<float[]> actions = [];
    private readonly List<double> rewards = [];
    private double score = double.NegativeInfinity;

    public RunningEpisode(IEnvironment environment, long seed, bool keepTrajectory)
    {
        this.environment = environment;
        this.seed = seed;
        Observation = environment.Reset(seed);
        if (keepTrajectory) observations = [Observation];
        Finished = environment.StepLimit < 1;
    }

    public Observation Observation { get; private set; }

    public int Steps { get; private set; }

    public bool Success { get; private set; }

    public bool Finished { get; private set; }

    public void Step(ReadOnlySpan<float> action)
    {
        if (Finished) throw new InvalidOperationException($"The episode of seed {seed} is over.");
        Check(action);
        StepResult result = environment.Step(action);
        if (!double.IsFinite(result.Reward))
            throw new InvalidOperationException($"The environment's reward is {result.Reward} in step {Steps} of seed {seed}: no score can be given.");

        Steps++;
        score = Math.Max(score, result.Reward);
        Success |= result.Success;
        Finished = result.Success || result.Terminated || Steps >= environment.StepLimit;
        Observation = result.Observation;
        if (observations is null) return;
        observations.Add(Observation);
        actions.Add(action.ToArray());
        rewards.Add(result.Reward);
    }

    public RolloutResult Result() => new(seed, Steps == 0 ? 0 : score, Success, Steps)
    {
        Trajectory = observations is null ? null : new(observations, actions, rewards, environment.ControlRateHz),
    };

    // A chunk cannot hold a NaN, but an expert answers with a bare array.
    private void Check(ReadOnlySpan<float> action)
    {
        if (action.Length != environment.Actions.Dimension)
            throw new ArgumentException($"The action of step {Steps}, seed {seed}, has {action.Length} values; '{environment.Actions.Name}' takes {environment.Actions.Dimension}.", nameof(action));
        if (FiniteCheck.FirstNonFinite(action) is var bad && bad >= 0)
            throw new ArgumentException($"The action of step {Steps}, seed {seed}, is {action[bad]} in dimension {bad}: it was not executed.", nameof(action));
    }
}
