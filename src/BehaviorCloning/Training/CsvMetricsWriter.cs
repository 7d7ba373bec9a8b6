using System.Globalization;

namespace BehaviorCloning.Training;

/// <summary>Writes a training's metrics as comma-separated values, a row a report: for spreadsheets, notebooks and our own report.</summary>
/// <remarks>A resumed run goes on in the same file: rows of steps after the resumed one are dropped first, for they are made again.</remarks>
public sealed class CsvMetricsWriter : ITrainingObserver, IDisposable
{
    private const string Header = "step,epoch,loss,validation_loss,learning_rate,gradient_norm,samples_per_second,data_wait_share,elapsed_seconds";
    private readonly StreamWriter writer;

    /// <summary>Opens or makes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fromStep">The step that is gone on from; 0 starts anew.</param>
    public CsvMetricsWriter(string path, long fromStep = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        List<string> kept = [Header];
        if (fromStep > 0 && File.Exists(path))
        {
            kept.AddRange(File.ReadLines(path).Skip(1)
                .Where(line => long.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(',', StringComparison.Ordinal))), CultureInfo.InvariantCulture, out long step) && step <= fromStep));
        }

        File.WriteAllLines(path, kept);
        writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <inheritdoc/>
    public void OnProgress(TrainingProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Step},{progress.Epoch:0.####},{progress.Loss:R},,{progress.LearningRate:R},{progress.GradientNorm:R},{progress.SamplesPerSecond:0.#},{progress.DataWaitShare:0.####},{progress.Elapsed.TotalSeconds:0.##}"));
    }

    /// <inheritdoc/>
    public void OnValidation(long step, double loss, bool isBest) =>
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},,,{loss:R},,,,,"));

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
