using System.Runtime.InteropServices;
using System.Text;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Networks;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Sensing;

/// <summary>Where keypoints are seen in frames.</summary>
/// <param name="Positions">[frames, K, 2]: x and y in pixels.</param>
/// <param name="Deviations">[frames, K]: standard deviation of each coordinate, pixels.</param>
public sealed record KeypointEstimates(float[] Positions, float[] Deviations);

/// <summary>
/// Poses of bodies in the plane from a camera that looks straight down: keypoints by heatmaps, a rigid fit of each body's points weighted by their
/// certainty, and a filter over time. Trained apart from any policy (<see cref="KeypointTraining"/>).
/// </summary>
/// <remarks>
/// <code>
/// frame -> heatmaps -> peak = position, spread = doubt -> weighted Procrustes -> Kalman filter -> name_position, name_angle, name_deviation
/// deviation = calibration * sqrt(max(spread² - 1, 0) + .01) cells      the calibration is fitted on examples that were not learned
/// </code>
/// One instance serves one thread at a time.
/// </remarks>
public sealed class KeypointSensor : ISensingModule, IDisposable
{
    /// <summary>Deviation of the Gaussians that the heatmaps learn, in pixels: a cell.</summary>
    internal const float TargetDeviation = KeypointHeatmapNetwork.Stride;

    // Even a perfect heatmap leaves some doubt, in cells; it keeps weights finite.
    private const double Floor = 0.1;
    private const string DescriptionName = "sensor.json";
    private const string WeightsName = "weights.safetensors";
    private readonly Tensor pointCalibration;
    private readonly Tensor poseCalibration;

    private KeypointSensor(KeypointSensorConfig config, KeypointHeatmapNetwork network, Accelerator accelerator)
    {
        Config = config;
        Accelerator = accelerator;
        Network = network.to(accelerator.Device);
        foreach (Tensor tensor in network.state_dict().Values) tensor.DetachFromDisposeScope();
        pointCalibration = ones(config.KeypointCount).DetachFromDisposeScope();
        poseCalibration = ones(config.Bodies.Count, 2).DetachFromDisposeScope();
        Inputs = new ObservationSpec(new FeatureSpec(config.Camera, FeatureElement.UInt8, config.Height, config.Width, 3));
        Outputs = new ObservationSpec(config.Bodies.SelectMany(Features));

        IEnumerable<FeatureSpec> Features(SensedBody body)
        {
            yield return new FeatureSpec($"{config.Prefix}{body.Name}_position", 2);
            if (body.Turns) yield return new FeatureSpec($"{config.Prefix}{body.Name}_angle", 1);
            yield return new FeatureSpec($"{config.Prefix}{body.Name}_deviation", body.Turns ? 2 : 1);
        }
    }

    /// <summary>The options it was made with.</summary>
    public KeypointSensorConfig Config { get; }

    /// <summary>Where it computes.</summary>
    public Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public ObservationSpec Inputs { get; }

    /// <inheritdoc/>
    public ObservationSpec Outputs { get; }

    /// <summary>Weights of its network.</summary>
    public long ParameterCount => Network.parameters().Sum(parameter => parameter.numel());

    internal KeypointHeatmapNetwork Network { get; }

