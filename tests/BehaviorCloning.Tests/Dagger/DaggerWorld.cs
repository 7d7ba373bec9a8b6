using BehaviorCloning.Dagger;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Dagger;

/// <summary>A point on a line that is to come to rest at 0, its expert, and learners that train in a moment.</summary>
internal sealed class LineWorld(int steps = 12) : IEnvironment
{
    private double position;
    private int count;

    public ObservationSpec Observations { get; } = new(new FeatureSpec("position", 1));

    public ActionSpec Actions { get; } = new("velocity", 1);

    public double ControlRateHz => 10;

    public int StepLimit => steps;

    public Observation Reset(long seed)
    {
        (position, count) = (((seed * 37 % 100) / 50.0) - 1, 0);
        return Observe();
    }

    public StepResult Step(ReadOnlySpan<float> action)
    {
        position += action[0];
        count++;
        return new(Observe(), 1 / (1 + Math.Abs(position)), count == steps && Math.Abs(position) < 0.05, false);
    }

    public void Dispose()
    {
    }

    private Observation Observe() => new() { ["position"] = new[] { (float)position } };
}

/// <summary>Goes a fifth of the way.</summary>
internal sealed class LineExpert : IExpert
{
    public float[] Act(Observation observation, IEnvironment environment) => [-0.2f * observation["position"].Span[0]];
}

/// <summary>The same, and knows how it would go on.</summary>
internal sealed class PlanningLineExpert(Func<float, IReadOnlyList<float[]>>? plan = null) : IPlanningExpert
{
    public float[] Act(Observation observation, IEnvironment environment) => Plan(observation, environment, 1)[0];

    public IReadOnlyList<float[]> Plan(Observation observation, IEnvironment environment, int steps)
    {
        float position = observation["position"].Span[0];
        return plan is null ? [.. Enumerable.Range(0, steps).Select(i => new[] { PlannedFrom(position, i) })] : plan(position);
    }

    /// <summary>Its i-th action from a position on.</summary>
    public static float PlannedFrom(float position, int i) => -0.2f * position * MathF.Pow(0.8f, i);
}

/// <summary>An expert made of a function of the step's number, counted over its life.</summary>
internal sealed class ScriptedExpert(Func<int, Observation, float[]> act) : IExpert
{
    private int asked;

    public float[] Act(Observation observation, IEnvironment environment) => act(asked++, observation);
}

/// <summary>Chunks of the expert's own actions: it knows the world.</summary>
internal sealed class PerfectLearner(int prediction, int execution) : IPolicy
{
    public ObservationSpec Observations { get; } = new(new FeatureSpec("position", 1));

    public ActionSpec Actions { get; } = new("velocity", 1);

    public Horizons Horizons { get; } = new() { Prediction = prediction, Execution = execution };

    public ActionChunk Predict(ObservationHistory history)
    {
        float position = history.Newest["position"].Span[0];
        float[] chunk = new float[Horizons.Prediction];
        double exact = position;
        for (int i = 0; i < chunk.Length; i++)
        {
            chunk[i] = -0.2f * (float)exact;
            exact += chunk[i];
        }

        return new ActionChunk(chunk, 1);
    }
}

internal static class DaggerTestOptions
{
    public static readonly DaggerOptions Quick = new()
    {
        Policy = new PolicyConfig { Horizons = new() { Prediction = 2, Execution = 1 }, Head = new MseHeadConfig { HiddenWidth = 8, Blocks = 1 } },
        Training = new TrainerConfig { Steps = 12, BatchSize = 16, WarmupSteps = 2, CheckpointInterval = 4, LogInterval = 4 },
        Rounds = 3,
        EpisodesPerRound = 3,
        ValidationSeeds = [1000, 1001, 1002],
        Parallelism = 2,
    };

    public static readonly DaggerOptions QuickFlow = Quick with
    {
        Policy = Quick.Policy with { Head = new FlowMatchingHeadConfig { Denoiser = new ResidualMlpDenoiserConfig { Width = 8, Blocks = 1, ConditionWidth = 8, TimeWidth = 8 }, SamplingSteps = 2 } },
    };
}
