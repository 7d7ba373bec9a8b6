using BehaviorCloning.Datasets;

namespace BehaviorCloning.Training;

/// <summary>Fills in a frame.</summary>
/// <param name="number">Which one. The same number gives the same frame.</param>
/// <param name="frame">Receives height x width x 3 bytes.</param>
public delegate void FrameReader(int number, Span<byte> frame);

/// <summary>Camera frames by number, without labels: those of recorded episodes, or any that a function gives. All that <see cref="Pretraining"/> needs.</summary>
public sealed class FrameSource
{
    private const int Run = 64;
    private readonly FrameReader reader;
    private readonly int[] numbers;
    private readonly int[] episodes;

    /// <summary>Frames of a function, each an episode of its own.</summary>
    /// <param name="height">Rows of a frame.</param>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="reader">Gives frame 0 to count - 1; called from one thread.</param>
    public FrameSource(int height, int width, int count, FrameReader reader)
        : this(height, width, reader, [.. Enumerable.Range(0, Math.Max(count, 0))], [.. Enumerable.Range(0, Math.Max(count, 0))])
    {
    }

    private FrameSource(int height, int width, FrameReader reader, int[] numbers, int[] episodes)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Height, Width, this.reader, this.numbers, this.episodes) = (height, width, reader, numbers, episodes);
    }

    /// <summary>Rows of a frame.</summary>
    public int Height { get; }

    /// <summary>Columns of a frame.</summary>
    public int Width { get; }

    /// <summary>How many frames there are.</summary>
    public int Count => numbers.Length;

    /// <summary>Bytes of a frame.</summary>
    public int FrameBytes => Height * Width * 3;

    /// <summary>The frames of a dataset, read at once and kept in memory: <see cref="Count"/> x <see cref="FrameBytes"/> bytes.</summary>
    /// <param name="episodes">Recordings.</param>
    /// <param name="camera">The image feature; null where there is only one.</param>
    /// <param name="every">Takes every so many-th frame of an episode: neighbors are nearly alike.</param>
    /// <exception cref="ArgumentException">There is no such camera, or none that gives [height, width, 3].</exception>
    public static FrameSource Of(IEpisodeSource episodes, string? camera = null, int every = 1)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        FeatureSpec[] found = [.. episodes.Observations.Where(f => f.Element == FeatureElement.UInt8 && f.Shape.Count == 3 && f.Shape[2] == 3 && (camera is null || f.Name == camera))];
        if (found.Length != 1)
            throw new ArgumentException($"Of the features ({episodes.Observations}) {found.Length} are {(camera is null ? "images" : $"images called '{camera}'")}, uint8 [height, width, 3]; expected one. Name the camera.", nameof(camera));
        FeatureSpec image = found[0];
        List<byte[]> frames = [];
        List<int> owners = [];
        byte[] run = new byte[Run * image.StepBytes];
        for (int e = 0; e < episodes.EpisodeCount; e++)
        {
            Episode episode = episodes.ReadEpisode(e);
            // By runs: a stored chunk holds many frames, and would be unpacked for each.
            for (int start = 0; start < episode.Length; start += Run)
            {
                int count = Math.Min(Run, episode.Length - start);
                Span<byte> read = run.AsSpan(0, count * image.StepBytes);
                episode.ReadFrames(image.Name, start, count, read);
                for (int step = (every - (start % every)) % every; step < count; step += every)
                {
                    frames.Add(read.Slice(step * image.StepBytes, image.StepBytes).ToArray());
                    owners.Add(e);
                }
            }
        }

        return new FrameSource(image.Shape[0], image.Shape[1], (number, frame) => frames[number].CopyTo(frame), [.. Enumerable.Range(0, frames.Count)], [.. owners]);
    }

    /// <summary>Reads a frame.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="frame">Receives <see cref="FrameBytes"/> bytes.</param>
    public void Read(int index, Span<byte> frame)
    {
        if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} frames.");
        if (frame.Length != FrameBytes) throw new ArgumentException($"A frame of {Height} x {Width} x 3 has {FrameBytes} bytes; got room for {frame.Length}.", nameof(frame));
        reader(numbers[index], frame);
    }

    /// <summary>Some of these frames.</summary>
    /// <param name="indices">Which, in which order.</param>
    public FrameSource Subset(IEnumerable<int> indices)
    {
        int[] chosen = [.. indices];
        return new FrameSource(Height, Width, reader, [.. chosen.Select(i => numbers[i])], [.. chosen.Select(i => episodes[i])]);
    }

    /// <summary>Sets frames apart to measure with: whole episodes, for neighbors in an episode are almost equal.</summary>
    /// <param name="heldOutShare">Share of episodes.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <exception cref="ArgumentException">There are fewer than two episodes, or the share is not between 0 and 1.</exception>
    public (FrameSource Training, FrameSource HeldOut) Split(double heldOutShare, long seed = 0)
    {
        int[] names = [.. episodes.Distinct()];
        HashSet<int> apart = [.. EpisodeSplit.Draw(names.Length, heldOutShare, seed).Validation.Select(e => names[e])];
        ILookup<bool, int> parts = Enumerable.Range(0, Count).ToLookup(i => apart.Contains(episodes[i]));
        return (Subset(parts[false]), Subset(parts[true]));
    }
}
