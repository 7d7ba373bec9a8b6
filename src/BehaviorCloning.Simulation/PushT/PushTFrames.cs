using BehaviorCloning.Datasets;
using BehaviorCloning.Images;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Renders the states of recorded episodes and compares the images with those that were recorded: the proof that a policy trained on the
/// recorded images sees the same ones in the simulator.
/// </summary>
public static class PushTFrames
{
    /// <summary>Differences up to this, of 255, are roundings of the scaling; a larger one is something drawn elsewhere.</summary>
    public const int Rounding = 2;

    /// <summary>Compares frames that are spread evenly over a dataset.</summary>
    /// <param name="episodes">Episodes with the features of <see cref="PushTEnvironment"/> and its image.</param>
    /// <param name="frames">How many frames, or all where there are fewer.</param>
    /// <param name="goal">Where the goal was drawn; the benchmark's by default.</param>
    /// <param name="progress">Told the share of frames done.</param>
    public static PushTFrameReport Compare(IEpisodeSource episodes, int frames = 500, PushTPose? goal = null, IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (!episodes.Observations.Contains(PushTEnvironment.Image))
            throw new ArgumentException($"The dataset has no '{PushTEnvironment.Image}' ({episodes.Observations}). Open it with its images.", nameof(episodes));
        var renderer = new PushTRenderer(goal ?? PushTPose.DefaultGoal);
        var windows = WindowIndex.Over(episodes, new Horizons { Observation = 1, Prediction = 1, Execution = 1 });
        int count = (int)Math.Min(frames, windows.Count), largest = 0, apart = 0, explained = 0;
        long[] sums = new long[3];
        long equal = 0;
        List<(Window Frame, long Difference)> byDifference = [];
        for (int i = 0; i < count; i++)
        {
            Window frame = windows[i * windows.Count / count];
            byte[] recorded = Recorded(episodes, frame), ours = renderer.Render(StateAt(episodes, frame));
            long difference = 0;
            int worst = 0;
            for (int at = 0; at < ours.Length; at++)
            {
                int off = Math.Abs(ours[at] - recorded[at]);
                sums[at % 3] += off;
                difference += off;
                worst = Math.Max(worst, off);
                if (off == 0) equal++;
            }

            byDifference.Add((frame, difference));
            largest = Math.Max(largest, worst);
            if (worst > Rounding)
            {
                apart++;
                if (IsARoundingOfTheState(renderer, StateAt(episodes, frame), recorded)) explained++;
            }

            progress?.Report((i + 1.0) / count);
        }

        double values = (double)count * PushTRenderer.ImageSize * PushTRenderer.ImageSize;
        return new PushTFrameReport(count, [.. sums.Select(sum => sum / values)], largest, equal / (3 * values), apart, explained)
        {
            MostDifferent = [.. byDifference.OrderByDescending(entry => entry.Difference).Take(2).Select(entry => entry.Frame)],
        };
    }

    /// <summary>A picture of frames, one a row: as recorded, as rendered here, and 16 times their difference.</summary>
    /// <param name="episodes">Episodes with images.</param>
    /// <param name="frames">Which frames.</param>
    /// <param name="withRecorded">Whether the recorded frames are shown, which belong to the dataset's authors.</param>
    /// <param name="goal">Where the goal was drawn; the benchmark's by default.</param>
    public static Image Picture(IEpisodeSource episodes, IReadOnlyList<Window> frames, bool withRecorded = true, PushTPose? goal = null)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(frames);
        const int Scale = 2, Gap = 4, Side = PushTRenderer.ImageSize * Scale;
        var renderer = new PushTRenderer(goal ?? PushTPose.DefaultGoal);
        int columns = withRecorded ? 3 : 2, width = (columns * (Side + Gap)) - Gap, height = (frames.Count * (Side + Gap)) - Gap;
        byte[] picture = new byte[width * height * 3];
        Array.Fill(picture, (byte)255);
        for (int row = 0; row < frames.Count; row++)
        {
            byte[] recorded = Recorded(episodes, frames[row]), ours = renderer.Render(StateAt(episodes, frames[row]));
            byte[] difference = [.. ours.Zip(recorded, (a, b) => (byte)Math.Min(255, 16 * Math.Abs(a - b)))];
            byte[][] shown = withRecorded ? [recorded, ours, difference] : [ours, difference];
            for (int column = 0; column < shown.Length; column++)
            {
                for (int i = 0; i < Side * Side * 3; i++)
                {
                    int channel = i % 3, x = i / 3 % Side, y = i / 3 / Side;
                    int to = ((((row * (Side + Gap)) + y) * width) + (column * (Side + Gap)) + x) * 3;
                    picture[to + channel] = shown[column][((((y / Scale) * PushTRenderer.ImageSize) + (x / Scale)) * 3) + channel];
                }
            }
        }

        return new Image(height, width, 3, picture);
    }

    // The dataset holds float32, what was drawn was float64 and rounded to whole pixels: a number that lies at a half may have been on its other side.
    private static bool IsARoundingOfTheState(PushTRenderer renderer, PushTState state, byte[] recorded)
    {
        double[] values = [state.AgentX, state.AgentY, state.BlockX, state.BlockY, state.BlockAngle];
        double[] near = new double[5];
        for (int combination = 0; combination < 243; combination++)
        {
            for (int i = 0, rest = combination; i < 5; i++, rest /= 3)
            {
                float value = (float)values[i];
                near[i] = (rest % 3) switch { 1 => MathF.BitIncrement(value), 2 => MathF.BitDecrement(value), _ => value };
            }

            byte[] ours = renderer.Render(new PushTState(near[0], near[1], near[2], near[3], near[4]));
            if (ours.Zip(recorded, (a, b) => Math.Abs(a - b)).Max() <= Rounding) return true;
        }

        return false;
    }

    private static byte[] Recorded(IEpisodeSource episodes, Window frame)
    {
        byte[] image = new byte[PushTRenderer.ImageSize * PushTRenderer.ImageSize * 3];
        episodes.ReadEpisode(frame.Episode).ReadFrames(PushTEnvironment.Image, frame.Step, 1, image);
        return image;
    }

    private static PushTState StateAt(IEpisodeSource episodes, Window frame) => PushTState.At(episodes.ReadEpisode(frame.Episode), frame.Step);
}

/// <summary>How far rendered images are from recorded ones.</summary>
/// <param name="Frames">How many were compared.</param>
/// <param name="MeanDifference">The mean absolute difference of red, green and blue, of 255.</param>
/// <param name="LargestDifference">The largest difference of any value.</param>
/// <param name="ShareEqual">The share of values that are equal.</param>
/// <param name="FramesApart">Frames in which a value is off by more than <see cref="PushTFrames.Rounding"/>.</param>
/// <param name="FramesExplained">How many of these are drawn as recorded if numbers of the state are moved by the last bit of a float32.</param>
public sealed record PushTFrameReport(int Frames, IReadOnlyList<double> MeanDifference, int LargestDifference, double ShareEqual, int FramesApart, int FramesExplained)
{
    /// <summary>The two frames that differ most.</summary>
    public IReadOnlyList<Window> MostDifferent { get; init; } = [];
}
