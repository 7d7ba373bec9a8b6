namespace BehaviorCloning.Encoders;

/// <summary>One part of what a <see cref="MultiSensorEncoder"/> observes: features that come and go together, and what encodes them.</summary>
public sealed record SensorConfig
{
    /// <summary>Its name: "front camera", "proprioception", "task".</summary>
    public required string Name { get; init; }

    /// <summary>The features it consists of.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>What encodes them.</summary>
    public required ObservationEncoderConfig Encoder { get; init; }

    /// <summary>
    /// A uint8 feature [1] that says whether the sensor delivered: 0 where it did not. It is missing if it was in any observed step. Default null:
    /// it always delivers.
    /// </summary>
    public string? PresentFeature { get; init; }

    /// <summary>How often it is taken away in training, so that the policy learns to do without it. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether it can be missing.</summary>
    internal bool CanMiss => PresentFeature is not null || Dropout > 0;

    /// <inheritdoc/>
    public bool Equals(SensorConfig? other) => other is not null && Name == other.Name && Features.SequenceEqual(other.Features) && Encoder.Equals(other.Encoder)
        && PresentFeature == other.PresentFeature && Dropout.Equals(other.Dropout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Features.Count, Encoder, PresentFeature, Dropout);

    internal ObservationSpec Select(ObservationSpec features) => new(Features.Where(features.Contains).Select(name => features[name]));
}

/// <summary>Options of <see cref="MultiSensorEncoder"/>.</summary>
public sealed record MultiSensorEncoderConfig : ObservationEncoderConfig
{
    /// <summary>The sensors, in the order of their tokens.</summary>
    public required IReadOnlyList<SensorConfig> Sensors { get; init; }

    /// <summary>Width of a token; its last column says whether the sensor is missing. Default 256.</summary>
    public int Width { get; init; } = 256;

    /// <inheritdoc/>
    public override ObservationEncoder Create(ObservationSpec features, int observationHorizon) => new MultiSensorEncoder(this, features, observationHorizon);

    /// <inheritdoc/>
    public override TokenShape Tokens(ObservationSpec features, int observationHorizon) =>
        new(Sensors.Sum(sensor => sensor.Encoder.Tokens(sensor.Select(features), observationHorizon).Count), Width);

    /// <summary>Which tokens are which sensor's.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ContextPart> Parts(ObservationSpec features, int observationHorizon)
    {
        List<ContextPart> parts = [];
        int token = 0;
        foreach (SensorConfig sensor in Sensors)
        {
            int count = sensor.Encoder.Tokens(sensor.Select(features), observationHorizon).Count;
            parts.Add(new ContextPart(sensor.Name, token, count, 0, Width));
            token += count;
        }

        return parts;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (Sensors.Count == 0) yield return $"{nameof(Sensors)} is empty.";
        if (Width < 2) yield return $"{nameof(Width)} {Width} must be at least 2: one column says whether the sensor is missing.";
        foreach (IGrouping<string, SensorConfig> same in Sensors.GroupBy(sensor => sensor.Name).Where(group => group.Count() > 1))
            yield return $"{same.Count()} sensors are named '{same.Key}'.";
        foreach (SensorConfig sensor in Sensors)
        {
            string[] unknown = [.. sensor.Features.Where(name => !features.Contains(name))];
            foreach (string name in unknown) yield return $"Sensor '{sensor.Name}' needs the feature '{name}'. There are: {string.Join(", ", features.Select(f => f.Name))}.";
            if (sensor.Features.Distinct().Count() < sensor.Features.Count) yield return $"Sensor '{sensor.Name}' names a feature twice.";
            else if (unknown.Length == 0)
            {
                foreach (string problem in sensor.Encoder.Problems(sensor.Select(features), observationHorizon)) yield return $"Sensor '{sensor.Name}': {problem}";
            }

            if (!(sensor.Dropout is >= 0 and < 1)) yield return $"Sensor '{sensor.Name}': {nameof(SensorConfig.Dropout)} {sensor.Dropout} must be at least 0 and below 1.";
            if (sensor.PresentFeature is not { } present) continue;
            if (!features.Contains(present)) yield return $"Sensor '{sensor.Name}' is said to be there by the feature '{present}', which is not observed.";
            else if (features[present] is not { Element: FeatureElement.UInt8, Size: 1 })
                yield return $"Feature {features[present]} says whether sensor '{sensor.Name}' is there, which takes a uint8 feature [1].";
        }

        string[] unused = [.. features.Select(f => f.Name).Where(name => !Sensors.Any(sensor => sensor.PresentFeature == name || sensor.Features.Contains(name)))];
        if (unused.Length > 0) yield return $"No sensor reads {string.Join(", ", unused.Select(name => $"'{name}'"))}. Give every feature to a sensor, or leave it out of the policy's features.";
    }

    /// <inheritdoc/>
    public bool Equals(MultiSensorEncoderConfig? other) => other is not null && Width == other.Width && Sensors.SequenceEqual(other.Sensors);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Sensors.Count, Width);
}
