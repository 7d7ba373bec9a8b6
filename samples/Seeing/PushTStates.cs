using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace Seeing;

/// <summary>Rendered Push-T frames with the state of each: of recorded episodes, or of states that are drawn, so that nothing needs to be at hand.</summary>
internal sealed class PushTStates
{
    private readonly PushTState[] states;
    private readonly byte[][] frames;
    private readonly int[] episodes;

    private PushTStates(PushTState[] states, int[] episodes)
    {
        this.states = states;
        this.episodes = episodes;
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        frames = [.. states.Select(renderer.Render)];
        Frames = new FrameSource(PushTRenderer.ImageSize, PushTRenderer.ImageSize, states.Length, (number, frame) => frames[number].CopyTo(frame));
    }

    /// <summary>All frames, in the states' order.</summary>
    public FrameSource Frames { get; }

    public int Count => states.Length;

    /// <summary>The states of a dataset, every so many-th, or as the benchmark draws them where there is none.</summary>
    public static PushTStates Open(string? data, int every, int drawn)
    {
        if (data is null) return new PushTStates([.. Enumerable.Range(0, drawn).Select(i => PushTState.Draw(i))], [.. Enumerable.Range(0, drawn)]);
        IEpisodeSource source = PushTDataset.Open(data);
        List<PushTState> states = [];
        List<int> episodes = [];
        for (int e = 0; e < source.EpisodeCount; e++)
        {
            Episode episode = source.ReadEpisode(e);
            for (int t = 0; t < episode.Length; t += every)
            {
                states.Add(PushTState.At(episode, t));
                episodes.Add(e);
            }
        }

        return new PushTStates([.. states], [.. episodes]);
    }

    /// <summary>Which states are learned from, which a ridge is chosen by and which are measured on: whole episodes each, eight tenths, one and one.</summary>
    public (int[] Training, int[] Validation, int[] Test) Split()
    {
        int[] names = [.. episodes.Distinct()];
        EpisodeSplit outer = EpisodeSplit.Draw(names.Length, 0.2, seed: 0), inner = EpisodeSplit.Draw(outer.Validation.Count, 0.5, seed: 1);
        return (Of(outer.Training), Of(inner.Training.Select(i => outer.Validation[i])), Of(inner.Validation.Select(i => outer.Validation[i])));

        int[] Of(IEnumerable<int> chosen)
        {
            HashSet<int> kept = [.. chosen.Select(i => names[i])];
            return [.. Enumerable.Range(0, Count).Where(i => kept.Contains(episodes[i]))];
        }
    }

    /// <summary>Frames averaged down to side x side x 3 numbers: what a probe reads of pixels.</summary>
    public float[] Pixels(IEnumerable<int> which, int side)
    {
        const int Full = PushTRenderer.ImageSize;
        int edge = Full / side;
        return [.. which.SelectMany(frame => Enumerable.Range(0, side * side * 3).Select(i =>
        {
            int channel = i % 3, x = i / 3 % side * edge, y = i / 3 / side * edge, sum = 0;
            for (int k = 0; k < edge * edge; k++) sum += frames[frame][((((y + (k / edge)) * Full) + x + (k % edge)) * 3) + channel];
            return (float)sum / (edge * edge);
        }))];
    }

    /// <summary>x and y of the T in pixels of the window, 512 wide, and its angle as cosine and sine.</summary>
    public float[] Poses(IEnumerable<int> which) =>
        [.. which.Select(i => states[i].Block).SelectMany(pose => new[] { (float)pose.X, (float)pose.Y, (float)Math.Cos(pose.Angle), (float)Math.Sin(pose.Angle) })];
}
