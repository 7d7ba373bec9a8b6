using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Sensing;

/// <summary>How a keypoint sensor is trained.</summary>
public sealed record KeypointTrainingOptions
{
    /// <summary>Optimizer steps. Default 3000.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Examples a step. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The highest learning rate; it rises over the first 100 steps and falls as a cosine. Default 0.002.</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>How strongly expected positions are pulled to the true ones, beside the heatmaps' cross-entropy: squared distance in cells. Default 1.</summary>
    public double PositionWeight { get; init; } = 1;

    /// <summary>How light and colors are changed in training; null: not at all. Default null.</summary>
    public LightChange? Light { get; init; }

    /// <summary>Examples, apart from those learned, by which deviations are calibrated. Default 256.</summary>
    public int CalibrationExamples { get; init; } = 256;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Steps < 1) yield return $"{nameof(Steps)} {Steps} must be at least 1.";
        if (BatchSize < 1) yield return $"{nameof(BatchSize)} {BatchSize} must be at least 1.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) yield return $"{nameof(LearningRate)} {LearningRate} must be positive.";
        if (!(PositionWeight >= 0 && double.IsFinite(PositionWeight))) yield return $"{nameof(PositionWeight)} {PositionWeight} must not be negative.";
        if (CalibrationExamples < 16) yield return $"{nameof(CalibrationExamples)} {CalibrationExamples} must be at least 16.";
        foreach (string problem in Light?.Problems() ?? []) yield return $"{nameof(Light)}: {problem}";
    }
}

/// <summary>Trains keypoint sensors on examples that are drawn as they are needed, and measures them.</summary>
public static class KeypointTraining
{
    // Examples by number: what is learned, calibrated with and measured with never meet.
    private const long FirstCalibrationExample = 2_000_000_000, FirstTestExample = 3_000_000_000;

    /// <summary>Trains a sensor.</summary>
    /// <param name="config">What to look for.</param>
    /// <param name="examples">The example of a number, 0 to 4294967295: always the same, and called from one thread.</param>
    /// <param name="options">How to train.</param>
    /// <param name="seed">Of the initial weights and of the changes of light.</param>
    /// <param name="accelerator">Where to compute; null for the best there is.</param>
    /// <param name="progress">Told the step and the mean loss, every 100 steps.</param>
    /// <param name="cancellationToken">Stops early; the sensor keeps what it has learned.</param>
    /// <exception cref="ArgumentException">The options are faulty, or an example does not fit; the message lists every fault.</exception>
    /// <exception cref="TrainingDivergedException">The gradient stopped being finite.</exception>
    public static KeypointSensor Train(
        KeypointSensorConfig config, Func<long, KeypointExample> examples, KeypointTrainingOptions? options = null, long seed = 0, Accelerator? accelerator = null,
        IProgress<(int Step, double Loss)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(examples);
        options ??= new KeypointTrainingOptions();
        string[] problems = [.. config.Problems(), .. options.Problems()];
        if (problems.Length > 0) throw new ArgumentException($"A keypoint sensor cannot be trained: {string.Join(" ", problems)}", nameof(options));
        KeypointSensor sensor = KeypointSensor.Create(config, seed, accelerator);
        try
        {
            Optimize(sensor, examples, options, seed, progress, cancellationToken);
            Calibrate(sensor, examples, options.CalibrationExamples);
            return sensor;
        }
        catch
        {
            sensor.Dispose();
            throw;
        }
    }

