using System.Diagnostics;
using System.Globalization;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Sensing;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Benchmarks;

/// <summary>Trains keypoint sensors on rendered Push-T frames, measures them on rendered and on recorded ones, and follows recorded episodes with a filter: the tables of docs/results/vision.md.</summary>
internal static class KeypointTable
{
    private const int RecordedFrames = 500;

    public static void Print(string zarr, string folder, int steps, int channels, bool light)
    {
        var config = new KeypointSensorConfig
        {
            Bodies = PushTKeypointExamples.Bodies, Channels = channels,
            UnitsPerPixel = PushTKeypointExamples.UnitsPerPixel, OriginX = PushTKeypointExamples.Origin, OriginY = PushTKeypointExamples.Origin,
        };
        var options = new KeypointTrainingOptions { Steps = steps, Light = light ? new LightChange() : null };
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        using KeypointSensor sensor = Directory.Exists(folder)
            ? KeypointSensor.Load(folder, Accelerator.Cpu(1))
            : KeypointTraining.Train(config, PushTKeypointExamples.Draw, options, accelerator: Accelerator.Cpu(1), progress: new ToConsole());
        Console.WriteLine(FormattableString.Invariant($"trained in {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds:0} CPU seconds"));
        sensor.Save(folder);

        IEpisodeSource recorded = PushTDataset.Open(zarr, images: true);
        KeypointExample[] frames = [.. Recorded(recorded)];
        Console.WriteLine($"rendered, 512 frames{Environment.NewLine}{KeypointTraining.Measure(sensor, PushTKeypointExamples.Draw, 512)}");
        Console.WriteLine($"recorded, {frames.Length} frames{Environment.NewLine}{KeypointTraining.Measure(sensor, frames)}");
        foreach (string kind in new[] { "darker", "warm lamp" })
            Console.WriteLine($"recorded, {kind}{Environment.NewLine}{KeypointTraining.Measure(sensor, frames.Select(example => example with { Frame = Lit(example.Frame, kind) }))}");
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 50; i++) sensor.Estimate(frames[i].Frame, 1);
        Console.WriteLine(FormattableString.Invariant($"milliseconds a frame: {Stopwatch.GetElapsedTime(start).TotalMilliseconds / 50:0.0}"));
        foreach (double noise in new[] { 0.0, 0.1 })
        {
            foreach (PlanarPoseFilterOptions? filter in new[] { null, new PlanarPoseFilterOptions() })
            {
                using KeypointSensor following = sensor.With(sensor.Config with { Filter = filter });
                Follow(following, recorded, noise, filter is null ? "each frame for itself" : "filtered");
            }
        }
    }

    // A share of the frames is spoiled: the camera sees another moment of the recording, as after a lost packet.
    private static void Follow(KeypointSensor sensor, IEpisodeSource recorded, double spoiled, string how)
    {
        const int Episodes = 6;
        var random = new Random(1);
        List<double> positions = [], angles = [];
        for (int e = 0; e < Episodes; e++)
        {
            Episode episode = recorded.ReadEpisode(e * 30);
            ISensingEpisode memory = sensor.Begin();
            byte[] frame = new byte[96 * 96 * 3];
            for (int step = 0; step < episode.Length; step++)
            {
                episode.ReadFrames(PushTEnvironment.Image, random.NextDouble() < spoiled ? random.Next(episode.Length) : step, 1, frame);
                IReadOnlyList<float[]> sensed = memory.Sense([new Observation { Images = new Dictionary<string, ReadOnlyMemory<byte>> { [PushTEnvironment.Image] = frame.ToArray() } }]);
                ReadOnlySpan<float> block = episode.Feature(PushTEnvironment.BlockPosition).Span.Slice(2 * step, 2);
                positions.Add(Math.Sqrt(Math.Pow(sensed[0][0] - block[0], 2) + Math.Pow(sensed[0][1] - block[1], 2)));
                angles.Add(Math.Abs(Math.IEEERemainder(sensed[1][0] - episode.Feature(PushTEnvironment.BlockAngle).Span[step], Math.Tau)) * 180 / Math.PI);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Episodes} recorded episodes, {100 * spoiled:0} % of the frames spoiled, {how}: position mean {positions.Average():0.00} 95 % {At95(positions):0.00} units, angle mean {angles.Average():0.00} 95 % {At95(angles):0.00} degrees"));

        static double At95(List<double> values) => values.Order().ElementAt((int)(0.95 * (values.Count - 1)));
    }

    private static IEnumerable<KeypointExample> Recorded(IEpisodeSource source)
    {
        int total = Enumerable.Range(0, source.EpisodeCount).Sum(source.EpisodeLength), every = total / RecordedFrames, next = 0, seen = 0;
        for (int e = 0; e < source.EpisodeCount; e++)
        {
            Episode episode = source.ReadEpisode(e);
            for (; next < seen + episode.Length; next += every)
            {
                int step = next - seen;
                byte[] frame = new byte[96 * 96 * 3];
                episode.ReadFrames(PushTEnvironment.Image, step, 1, frame);
                yield return PushTKeypointExamples.Of(PushTState.At(episode, step), frame);
            }

            seen += episode.Length;
        }
    }

    private static byte[] Lit(byte[] frame, string kind) => [.. frame.Select((value, i) => kind == "darker" ? (byte)(value / 2) : (byte)(value * (i % 3 == 0 ? 1 : i % 3 == 1 ? 0.85 : 0.6)))];

    private sealed class ToConsole : IProgress<(int Step, double Loss)>
    {
        public void Report((int Step, double Loss) value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {value.Step}: loss {value.Loss:0.000}"));
    }
}
