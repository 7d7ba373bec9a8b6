namespace BehaviorCloning.Evaluation;

/// <summary>Counts: observes its own step and seed, and pays what the test says.</summary>
internal sealed class CountingEnvironment : IEnvironment
{
    private long seed;
    private int step;

    public ObservationSpec Observations { get; init; } = new(new FeatureSpec("step", 1), new FeatureSpec("seed", 1));

    public ActionSpec Actions { get; init; } = new("hand", 2);

    public double ControlRateHz => 10;

    public int StepLimit { get; init; } = 10;

    /// <summary>Reward after so many steps of a seed. Default: step / 100.</summary>
    public Func<long, int, double> Reward { get; init; } = (_, step) => step / 100.0;

    /// <summary>After how many steps an episode of a seed succeeds; 0 = never.</summary>
    public Func<long, int> SolvedAfter { get; init; } = _ => 0;

    public Func<long, int> FailsAfter { get; init; } = _ => 0;

    public List<float[]> Executed { get; } = [];

    public bool Disposed { get; private set; }

    public Observation Reset(long seed)
    {
        this.seed = seed;
        step = 0;
        Executed.Clear();
        return Observe();
    }

    public StepResult Step(ReadOnlySpan<float> action)
    {
        Executed.Add(action.ToArray());
        step++;
        bool solved = step == SolvedAfter(seed);
        return new StepResult(Observe(), Reward(seed, step), solved, solved || step == FailsAfter(seed));
    }

    public void Dispose() => Disposed = true;

    private Observation Observe() => new() { ["step"] = new float[] { step }, ["seed"] = new float[] { seed } };
}

/// <summary>Writes down what it was shown; action i of the chunk of newest step t is (t, i).</summary>
internal sealed class RecordingPolicy : IPolicy
{
    public ObservationSpec Observations { get; init; } = new(new FeatureSpec("step", 1));

    public ActionSpec Actions { get; init; } = new("hand", 2);

    public Horizons Horizons { get; init; } = new() { Observation = 2, Prediction = 4, Execution = 2 };

    public int ChunkLength { get; init; } = 4;

    /// <summary>For each inference, for each episode: the steps seen, oldest first.</summary>
    public List<List<float[]>> Asked { get; } = [];

    /// <summary>For each inference: the seeds of its batch.</summary>
    public List<float[]> Batches { get; } = [];

    public ActionChunk Predict(ObservationHistory history) => PredictBatch([history])[0];

    public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories)
    {
        Asked.Add([.. histories.Select(h => Enumerable.Range(0, h.Length).Select(i => h[i]["step"].Span[0]).ToArray())]);
        Batches.Add([.. histories.Select(h => h.Newest["seed"].Span[0])]);
        return [.. histories.Select(h => new ActionChunk([.. Enumerable.Range(0, ChunkLength).SelectMany(i => new[] { h.Newest["step"].Span[0], i })], 2))];
    }
}

internal sealed class ScriptedExpert(Func<Observation, float[]> act) : IExpert
{
    public float[] Act(Observation observation, IEnvironment environment) => act(observation);
}
