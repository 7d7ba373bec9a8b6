namespace BehaviorCloning.Features;

/// <summary>An environment whose observations hold what a sensing module makes of them as well, for a policy that runs on it.</summary>
public sealed class SensedEnvironment : IEnvironment
{
    private readonly IEnvironment environment;
    private readonly ISensingModule module;
    private ISensingEpisode? episode;

    /// <summary>Wraps an environment.</summary>
    /// <param name="environment">Disposed with this one.</param>
    /// <param name="module">Borrowed: it may serve many environments.</param>
    /// <exception cref="ArgumentException">The module does not fit the environment; the message lists every fault.</exception>
    public SensedEnvironment(IEnvironment environment, ISensingModule module)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Observations = Sensed.Join(environment.Observations, module);
        this.environment = environment;
        this.module = module;
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions => environment.Actions;

    /// <inheritdoc/>
    public double ControlRateHz => environment.ControlRateHz;

    /// <inheritdoc/>
    public int StepLimit => environment.StepLimit;

    /// <inheritdoc/>
    public Observation Reset(long seed)
    {
        episode = module.Begin();
        return Sensed.Add(environment.Reset(seed), environment.Observations, module, episode);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was not reset yet.</exception>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (episode is null) throw new InvalidOperationException("Reset the environment before its first step.");
        StepResult result = environment.Step(action);
        return result with { Observation = Sensed.Add(result.Observation, environment.Observations, module, episode) };
    }

    /// <inheritdoc/>
    public void Dispose() => environment.Dispose();
}

/// <summary>A machine whose observations hold what a sensing module makes of them as well.</summary>
public sealed class SensedRobot : IRobot
{
    private readonly IRobot robot;
    private readonly ISensingModule module;
    private ISensingEpisode episode;

    /// <summary>Wraps a robot.</summary>
    /// <exception cref="ArgumentException">The module does not fit the robot; the message lists every fault.</exception>
    public SensedRobot(IRobot robot, ISensingModule module)
    {
        ArgumentNullException.ThrowIfNull(robot);
        Observations = Sensed.Join(robot.Observations, module);
        this.robot = robot;
        this.module = module;
        episode = module.Begin();
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions => robot.Actions;

    /// <summary>Forgets what was sensed: a new episode begins.</summary>
    public void Restart() => episode = module.Begin();

    /// <inheritdoc/>
    public Observation Observe() => Sensed.Add(robot.Observe(), robot.Observations, module, episode);

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<float> action) => robot.Send(action);
}
