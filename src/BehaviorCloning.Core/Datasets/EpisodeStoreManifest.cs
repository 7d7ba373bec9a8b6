using System.Text.Json;
using System.Text.Json.Serialization;
using BehaviorCloning.Images;

namespace BehaviorCloning.Datasets;

/// <summary>What <c>store.json</c> says: the format version, and what every step of every episode holds.</summary>
internal sealed record EpisodeStoreManifest
{
    /// <summary>The newest version this code reads: 2 knows encoded frames and 16-bit numbers.</summary>
    public const int CurrentVersion = 2;

    private const string FileName = "store.json";
    private const long LargestFile = 16L << 20;

    public required int FormatVersion { get; init; }

    public required ManifestFeature[] Observations { get; init; }

    public required ManifestAction Action { get; init; }

    public required ManifestFeature[] Annotations { get; init; }

    public required double ControlRateHz { get; init; }

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    public static EpisodeStoreManifest Of(ObservationSpec observations, ActionSpec action, ObservationSpec annotations, double controlRateHz, IReadOnlyDictionary<string, FrameEncoding> frames) => new()
    {
        // Whoever knows only version 1 can read what needs no more.
        FormatVersion = frames.Count > 0 || observations.Any(spec => spec.Element == FeatureElement.UInt16) ? 2 : 1,
        Observations = [.. observations.Select(spec => ManifestFeature.Of(spec) with { Encoding = frames.GetValueOrDefault(spec.Name)?.Name })],
        Action = new ManifestAction { Name = action.Name, Dimension = action.Dimension, Minimum = [.. action.Minimum], Maximum = [.. action.Maximum], Names = [.. action.Names] },
        Annotations = [.. annotations.Select(ManifestFeature.Of)],
        ControlRateHz = controlRateHz,
    };

    /// <summary>Reads a store's description.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer version.</exception>
    public static EpisodeStoreManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{folder}' is no episode store: it has no {FileName}. Record one with {nameof(EpisodeRecorder)}.", path);
        long length = new FileInfo(path).Length;
        if (length > LargestFile) throw new InvalidDataException($"'{path}' has {length} bytes; a store's description takes at most {LargestFile}. It is damaged.");
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            // The version comes first: a newer file may hold anything else.
            using JsonDocument document = JsonDocument.Parse(bytes);
            int version = document.RootElement.GetProperty("formatVersion").GetInt32();
            if (version > CurrentVersion)
                throw new InvalidDataException($"'{path}' has format version {version}; this library reads up to {CurrentVersion}. Update the library.");
            if (version < 1) throw new InvalidDataException($"'{path}' has format version {version}, which never was. It is damaged.");
            EpisodeStoreManifest manifest = JsonSerializer.Deserialize(bytes, EpisodeStoreJson.Default.EpisodeStoreManifest) ?? throw new JsonException("It is empty.");
            string[] problems = [.. manifest.Specs().Action.Problems()];
            problems = [.. problems, .. manifest.Frames().SelectMany(pair => pair.Value.Problems(manifest.Specs().Observations[pair.Key]))];
            if (!(manifest.ControlRateHz > 0)) problems = [.. problems, $"The control rate is {manifest.ControlRateHz} Hz."];
            if (problems.Length > 0) throw new InvalidDataException($"'{path}' is damaged: {string.Join(" ", problems)} Restore it from a copy of the store.");
            return manifest;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"'{path}' cannot be understood: {fault.Message} It is damaged: restore it from a copy of the store.", fault);
        }
    }

    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, EpisodeStoreJson.Default.EpisodeStoreManifest));

    /// <summary>How the frames of features are encoded that are not raw.</summary>
    public Dictionary<string, FrameEncoding> Frames() => Observations.Where(feature => feature.Encoding is not null).ToDictionary(
        feature => feature.Name,
        feature => FrameEncoding.Find(feature.Encoding!) ?? throw new JsonException($"Feature '{feature.Name}' has the encoding '{feature.Encoding}'; png or jpeg was expected."));

    public (ObservationSpec Observations, ActionSpec Action, ObservationSpec Annotations) Specs() =>
    (
        new ObservationSpec(Observations.Select(feature => feature.ToSpec())),
        new ActionSpec(Action.Name, Action.Dimension) { Minimum = Action.Minimum, Maximum = Action.Maximum, Names = Action.Names },
        new ObservationSpec(Annotations.Select(feature => feature.ToSpec())));
}

internal sealed record ManifestFeature
{
    public required string Name { get; init; }

    public required string Element { get; init; }

    public required int[] Shape { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Encoding { get; init; }

    public static ManifestFeature Of(FeatureSpec spec) => new()
    {
        Name = spec.Name,
        Element = spec.Element switch { FeatureElement.UInt8 => "uint8", FeatureElement.UInt16 => "uint16", _ => "float32" },
        Shape = [.. spec.Shape],
    };

    public FeatureSpec ToSpec() => new(
        Name,
        Element switch { "float32" => FeatureElement.Float32, "uint8" => FeatureElement.UInt8, "uint16" => FeatureElement.UInt16, _ => throw new JsonException($"Feature '{Name}' has element type '{Element}'; float32, uint8 or uint16 was expected.") },
        Shape);
}

internal sealed record ManifestAction
{
    public required string Name { get; init; }

    public required int Dimension { get; init; }

    public required float[] Minimum { get; init; }

    public required float[] Maximum { get; init; }

    public required string[] Names { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(EpisodeStoreManifest))]
internal sealed partial class EpisodeStoreJson : JsonSerializerContext;
