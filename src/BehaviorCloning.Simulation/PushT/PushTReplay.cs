using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Steps the actions of recorded episodes in the simulator and compares where the T goes with where it was recorded: the proof that
/// the simulator is the one the demonstrations came from.
/// </summary>
public static class PushTReplay
{
    /// <summary>Replays every episode from its first recorded state, by its actions or, where it says so, by what was executed in their place.</summary>
    /// <param name="episodes">Episodes with the features of <see cref="PushTEnvironment"/>.</param>
    /// <param name="progress">Told the share of episodes done.</param>
    public static PushTReplayReport Run(IEpisodeSource episodes, IProgress<double>? progress = null) =>
        Run(episodes, (world, _, first) => world.Restore(first), progress);

    /// <summary>
    /// Replays every episode from the reset of its seed, which is known in double precision while a recording is not.
    /// The human demonstrations are those of seeds 0, 1, 2, ...
    /// </summary>
    /// <param name="episodes">Episodes with the features of <see cref="PushTEnvironment"/>.</param>
    /// <param name="firstSeed">Seed of episode 0; the others follow it.</param>
    /// <param name="order">How drawn poses were set. The demonstrations were recorded in the legacy order.</param>
    /// <param name="progress">Told the share of episodes done.</param>
    public static PushTReplayReport RunFromSeeds(IEpisodeSource episodes, long firstSeed = 0, PushTResetOrder order = PushTResetOrder.Legacy, IProgress<double>? progress = null) =>
        Run(episodes, (world, episode, _) => world.Reset(PushTState.Draw(firstSeed + episode), order), progress);

    /// <summary>The largest distance, along an axis, between the resets of seeds and the first recorded states of agent and T, in pixels.</summary>
    public static double ResetMaxError(IEpisodeSource episodes, long firstSeed = 0, PushTResetOrder order = PushTResetOrder.Legacy)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        using var world = new PushTWorld();
        double largest = 0;
        for (int e = 0; e < episodes.EpisodeCount; e++)
        {
            world.Reset(PushTState.Draw(firstSeed + e), order);
            PushTState recorded = PushTState.At(episodes.ReadEpisode(e), 0), now = world.State;
            double agent = Math.Max(Math.Abs(now.AgentX - recorded.AgentX), Math.Abs(now.AgentY - recorded.AgentY));
            largest = Math.Max(largest, Math.Max(agent, BlockError(now, recorded)));
        }

        return largest;
    }

    private static PushTReplayReport Run(IEpisodeSource episodes, Action<PushTWorld, int, PushTState> start, IProgress<double>? progress)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        using var world = new PushTWorld();
        double[] errors = new double[episodes.EpisodeCount];
        for (int e = 0; e < errors.Length; e++)
        {
            Episode episode = episodes.ReadEpisode(e);
            start(world, e, PushTState.At(episode, 0));
            ReadOnlySpan<float> actions = (episode.Annotation(DemonstrationRecorder.ExecutedAction) ?? episode.Actions).Span;

            // Action t leads from the state of row t to that of row t + 1; the last action's outcome was not recorded.
            errors[e] = BlockError(world.State, PushTState.At(episode, 0));
            for (int t = 0; t + 1 < episode.Length; t++)
            {
                world.Step(actions[2 * t], actions[(2 * t) + 1]);
                errors[e] = Math.Max(errors[e], BlockError(world.State, PushTState.At(episode, t + 1)));
            }

            progress?.Report((e + 1.0) / errors.Length);
        }

        return new(errors);
    }

    private static double BlockError(PushTState a, PushTState b) => Math.Max(Math.Abs(a.BlockX - b.BlockX), Math.Abs(a.BlockY - b.BlockY));
}

/// <summary>How closely the simulator retraced recorded episodes.</summary>
/// <param name="MaxErrorsPx">For each episode the largest distance of the T from its recorded place, along an axis, in pixels.</param>
public sealed record PushTReplayReport(IReadOnlyList<double> MaxErrorsPx)
{
    /// <summary>How many episodes were replayed.</summary>
    public int Episodes => MaxErrorsPx.Count;

    /// <summary>The median over episodes of the largest error, in pixels; 0 without episodes.</summary>
    public double MedianMaxErrorPx
    {
        get
        {
            double[] sorted = [.. MaxErrorsPx.Order()];
            return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>How many episodes stayed within a distance of the recording throughout.</summary>
    public int EpisodesWithin(double pixels) => MaxErrorsPx.Count(error => error <= pixels);
}
