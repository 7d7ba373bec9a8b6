using BehaviorCloning;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Push-T demonstrations with small frames, kept in memory: 7 kilobytes a step. Recorded frames are halved; where there are none, states are rendered.</summary>
internal sealed class PixelEpisodes : IEpisodeSource
{
    private readonly PixelEpisode[] episodes;

    public PixelEpisodes(IEpisodeSource demonstrations, CancellationToken cancellationToken)
    {
        bool recorded = demonstrations.Observations.Contains(PushTEnvironment.Image);
        Observations = SmallFrame.In(demonstrations.Observations);
        Actions = demonstrations.Actions;
        ControlRateHz = demonstrations.ControlRateHz;
        episodes = new PixelEpisode[demonstrations.EpisodeCount];
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        byte[] read = new byte[PushTRenderer.ImageSize * PushTRenderer.ImageSize * 3];
        for (int e = 0; e < episodes.Length; e++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Episode episode = demonstrations.ReadEpisode(e);
            byte[] frames = new byte[episode.Length * SmallFrame.Bytes];
            for (int step = 0; step < episode.Length; step++)
            {
                if (recorded) episode.ReadFrames(PushTEnvironment.Image, step, 1, read);
                SmallFrame.Halve(recorded ? read : renderer.Render(PushTState.At(episode, step)), frames.AsSpan(step * SmallFrame.Bytes));
            }

            episodes[e] = new PixelEpisode(episode, frames);
        }
    }

    public ObservationSpec Observations { get; }

    public ActionSpec Actions { get; }

    public double? ControlRateHz { get; }

    public int EpisodeCount => episodes.Length;

    public int EpisodeLength(int episode) => episodes[episode].Length;

    public Episode ReadEpisode(int episode) => episodes[episode];

    private sealed class PixelEpisode(Episode states, byte[] frames) : Episode
    {
        public override int Length => states.Length;

        public override ReadOnlyMemory<float> Actions => states.Actions;

        public override ReadOnlyMemory<float> Feature(string name) => states.Feature(name);

        public override ReadOnlyMemory<float>? Annotation(string name) => states.Annotation(name);

        public override void ReadFrames(string name, int start, int count, Span<byte> destination) =>
            frames.AsSpan(start * SmallFrame.Bytes, count * SmallFrame.Bytes).CopyTo(destination);
    }
}
