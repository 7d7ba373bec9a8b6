using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// Several sensors, each with an encoder of its own, as tokens of one width. What is missing is said to be missing: its tokens become learned ones,
/// whatever lies in its buffers.
/// </summary>
/// <remarks>
/// <code>
/// // of a sensor's token y [C]:                       columns 0..Width-2              last column
/// //   there                                          W y + b + embedding(sensor)     0
/// //   missing, or taken away in training             missing(sensor)                 1
/// </code>
/// A zeroed camera is a dark room, a missing one is not: the two give different tokens.
/// </remarks>
public sealed class MultiSensorEncoder : ObservationEncoder
{
    private readonly ModuleList<ObservationEncoder> encoders;
    private readonly ModuleList<Linear> projections;
    private readonly Parameter embeddings;
    private readonly Parameter? missing;
    private readonly SensorConfig[] sensors;
    private readonly FeatureSpec[][] features;
    private readonly FeatureSpec?[] presences;
    private readonly int[] missingRows;
    private readonly int observationHorizon;

    /// <summary>Builds the encoder and those of its sensors.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public MultiSensorEncoder(MultiSensorEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(MultiSensorEncoder), TokensOf(config, features, observationHorizon).Count, config.Width)
    {
        this.observationHorizon = observationHorizon;
        sensors = [.. config.Sensors];
        this.features = [.. sensors.Select(sensor => sensor.Select(features).ToArray())];
        presences = [.. sensors.Select(sensor => sensor.PresentFeature is { } name ? features[name] : null)];
        encoders = new ModuleList<ObservationEncoder>([.. sensors.Select(sensor => sensor.Encoder.Create(sensor.Select(features), observationHorizon))]);
        projections = new ModuleList<Linear>([.. encoders.Select(encoder => nn.Linear(encoder.TokenWidth, config.Width - 1))]);
        embeddings = Small(sensors.Length, config.Width - 1);

        // Only what can be missing has a token to say so.
        missingRows = [.. sensors.Select((sensor, i) => sensor.CanMiss ? sensors.Take(i).Count(before => before.CanMiss) : -1)];
        if (sensors.Any(sensor => sensor.CanMiss)) missing = Small(sensors.Count(sensor => sensor.CanMiss), config.Width - 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = [.. Enumerable.Range(0, sensors.Length).Select(i => TokensOf(i, features, random))];
        return cat(parts, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override double LearningRateScaleOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        // encoders.2.networks.0.conv1.weight
        return parameter.Split('.', 3) is [nameof(encoders), var index, var rest] ? encoders[int.Parse(index, System.Globalization.CultureInfo.InvariantCulture)].LearningRateScaleOf(rest) : 1;
    }

    /// <summary>A sensor's encoder, for what only some encoders can do: loading published weights.</summary>
    /// <param name="sensor">The sensor's name.</param>
    public ObservationEncoder EncoderOf(string sensor) => Array.FindIndex(sensors, s => s.Name == sensor) is var index and >= 0
        ? encoders[index]
        : throw new ArgumentException($"There is no sensor '{sensor}'. There are: {string.Join(", ", sensors.Select(s => s.Name))}.", nameof(sensor));

    private Tensor TokensOf(int sensor, IReadOnlyDictionary<string, Tensor> given, Generator? random)
    {
        Dictionary<string, Tensor> inputs = features[sensor].ToDictionary(spec => spec.Name, spec => Find(given, spec, observationHorizon));
        Tensor? absent = AbsentRows(sensor, given, inputs, random);

        // What lies in the buffer of a sensor that did not deliver reaches nothing, not even a statistic.
        if (absent is not null)
        {
            foreach ((string name, Tensor values) in inputs.ToArray())
                inputs[name] = values.masked_fill(absent.view([-1, .. Enumerable.Repeat(1L, (int)values.dim() - 1)]), 0);
        }

        Tensor tokens = projections[sensor].forward(encoders[sensor].Encode(inputs, random)).add(embeddings[sensor]);
        Tensor flag = zeros([tokens.size(0), tokens.size(1), 1], device: tokens.device);
        if (absent is not null)
        {
            Tensor rows = absent.view(-1, 1, 1);
            tokens = where(rows, missing![missingRows[sensor]], tokens);
            flag = flag.masked_fill(rows, 1f);
        }

        return cat([tokens, flag], 2);
    }

    // [B], true where the sensor is missing; null where it cannot be.
    private Tensor? AbsentRows(int sensor, IReadOnlyDictionary<string, Tensor> given, Dictionary<string, Tensor> inputs, Generator? random)
    {
        Tensor? absent = presences[sensor] is { } presence ? Find(given, presence, observationHorizon).eq(0).flatten(1).any(1) : null;
        if (!training || sensors[sensor].Dropout == 0) return absent;
        Tensor any = inputs.Values.First();
        Tensor dropped = SeededDraw.Uniform([any.size(0)], any.device, random).lt((float)sensors[sensor].Dropout);
        return absent?.logical_or(dropped) ?? dropped;
    }

    private static Parameter Small(int rows, int width) => nn.Parameter(randn(rows, width).mul_(0.02f));

    private static TokenShape TokensOf(MultiSensorEncoderConfig config, ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems(features, observationHorizon)];
        return problems.Length == 0
            ? config.Tokens(features, observationHorizon)
            : throw new ArgumentException($"A multi-sensor encoder cannot be built: {string.Join(" ", problems)}", nameof(config));
    }
}
