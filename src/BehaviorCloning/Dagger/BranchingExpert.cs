namespace BehaviorCloning.Dagger;

/// <summary>
/// Gives an expert foresight: plays it in a copy of the world, so that it knows its next actions and can label whole chunks (<see cref="DaggerOptions.LabelsPlans"/>). The expert must answer
/// by what it is shown alone; one that remembers what it was asked would remember what was only imagined.
/// </summary>
/// <example><code>
/// var loop = new DaggerLoop("runs/dagger", () => new PendulumEnvironment(),
///     seed => new BranchingExpert(new PendulumExpert(), () => new PendulumEnvironment()), options with { LabelsPlans = true });
/// </code></example>
public sealed class BranchingExpert : IPlanningExpert, IDisposable
{
    private readonly IExpert expert;
    private readonly IBranchable imagined;

    /// <summary>Makes the expert of an episode.</summary>
    /// <param name="expert">Who knows the next action. Disposed with this one where it can be.</param>
    /// <param name="createEnvironment">Makes the world that is imagined; must be an <see cref="IBranchable"/> of the same kind as the real one.</param>
    /// <exception cref="ArgumentException">The world cannot branch.</exception>
    public BranchingExpert(IExpert expert, Func<IEnvironment> createEnvironment)
    {
        ArgumentNullException.ThrowIfNull(expert);
        ArgumentNullException.ThrowIfNull(createEnvironment);
        this.expert = expert;
        imagined = ImaginedWorld.Of(createEnvironment());
    }

    /// <inheritdoc/>
    public float[] Act(Observation observation, IEnvironment environment) => expert.Act(observation, environment);

    /// <inheritdoc/>
    /// <remarks>It ends where the task is solved or the episode over. Every action is the expert's in the imagined world, asked one by one.</remarks>
    /// <exception cref="ArgumentException">The environment is of another kind than the imagined one.</exception>
    public IReadOnlyList<float[]> Plan(Observation observation, IEnvironment environment, int steps)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        List<float[]> plan = [Act(observation, environment)];
        if (steps > 1) imagined.BranchFrom(environment);
        while (plan.Count < steps)
        {
            StepResult result = imagined.Step(plan[^1]);
            if (result.Success || result.Terminated) break;
            plan.Add(Act(result.Observation, imagined));
        }

        return plan;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        imagined.Dispose();
        (expert as IDisposable)?.Dispose();
    }
}
