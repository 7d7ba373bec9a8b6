using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Demonstrations that are quickly made and kept in memory. Where an expert takes its time, or only what succeeds shall be kept, use
/// <see cref="DemonstrationRecorder"/>, which writes a store.
/// </summary>
public static class Demonstrations
{
    /// <summary>Plays experts, an episode each, to the end of the episode, and keeps every episode: failures are part of the demonstrations.</summary>
    /// <param name="environment">Where they play.</param>
    /// <param name="createExpert">Makes the expert of an episode from the episode's seed; disposed afterwards where it can be.</param>
    /// <param name="episodes">How many, at least 1.</param>
    /// <param name="firstSeed">Seed of the first episode; every further one has the next. Default 0.</param>
    /// <param name="actionNoise">
    /// Standard deviation of noise on what is executed, in raw units; what is recorded is what the expert wanted, so that demonstrations also show
    /// the way back (DART, arXiv 1703.09327). Default 0: none.
    /// </param>
    public static InMemoryEpisodes Play(IEnvironment environment, Func<long, IExpert> createExpert, int episodes, long firstSeed = 0, double actionNoise = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(createExpert);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(actionNoise);
        var played = new InMemoryEpisodes(environment.Observations, environment.Actions, controlRateHz: environment.ControlRateHz);
        var builder = new EpisodeBuilder(environment.Observations, environment.Actions);
        for (long seed = firstSeed; seed < firstSeed + episodes; seed++)
        {
            IExpert expert = createExpert(seed);
            using var disposable = expert as IDisposable;
            var random = new NumpyRandomState((seed ^ 0x85EBCA6B) & uint.MaxValue);
            Observation observation = environment.Reset(seed);
            for (int step = 0; step < environment.StepLimit; step++)
            {
                float[] action = expert.Act(observation, environment);
                builder.Append(observation, action);
                float[] executed = actionNoise == 0 ? action : [.. action.Select(value => (float)(value + (actionNoise * random.NextNormal())))];
                StepResult result = environment.Step(executed);
                observation = result.Observation;
                if (result.Success || result.Terminated) break;
            }

            played.Add(builder.Build());
            builder.Clear();
        }

        return played;
    }
}
