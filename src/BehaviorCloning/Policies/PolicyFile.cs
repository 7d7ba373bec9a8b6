using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BehaviorCloning.Engine;

namespace BehaviorCloning.Policies;

/// <summary>
/// A policy on disk: a folder of <c>policy.json</c> (format version, configuration, what it observes and produces, the weights'
/// checksum) and <c>weights.safetensors</c> (parameters, and buffers with the statistics). Nothing else is needed to run it.
/// </summary>
/// <param name="FormatVersion">Raised when an older library could not read what a newer one writes.</param>
/// <param name="Policy">The configuration.</param>
/// <param name="Observations">What it must be shown.</param>
/// <param name="Actions">What it produces.</param>
/// <param name="Seed">Of its sampling noise.</param>
/// <param name="WeightsSha256">Of the weights file, in hexadecimal.</param>
internal sealed record PolicyFile(int FormatVersion, PolicyConfig Policy, IReadOnlyList<PolicyFileFeature> Observations, ActionSpec Actions, long Seed, string WeightsSha256)
{
    public const int CurrentVersion = 1;
    public const string DescriptionName = "policy.json";
    public const string WeightsName = "weights.safetensors";

    public static void Save(string folder, LearnedPolicy policy) => AtomicFolder.Replace(folder, fresh =>
    {
        string weights = Path.Combine(fresh, WeightsName);
        SafetensorsFile.Save(weights, policy.Network, new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "behavior-cloning-policy" });
        var file = new PolicyFile(
            CurrentVersion,
            policy.Config,
            [.. policy.Observations.Select(f => new PolicyFileFeature(f.Name, f.Element, [.. f.Shape]))],
            policy.Actions,
            policy.Seed,
            ChecksumOf(weights));
        using var stream = new FileStream(Path.Combine(fresh, DescriptionName), FileMode.CreateNew, FileAccess.Write);
        stream.Write(Encoding.UTF8.GetBytes(ConfigJson.Write(file)));
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Reads the description and checks it and the weights' checksum.</summary>
    /// <returns>The description, and the path of the weights.</returns>
    public static (PolicyFile File, string Weights) Open(string path)
    {
        string folder = AtomicFolder.Find(path) ?? throw new DirectoryNotFoundException($"There is no policy at '{path}'. A policy is a folder with {DescriptionName} and {WeightsName}.");
        string description = Path.Combine(folder, DescriptionName), weights = Path.Combine(folder, WeightsName);
        string[] missing = [.. new[] { description, weights }.Where(file => !File.Exists(file)).Select(Path.GetFileName).OfType<string>()];
        if (missing.Length > 0)
            throw new FileNotFoundException($"'{folder}' is not a policy: it has no {string.Join(" and no ", missing)}. A policy is a folder with {DescriptionName} and {WeightsName}.");

        string json = File.ReadAllText(description);
        RequireVersion(json, description);
        PolicyFile file;
        try
        {
            file = ConfigJson.Read<PolicyFile>(json);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"'{description}' does not describe a policy. {e.Message}", e);
        }

        string checksum = ChecksumOf(weights);
        if (!string.Equals(checksum, file.WeightsSha256, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException($"'{weights}' is damaged or of another policy: its checksum is {checksum}, but {DescriptionName} says {file.WeightsSha256}. Copy the whole folder again.");
        return (file, weights);
    }

    public ObservationSpec ObservationSpec() => new(Observations.Select(f => new FeatureSpec(f.Name, f.Element, [.. f.Shape])));

    // Before anything else: a newer format may differ in everything but this.
    private static void RequireVersion(string json, string path)
    {
        int version;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            version = document.RootElement.GetProperty("formatVersion").GetInt32();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"'{path}' does not describe a policy: it has no format version ({e.Message}).", e);
        }

        if (version > CurrentVersion)
            throw new InvalidDataException($"'{path}' has format version {version}; this library reads up to {CurrentVersion}. It was written by a newer version: update BehaviorCloning.");
        if (version < 1)
            throw new InvalidDataException($"'{path}' has format version {version}; versions start at 1. It is damaged.");
    }

    private static string ChecksumOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>A feature as written in a policy's file.</summary>
internal sealed record PolicyFileFeature(string Name, FeatureElement Element, IReadOnlyList<int> Shape);
