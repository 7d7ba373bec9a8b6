using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;

namespace BehaviorCloning.Dagger;

/// <summary>
/// Plays the episodes of a round and stores them. Several are played at once but stored in the order of their seeds, each durable before
/// the next: a round that was interrupted goes on behind its last episode and ends with the same data.
/// </summary>
internal sealed class RoundCollector(Func<IEnvironment> createEnvironment, Func<long, IExpert> createExpert, DaggerOptions options)
{
    /// <summary>Collects what the round lacks.</summary>
    /// <param name="round">From 0.</param>
    /// <param name="folder">Its store.</param>
    /// <param name="learner">Who drives where the expert does not, or null.</param>
    /// <param name="starts">Where episodes start, one after another; empty: where the task starts.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>Episodes that the expert broke off, as far as they were played now.</returns>
    public int Collect(int round, string folder, IPolicy? learner, IReadOnlyList<Observation> starts, CancellationToken cancellationToken)
    {
        using EpisodeRecorder recorder = Open(folder);
        (int slot, int labels) = Done(folder);
        int broken = 0, brokenInARow = 0;
        string? lastFault = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var playing = new Queue<Task<MixedEpisode>>();
        int started = slot;
        try
        {
            while (slot < options.EpisodesPerRound && !(labels >= options.LabelsPerRound))
            {
                while (playing.Count < options.Parallelism && started < options.EpisodesPerRound)
                {
                    // Not more steps than the round could still keep: a label may be dear.
                    int own = started++, most = options.LabelsPerRound - labels ?? int.MaxValue;
                    playing.Enqueue(Task.Run(() => Play(round, own, learner, starts, most, stop.Token), CancellationToken.None));
                }

                MixedEpisode episode = playing.Dequeue().GetAwaiter().GetResult();
                if (options.LabelsPerRound is { } limit && limit - labels < episode.Steps.Count) episode = episode with { Steps = [.. episode.Steps.Take(limit - labels)], Success = false };
                RoundStore.Keep(recorder, episode, slot++, options.PlanSteps);
                labels += episode.Steps.Count;
                brokenInARow = episode.Fault is null ? 0 : brokenInARow + 1;
                if (episode.Fault is null) continue;
                broken++;
                lastFault = episode.Fault;
                if (brokenInARow >= options.Labeling.FailedEpisodesInARow && slot < options.EpisodesPerRound)
                    throw new LabelingFailedException($"Round {round}: the expert broke off {brokenInARow} episodes in a row; the last at {lastFault}. {labels} labels of the round are stored. Repair the expert and run the loop again: it goes on from there.");
            }
        }
        finally
        {
            // Those still being played are beyond what the round needs.
            stop.Cancel();
            foreach (Task<MixedEpisode> task in playing) Settle(task);
        }

        if (labels == 0)
            throw new LabelingFailedException($"Round {round} is empty: none of its {options.EpisodesPerRound} episodes has a labeled step{(lastFault is null ? "" : $", the expert failed at {lastFault}")}. There is nothing to learn from.");
        return broken;
    }

    private EpisodeRecorder Open(string folder)
    {
        using IEnvironment environment = createEnvironment();
        return RoundStore.OpenOrCreate(folder, environment, options.PlanSteps);
    }

    private static (int Slot, int Labels) Done(string folder)
    {
        using EpisodeStore store = EpisodeStore.Open(folder);
        if (store.EpisodeCount == 0) return (0, 0);
        int slot = (int)store.ReadEpisode(store.EpisodeCount - 1).Annotation(RoundStore.Slot)!.Value.Span[0];
        return (slot + 1, Enumerable.Range(0, store.EpisodeCount).Sum(store.EpisodeLength));
    }

    private MixedEpisode Play(int round, int slot, IPolicy? learner, IReadOnlyList<Observation> starts, int mostSteps, CancellationToken cancellationToken)
    {
        long seed = options.FirstSeed + ((long)round * options.EpisodesPerRound) + slot;
        long random = (long)RandomStreams.SeedOf(options.Seed, $"round {round}, episode {slot}");
        IEnvironment environment = createEnvironment();
        IExpert expert = createExpert(seed);
        var labeler = new Labeler(expert, environment.Actions, options.Labeling, options.PlanSteps);
        try
        {
            return MixedRollout.Play(environment, labeler, learner, options.Beta.At(round), seed, random, options.StretchInUse, starts.Count == 0 ? null : starts[slot % starts.Count], mostSteps, cancellationToken);
        }
        finally
        {
            // An expert that does not answer still holds both; taking them away could end the process.
            if (!labeler.IsHanging)
            {
                environment.Dispose();
                (expert as IDisposable)?.Dispose();
            }
        }
    }

    private static void Settle(Task<MixedEpisode> task)
    {
        try
        {
            task.Wait(CancellationToken.None);
        }
        catch (AggregateException)
        {
            // Canceled, or failed where its result was no longer wanted.
        }
    }
}
