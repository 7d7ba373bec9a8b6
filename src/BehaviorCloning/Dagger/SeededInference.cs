using BehaviorCloning.Engine;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Dagger;

/// <summary>Noise of its own for every inference, so that episodes may be played in any order, or at the same time with one policy.</summary>
internal static class SeededInference
{
    public static IReadOnlyList<ActionChunk> Predict(IPolicy policy, IReadOnlyList<ObservationHistory> histories, long seed, string which)
    {
        lock (policy)
        {
            if (policy is LearnedPolicy learned) learned.Seed = (long)RandomStreams.SeedOf(seed, which);
            return policy.PredictBatch(histories);
        }
    }
}