    /// <summary>Measures a sensor on examples it has not learned from, each frame for itself (without the filter).</summary>
    /// <param name="sensor">Borrowed.</param>
    /// <param name="examples">As in training; those measured with have numbers from 3,000,000,000.</param>
    /// <param name="count">How many.</param>
    public static KeypointReport Measure(KeypointSensor sensor, Func<long, KeypointExample> examples, int count = 256)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return Measure(sensor, Enumerable.Range(0, count).Select(i => examples(FirstTestExample + i)));
    }

    /// <summary>Measures a sensor on given examples, each frame for itself: recorded ones, for instance.</summary>
    public static KeypointReport Measure(KeypointSensor sensor, IEnumerable<KeypointExample> examples)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        ArgumentNullException.ThrowIfNull(examples);
        var errors = new KeypointErrors(sensor);
        foreach (KeypointExample[] block in examples.Chunk(64)) errors.Add(block);
        return errors.Report();
    }

    private static void Optimize(KeypointSensor sensor, Func<long, KeypointExample> examples, KeypointTrainingOptions options, long seed, IProgress<(int Step, double Loss)>? progress, CancellationToken cancellationToken)
    {
        const int Warmup = 100, Interval = 100;
        KeypointSensorConfig config = sensor.Config;
        Device device = sensor.Accelerator.Device;
        int points = config.KeypointCount, bytes = sensor.Inputs[0].Size;
        using var parameters = new FlatParameters(sensor.Network);
        using var optimizer = new FlatAdamW(parameters, weightDecay: 1e-4);
        var light = new RandomStream(RandomStreams.SeedOf(seed, "light"));
        using Tensor frames = empty([options.BatchSize, config.Height, config.Width, 3], ScalarType.Byte).DetachFromDisposeScope();
        float[] targets = new float[options.BatchSize * points * 2], inside = new float[options.BatchSize * points];
        double sum = 0;
        int counted = 0;
        sensor.Network.train();
        for (int step = 0; step < options.Steps && !cancellationToken.IsCancellationRequested; step++)
        {
            for (int i = 0; i < options.BatchSize; i++)
            {
                KeypointExample example = Checked(examples(((long)step * options.BatchSize) + i), config);
                Span<byte> frame = frames.bytes.Slice(i * bytes, bytes);
                example.Frame.CopyTo(frame);
                options.Light?.Apply(frame, light);
                example.Keypoints.CopyTo(targets, i * points * 2);
                for (int k = 0; k < points; k++) inside[(i * points) + k] = IsInside(example.Keypoints, k, config) ? 1 : 0;
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor target = tensor(targets).view(options.BatchSize, points, 2).to(device), counts = tensor(inside).view(options.BatchSize, points).to(device);
            Tensor logits = sensor.Network.forward(KeypointSensor.Scaled(frames.to(device)));
            Tensor apart = sensor.Network.ExpectedPositions(logits).sub(target).mul(1f / KeypointSensor.TargetDeviation).square().sum(-1);
            // What lies outside the frame has no place on a heatmap.
            Tensor error = sensor.Network.CrossEntropy(logits, target, KeypointSensor.TargetDeviation).add(apart, (float)options.PositionWeight);
            Tensor loss = where(counts.gt(0), error, zeros_like(error)).sum().div(counts.sum().clamp_min(1));
            loss.backward();
            double norm = optimizer.Step(options.LearningRate * LearningRateSchedule.Factor(step, Math.Min(Warmup, options.Steps), options.Steps, 0), maximumNorm: 5);
            // On a GPU the norm is not read, for that would stall it; there a diverged sensor shows in its calibration.
            if (parameters.IsCpu && !double.IsFinite(norm)) throw new TrainingDivergedException(step, "gradient norm", norm, null);
            if (progress is null) continue;
            sum += loss.ToDouble();
            if (++counted < Interval && step + 1 < options.Steps) continue;
            progress.Report((step + 1, sum / counted));
            (sum, counted) = (0, 0);
        }
    }

    private static void Calibrate(KeypointSensor sensor, Func<long, KeypointExample> examples, int count)
    {
        var errors = new KeypointErrors(sensor);
        foreach (KeypointExample[] block in Enumerable.Range(0, count).Select(i => examples(FirstCalibrationExample + i)).Chunk(64)) errors.Add(block);
        // Poses follow from calibrated points, so these come first.
        sensor.Calibrate(errors.PointScales(), [.. Enumerable.Repeat(1f, 2 * sensor.Config.Bodies.Count)]);
        var again = new KeypointErrors(sensor);
        foreach (KeypointExample[] block in Enumerable.Range(0, count).Select(i => examples(FirstCalibrationExample + i)).Chunk(64)) again.Add(block);
        sensor.Calibrate(errors.PointScales(), again.PoseScales());
    }

    internal static KeypointExample Checked(KeypointExample example, KeypointSensorConfig config) =>
        example.Frame.Length == config.Height * config.Width * 3 && example.Keypoints.Length == 2 * config.KeypointCount && example.Keypoints.All(float.IsFinite)
            ? example
            : throw new ArgumentException($"An example has {example.Frame.Length} bytes and {example.Keypoints.Length} keypoint coordinates; expected {config.Height * config.Width * 3} and {2 * config.KeypointCount}, all finite.", nameof(example));

    internal static bool IsInside(float[] keypoints, int point, KeypointSensorConfig config) =>
        keypoints[2 * point] >= -0.5f && keypoints[2 * point] <= config.Width - 0.5f && keypoints[(2 * point) + 1] >= -0.5f && keypoints[(2 * point) + 1] <= config.Height - 0.5f;
}
