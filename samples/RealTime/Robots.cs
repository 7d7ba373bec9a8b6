using BehaviorCloning;

namespace RealTime;

/// <summary>A world played as a robot, at the pace of the control loop.</summary>
internal sealed class SimulatedRobot(IEnvironment environment) : IRobot
{
    private Observation observation = environment.Reset(3);

    public ObservationSpec Observations => environment.Observations;

    public ActionSpec Actions => environment.Actions;

    public int Episodes { get; private set; } = 1;

    public Observation Observe() => observation;

    public void Send(ReadOnlySpan<float> action)
    {
        StepResult result = environment.Step(action);
        observation = result.Terminated ? environment.Reset(3 + Episodes++) : result.Observation;
    }
}

/// <summary>A robot that costs nothing, so that the loop alone is measured.</summary>
internal sealed class IdleRobot(ObservationSpec observations, ActionSpec actions) : IRobot
{
    private readonly Observation observation = new(observations.Select(feature => new KeyValuePair<string, ReadOnlyMemory<float>>(feature.Name, new float[feature.Size])));

    public ObservationSpec Observations => observations;

    public ActionSpec Actions => actions;

    public Observation Observe() => observation;

    public void Send(ReadOnlySpan<float> action)
    {
    }
}

/// <summary>A policy whose inferences take at least so long: a large network, or one behind a cable.</summary>
internal sealed class SlowPolicy(IPrefixGuidedPolicy policy, TimeSpan delay) : IPrefixGuidedPolicy
{
    public ObservationSpec Observations => policy.Observations;

    public ActionSpec Actions => policy.Actions;

    public Horizons Horizons => policy.Horizons;

    public ActionChunk Predict(ObservationHistory history) => Slowly(() => policy.Predict(history));

    public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => Slowly(() => policy.Predict(history, prefix));

    private ActionChunk Slowly(Func<ActionChunk> predict)
    {
        long start = TimeProvider.System.GetTimestamp();
        ActionChunk chunk = predict();
        TimeSpan left = delay - TimeProvider.System.GetElapsedTime(start);
        if (left > TimeSpan.Zero) Thread.Sleep(left);
        return chunk;
    }
}
