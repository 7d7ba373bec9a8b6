using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Reads recordings of CartPole and Pendulum experts by two public projects: Stable Baselines (<c>obs</c>, <c>actions</c>,
/// <c>episode_starts</c>) and imitation (<c>obs</c> with one more row an episode, <c>acts</c>, <c>indices</c>).
/// </summary>
public static class GymRecordings
{
    /// <summary>Reads CartPole episodes, with the features and actions of <see cref="CartPoleEnvironment"/>.</summary>
    /// <param name="path">The npz file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of neither layout.</exception>
    public static InMemoryEpisodes CartPole(string path) => Read(path, CartPoleEnvironment.ObservationSpec, CartPoleEnvironment.ActionSpec, 1 / CartPoleState.TimeStep);

    /// <summary>Reads Pendulum episodes, with the features and actions of <see cref="PendulumEnvironment"/>.</summary>
    /// <param name="path">The npz file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of neither layout.</exception>
    public static InMemoryEpisodes Pendulum(string path) => Read(path, PendulumEnvironment.ObservationSpec, PendulumEnvironment.ActionSpec, 1 / PendulumState.TimeStep);

    private static InMemoryEpisodes Read(string path, ObservationSpec observations, ActionSpec actions, double rate)
    {
        using NpzFile npz = NpzFile.Open(path);
        string[] names = [.. npz.Names];
        bool isBaselines = names.Contains("episode_starts") && names.Contains("actions");
        if (!names.Contains("obs") || (!isBaselines && !(names.Contains("acts") && names.Contains("indices"))))
            throw new InvalidDataException($"'{path}' is no such recording: it needs obs, actions and episode_starts, or obs, acts and indices. It has: {string.Join(", ", names)}.");

        float[] rows = npz.Read("obs").ToSingles();
        NpyArray actionArray = npz.Read(isBaselines ? "actions" : "acts");
        float[] acts = actionArray.Element == ArrayElement.Int64 ? [.. actionArray.ToInt64s().Select(value => (float)value)] : actionArray.ToSingles();
        int[] starts = isBaselines ? Baselines(npz.Read("episode_starts")) : [0, .. npz.Read("indices").ToInt64s().Select(index => (int)index)];
        int size = observations[0].Size, extra = isBaselines ? 0 : 1, steps = acts.Length / actions.Dimension;
        if (rows.Length != (long)(steps + (extra * starts.Length)) * size)
            throw new InvalidDataException($"'{path}' has {rows.Length} observed values for {steps} steps of {starts.Length} episodes; expected {size} a step{(extra == 1 ? " and an episode's end" : "")}.");

        var episodes = new InMemoryEpisodes(observations, actions, controlRateHz: rate);
        for (int e = 0; e < starts.Length; e++)
        {
            int start = starts[e], length = (e + 1 < starts.Length ? starts[e + 1] : steps) - start;
            episodes.Add(new InMemoryEpisode(
                observations, actions,
                new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal) { [observations[0].Name] = rows.AsMemory((start + (extra * e)) * size, length * size) },
                acts.AsMemory(start * actions.Dimension, length * actions.Dimension)));
        }

        return episodes;
    }

    private static int[] Baselines(NpyArray flags)
    {
        ReadOnlySpan<byte> bytes = flags.Data.Span;
        List<int> starts = [];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != 0) starts.Add(i);
        }

        return [.. starts];
    }
}