    /// <summary>Reads a sensor from its folder.</summary>
    /// <param name="folder">What <see cref="Save"/> wrote.</param>
    /// <param name="accelerator">Where it computes; null for the best there is.</param>
    /// <exception cref="InvalidDataException">The folder is damaged, or holds something else; the message says how.</exception>
    public static KeypointSensor Load(string folder, Accelerator? accelerator = null)
    {
        string found = AtomicFolder.Find(folder) ?? throw new DirectoryNotFoundException($"There is no sensor at '{folder}'. A sensor is a folder with {DescriptionName} and {WeightsName}.");
        string description = Path.Combine(found, DescriptionName), weights = Path.Combine(found, WeightsName);
        if (!File.Exists(description) || !File.Exists(weights))
            throw new InvalidDataException($"'{folder}' is not a sensor: it needs {DescriptionName} and {WeightsName}.");
        KeypointSensor sensor;
        try
        {
            sensor = Create(ConfigJson.Read<KeypointSensorConfig>(File.ReadAllText(description)), 0, accelerator);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new InvalidDataException($"'{description}' does not describe a sensor. {e.Message}", e);
        }

        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(weights);
            file.LoadInto(sensor.State(), name => name);
            return sensor;
        }
        catch
        {
            sensor.Dispose();
            throw;
        }
    }

    /// <summary>Makes an untrained sensor.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    internal static KeypointSensor Create(KeypointSensorConfig config, long seed, Accelerator? accelerator = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems()];
        if (problems.Length > 0) throw new ArgumentException($"A keypoint sensor cannot be built: {string.Join(" ", problems)}", nameof(config));
        return RandomStreams.Initialize(seed, () => new KeypointSensor(
            config, new KeypointHeatmapNetwork(config.KeypointCount, config.Height, config.Width, config.Channels), accelerator ?? Accelerator.Best()));
    }

    /// <summary>Writes the sensor to a folder of <c>sensor.json</c> and <c>weights.safetensors</c>, which is all that <see cref="Load"/> needs.</summary>
    public void Save(string folder) => AtomicFolder.Replace(folder, fresh =>
    {
        File.WriteAllText(Path.Combine(fresh, DescriptionName), ConfigJson.Write(Config), new UTF8Encoding(false));
        SafetensorsFile.Write(Path.Combine(fresh, WeightsName), State(), new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "behavior-cloning-keypoint-sensor" });
    });

    /// <summary>The same weights with other options: another filter, another prefix.</summary>
    /// <exception cref="ArgumentException">The options ask for another network.</exception>
    public KeypointSensor With(KeypointSensorConfig config)
    {
        KeypointSensor other = Create(config, 0, Accelerator);
        Dictionary<string, Tensor> from = State(), to = other.State();
        if (!Config.Bodies.SequenceEqual(config.Bodies) || from.Any(pair => !to.TryGetValue(pair.Key, out Tensor? tensor) || !tensor.shape.SequenceEqual(pair.Value.shape)))
        {
            other.Dispose();
            throw new ArgumentException("These options ask for another network or other bodies than the sensor's. Change the camera's name, units, prefix or filter only, or train a sensor with them.", nameof(config));
        }

        using IDisposable noGradient = no_grad();
        foreach ((string name, Tensor values) in from) to[name].copy_(values);
        return other;
    }

    /// <summary>Finds keypoints.</summary>
    /// <param name="frames">Bytes [count, height, width, 3].</param>
    /// <param name="count">How many frames.</param>
    public KeypointEstimates Estimate(ReadOnlySpan<byte> frames, int count)
    {
        if (count < 1 || frames.Length != (long)count * Inputs[0].Size)
            throw new ArgumentException($"{count} frames of {Config.Height} x {Config.Width} x 3 have {(long)count * Inputs[0].Size} bytes; got {frames.Length}.", nameof(frames));
        Network.eval();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = empty([count, Config.Height, Config.Width, 3], ScalarType.Byte);
        frames.CopyTo(bytes.bytes);
        Tensor logits = Network.forward(Scaled(bytes.to(Accelerator.Device)));
        float[] maps = Floats(nn.functional.softmax(logits.flatten(2), -1)), calibration = Floats(pointCalibration);
        int points = Config.KeypointCount, cells = maps.Length / (count * points);
        float[] positions = new float[2 * count * points], deviations = new float[count * points];
        for (int i = 0; i < deviations.Length; i++)
        {
            HeatmapPeak peak = HeatmapPeak.Of(maps.AsSpan(i * cells, cells), Network.MapWidth);
            positions[2 * i] = (float)KeypointHeatmapNetwork.PixelOf(peak.X);
            positions[(2 * i) + 1] = (float)KeypointHeatmapNetwork.PixelOf(peak.Y);
            double doubt = Math.Max(peak.Variance - 1, 0) + (Floor * Floor);
            deviations[i] = (float)(calibration[i % points] * KeypointHeatmapNetwork.Stride * Math.Sqrt(doubt));
        }

        return new KeypointEstimates(positions, deviations);
    }

    /// <inheritdoc/>
    public ISensingEpisode Begin() => new Memory(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        pointCalibration.Dispose();
        poseCalibration.Dispose();
    }

    /// <summary>Bytes to numbers of order one, channels first.</summary>
    /// <param name="frames">[B, H, W, 3], uint8.</param>
    internal static Tensor Scaled(Tensor frames)
    {
        using DisposeScope scope = NewDisposeScope();
        return frames.permute(0, 3, 1, 2).contiguous().to(float32).mul(1 / 127.5f).sub(1f).MoveToOuterDisposeScope();
    }

    /// <summary>What each deviation must be multiplied with: [K] of the points, then [bodies, 2] of the positions and angles.</summary>
    internal void Calibrate(float[] points, float[] poses)
    {
        using DisposeScope scope = NewDisposeScope();
        pointCalibration.copy_(tensor(points));
        poseCalibration.copy_(tensor(poses).view(-1, 2));
    }

    /// <summary>Each body's pose in a frame, in world units.</summary>
    /// <param name="estimates">Keypoints of frames.</param>
    /// <param name="frame">Which of them.</param>
    internal IEnumerable<PlanarPoseEstimate> Poses(KeypointEstimates estimates, int frame)
    {
        float[] calibration = Floats(poseCalibration);
        int point = frame * Config.KeypointCount;
        for (int i = 0; i < Config.Bodies.Count; i++)
        {
            SensedBody body = Config.Bodies[i];
            int count = body.PointCount;
            PlanarPoseEstimate pose = PlanarPoseFit.Fit([.. body.ModelPoints], World(estimates.Positions.AsSpan(2 * point, 2 * count)), [.. estimates.Deviations.AsSpan(point, count).ToArray().Select(d => (float)(Config.UnitsPerPixel * d))]);
            yield return pose with { PositionDeviation = calibration[2 * i] * pose.PositionDeviation, AngleDeviation = calibration[(2 * i) + 1] * pose.AngleDeviation };
            point += count;
        }
    }

    internal float[] World(ReadOnlySpan<float> pixels)
    {
        float[] world = new float[pixels.Length];
        for (int i = 0; i < world.Length; i++) world[i] = (float)((i % 2 == 0 ? Config.OriginX : Config.OriginY) + (Config.UnitsPerPixel * pixels[i]));
        return world;
    }

    private static float[] Floats(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.cpu().contiguous().bytes).ToArray();
    }

    private Dictionary<string, Tensor> State() => new(Network.state_dict(), StringComparer.Ordinal) { ["calibration.points"] = pointCalibration, ["calibration.poses"] = poseCalibration };

    private sealed class Memory(KeypointSensor sensor) : ISensingEpisode
    {
        private readonly PlanarPoseFilter?[] filters = [.. sensor.Config.Bodies.Select(_ => sensor.Config.Filter is { } options ? new PlanarPoseFilter(options) : null)];

        public IReadOnlyList<float[]> Sense(IReadOnlyList<Observation> steps)
        {
            int size = sensor.Inputs[0].Size;
            byte[] frames = new byte[steps.Count * size];
            for (int step = 0; step < steps.Count; step++) steps[step].Images[sensor.Config.Camera].Span.CopyTo(frames.AsSpan(step * size));
            KeypointEstimates estimates = sensor.Estimate(frames, steps.Count);
            float[][] rows = [.. sensor.Outputs.Select(output => new float[steps.Count * output.Size])];
            for (int step = 0; step < steps.Count; step++)
            {
                int row = 0, body = 0;
                foreach (PlanarPoseEstimate measured in sensor.Poses(estimates, step))
                {
                    bool turns = sensor.Config.Bodies[body].Turns;
                    PlanarPoseEstimate pose = filters[body++]?.Update(measured) ?? measured;
                    (rows[row][2 * step], rows[row++][(2 * step) + 1]) = ((float)pose.Pose.X, (float)pose.Pose.Y);
                    if (turns)
                    {
                        double wrapped = pose.Pose.Angle % Math.Tau;
                        rows[row++][step] = (float)(wrapped < 0 ? wrapped + Math.Tau : wrapped);
                        (rows[row][2 * step], rows[row++][(2 * step) + 1]) = ((float)pose.PositionDeviation, (float)pose.AngleDeviation);
                    }
                    else
                    {
                        rows[row++][step] = (float)pose.PositionDeviation;
                    }
                }
            }

            return rows;
        }
    }
}
