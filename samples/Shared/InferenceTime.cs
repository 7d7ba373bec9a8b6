using System.Diagnostics;
using BehaviorCloning;
using BehaviorCloning.Features;
using BehaviorCloning.Policies;

namespace Samples;

/// <summary>How long a policy thinks, from what is observed to a chunk.</summary>
internal static class InferenceTime
{
    /// <summary>The median of single inferences, for at most about a second; a sensor's look at a new frame counts too.</summary>
    public static double MedianMs(LearnedPolicy policy, Func<IEnvironment> create, long seed, ISensingModule? sensor = null)
    {
        using IEnvironment environment = create();
        Observation observation = environment.Reset(seed);
        List<double> times = [];
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 60 && (i < 3 || clock.Elapsed < TimeSpan.FromSeconds(1)); i++)
        {
            var history = new ObservationHistory(policy.Horizons.Observation);
            history.Push(observation);
            long start = Stopwatch.GetTimestamp();
            sensor?.Begin().Sense([observation]);
            policy.Predict(history);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }
}
