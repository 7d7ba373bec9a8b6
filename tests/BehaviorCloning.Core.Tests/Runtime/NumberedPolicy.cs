namespace BehaviorCloning.Runtime;

/// <summary>Action i of its n-th chunk is (n, i), so that whoever executes it shows which action of which chunk was taken.</summary>
internal sealed class NumberedPolicy : IPrefixGuidedPolicy
{
    public ObservationSpec Observations { get; } = new(new FeatureSpec("step", 1));

    public ActionSpec Actions { get; } = new("hand", 2);

    public Horizons Horizons { get; init; } = new() { Observation = 1, Prediction = 8, Execution = 4 };

    /// <summary>Called in every inference with its number, before it answers: may wait, may throw.</summary>
    public Action<int> OnInference { get; set; } = _ => { };

    /// <summary>What each inference was shown: its number, the newest step, the prefix.</summary>
    public List<(int Chunk, float Step, ChunkPrefix? Prefix)> Asked { get; } = [];

    public ActionChunk Predict(ObservationHistory history) => Make(history, null);

    public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => Make(history, prefix);

    public static Observation At(int step) => new() { ["step"] = new float[] { step } };

    private ActionChunk Make(ObservationHistory history, ChunkPrefix? prefix)
    {
        int chunk;
        lock (Asked)
        {
            chunk = Asked.Count;
            Asked.Add((chunk, history.Newest["step"].Span[0], prefix));
        }

        OnInference(chunk);
        return new ActionChunk([.. Enumerable.Range(0, Horizons.Prediction).SelectMany(i => new float[] { chunk, i })], 2);
    }
}
