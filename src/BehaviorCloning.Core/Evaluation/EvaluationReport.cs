using System.Text.Json;
using System.Text.Json.Serialization;

namespace BehaviorCloning.Evaluation;

/// <summary>
/// The figures of an evaluation with every episode they come from, kept in a small JSON file, so that a later run can be compared
/// with it seed by seed.
/// </summary>
public sealed class EvaluationReport
{
    private const int CurrentFormat = 1;

    /// <summary>Computes the figures of episodes.</summary>
    /// <param name="name">What was evaluated: "flow matching, training seed 0".</param>
    /// <param name="episodes">One result a seed.</param>
    /// <param name="settings">Whatever the figures depend on, by name: execution horizon, sampling steps, noise seed.</param>
    /// <exception cref="ArgumentException">There are no episodes.</exception>
    public EvaluationReport(string name, IReadOnlyList<RolloutResult> episodes, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(episodes);
        if (episodes.Count == 0) throw new ArgumentException("An evaluation needs at least one episode.", nameof(episodes));
        Name = name;
        Episodes = episodes;
        Settings = settings ?? System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
        Score = MeanWithStandardError.Of(episodes.Select(episode => episode.Score));
        Success = new WilsonInterval(episodes.Count(episode => episode.Success), episodes.Count);
        MeanSteps = episodes.Average(episode => episode.Steps);
    }

    /// <summary>What was evaluated.</summary>
    public string Name { get; }

    /// <summary>One result a seed, in the order they were played.</summary>
    public IReadOnlyList<RolloutResult> Episodes { get; }

    /// <summary>Whatever the figures depend on, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Mean score over the episodes. Its standard error tells of other seeds, not of other training runs.</summary>
    public MeanWithStandardError Score { get; }

    /// <summary>Share of episodes that solved the task, with its 95 % interval.</summary>
    public WilsonInterval Success { get; }

    /// <summary>Control steps an episode took in the mean.</summary>
    public double MeanSteps { get; }

    /// <summary>Reads a report.</summary>
    /// <exception cref="InvalidDataException">The file is no report, is damaged, or its figures contradict its episodes.</exception>
    public static EvaluationReport Read(string path) => FromJson(File.ReadAllText(path), path);

    /// <summary>Reads a report from text.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    public static EvaluationReport FromJson(string json, string source = "the text")
    {
        try
        {
            EvaluationFile file = JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationFile)
                ?? throw new InvalidDataException($"{source} is no evaluation report: it holds null.");
            if (file.FormatVersion != CurrentFormat)
                throw new InvalidDataException($"{source} is an evaluation report of format {file.FormatVersion}; this version reads format {CurrentFormat}.");
            var report = new EvaluationReport(file.Name, file.PerSeed, file.Settings);
            string[] wrong = [.. report.Contradictions(file)];
            return wrong.Length == 0 ? report : throw new InvalidDataException($"{source} contradicts its own episodes: {string.Join("; ", wrong)}.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{source} is no sound evaluation report: {e.Message}", e);
        }
    }

    /// <summary>As JSON: name, settings, <c>episodes</c>, <c>score_mean</c>, <c>success_share</c>, <c>success_interval</c>, <c>per_seed</c> and more.</summary>
    public string ToJson() => JsonSerializer.Serialize(ToFile(), EvaluationJson.Default.EvaluationFile);

    /// <summary>Writes the JSON; a reader never sees half of it.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, ToJson());

    private EvaluationFile ToFile() => new(
        CurrentFormat, Name, Settings, Episodes.Count, Score.Mean, double.IsNaN(Score.StandardError) ? null : Score.StandardError,
        Success.Share, [Success.Low, Success.High], MeanSteps, Episodes);

    // The episodes are the truth; stored figures are there for readers without this library and must agree with them.
    private IEnumerable<string> Contradictions(EvaluationFile file)
    {
        EvaluationFile own = ToFile();
        if (file.Episodes != own.Episodes) yield return $"episodes is {file.Episodes}, but per_seed has {own.Episodes}";
        if (file.SuccessInterval.Count != 2)
        {
            yield return $"success_interval has {file.SuccessInterval.Count} ends";
            yield break;
        }

        foreach ((string name, double? stored, double? computed) in new[]
        {
            ("score_mean", file.ScoreMean, own.ScoreMean),
            ("score_standard_error", file.ScoreStandardError, own.ScoreStandardError),
            ("success_share", file.SuccessShare, own.SuccessShare),
            ("success_interval's lower end", file.SuccessInterval[0], own.SuccessInterval[0]),
            ("success_interval's upper end", file.SuccessInterval[1], own.SuccessInterval[1]),
            ("steps_mean", file.StepsMean, own.StepsMean),
        })
        {
            bool agree = stored is null ? computed is null : computed is not null && Math.Abs(stored.Value - computed.Value) <= 1e-9 * Math.Max(1, Math.Abs(computed.Value));
            if (!agree) yield return $"{name} is {stored?.ToString() ?? "missing"}, per_seed gives {computed?.ToString() ?? "none"}";
        }
    }
}

/// <summary>The file of an <see cref="EvaluationReport"/>, member for member.</summary>
internal sealed record EvaluationFile(
    int FormatVersion,
    string Name,
    IReadOnlyDictionary<string, string> Settings,
    int Episodes,
    double ScoreMean,
    double? ScoreStandardError,
    double SuccessShare,
    IReadOnlyList<double> SuccessInterval,
    double StepsMean,
    IReadOnlyList<RolloutResult> PerSeed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(EvaluationFile))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
