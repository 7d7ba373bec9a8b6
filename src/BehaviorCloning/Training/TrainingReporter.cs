using System.Diagnostics;
using BehaviorCloning.Policies;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>Counts what a run does and tells whoever watches: observers, progress, logger and meter.</summary>
internal sealed class TrainingReporter(TrainerConfig config, long totalSteps, long windows, ILogger logger)
{
    private readonly List<TrainingProgress> reports = [];
    private readonly List<ValidationPoint> validations = [];
    private readonly Dictionary<string, double> parts = new(StringComparer.Ordinal);
    private IReadOnlyList<ITrainingObserver> observers = [];
    private IProgress<TrainingProgress>? progress;
    private TimeSpan elapsedBefore, waitAtReport, waitNow, wallAtReport;
    private long startStep, startTime, samples, samplesAtReport, passesAtReport, passes;
    private double lossSum;

    /// <summary>Time in training, earlier parts of a resumed run included.</summary>
    public TimeSpan Elapsed => elapsedBefore + Stopwatch.GetElapsedTime(startTime);

    public void Start(long step, TimeSpan elapsed, IReadOnlyList<ITrainingObserver> watching, IProgress<TrainingProgress>? progressSink)
    {
        startStep = step;
        elapsedBefore = elapsed;
        observers = watching;
        progress = progressSink;
        startTime = Stopwatch.GetTimestamp();
        wallAtReport = elapsed;
    }

    /// <summary>Adds the loss of a forward pass.</summary>
    public void AddLoss(double value)
    {
        lossSum += value;
        passes++;
    }

    /// <summary>Adds a sum of losses whose passes are counted already.</summary>
    public void AddToLoss(double sum) => lossSum += sum;

    /// <summary>Reads the parts of a loss.</summary>
    public void ReadParts(IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach ((string name, Tensor value) in tensors) parts[name] = value.ToSingle();
    }

    public void CountStep(TimeSpan duration, long stepSamples, TimeSpan totalWait)
    {
        samples += stepSamples;
        TrainingMetrics.Steps.Add(1);
        TrainingMetrics.Samples.Add(stepSamples);
        TrainingMetrics.StepDuration.Record(duration.TotalSeconds);
        TrainingMetrics.DataWait.Add((totalWait - waitNow).TotalSeconds);
        waitNow = totalWait;
    }

    public void Report(long step, double learningRate, double gradientNorm)
    {
        TimeSpan wall = Elapsed;
        double seconds = Math.Max((wall - wallAtReport).TotalSeconds, 1e-9);
        double secondsSoFar = (wall - elapsedBefore).TotalSeconds;
        var report = new TrainingProgress
        {
            Step = step,
            TotalSteps = totalSteps,
            Epoch = (double)step * config.BatchSize * config.Accumulation / windows,
            Loss = lossSum / (passes - passesAtReport),
            LossParts = new Dictionary<string, double>(parts, StringComparer.Ordinal),
            LearningRate = learningRate,
            GradientNorm = gradientNorm,
            SamplesPerSecond = (samples - samplesAtReport) / seconds,
            DataWaitShare = Math.Clamp((waitNow - waitAtReport).TotalSeconds / seconds, 0, 1),
            ValidationLoss = validations.Count > 0 ? validations[^1].Loss : null,
            Elapsed = wall,
            Remaining = TimeSpan.FromSeconds(secondsSoFar / (step - startStep) * (totalSteps - step)),
        };
        (lossSum, passesAtReport, samplesAtReport, waitAtReport, wallAtReport) = (0, passes, samples, waitNow, wall);
        reports.Add(report);
        TrainingMetrics.Loss.Record(report.Loss);
        TrainingLog.Progress(logger, step, totalSteps, report.Loss, report.SamplesPerSecond, report.Remaining);
        foreach (ITrainingObserver observer in observers) observer.OnProgress(report);
        progress?.Report(report);
    }

    public void ReportValidation(long step, double loss, bool isBest, double best)
    {
        validations.Add(new ValidationPoint(step, loss));
        TrainingMetrics.ValidationLoss.Record(loss);
        TrainingLog.Validated(logger, step, loss, best);
        foreach (ITrainingObserver observer in observers) observer.OnValidation(step, loss, isBest);
    }

    public void ReportPolicy(long step, string folder)
    {
        TrainingLog.PolicySaved(logger, step, folder);
        foreach (ITrainingObserver observer in observers) observer.OnPolicySaved(step, folder);
    }

    public TrainingResult Finish(LearnedPolicy policy, TrainingOutcome outcome, long step, ValidationPoint? best, IReadOnlyList<SavedPolicy> policies)
    {
        double loss = reports.Count > 0 ? reports[^1].Loss : passes > 0 ? lossSum / passes : double.NaN;
        double seconds = (Elapsed - elapsedBefore).TotalSeconds;
        if (waitNow.TotalSeconds > 0.1 * seconds) TrainingLog.DataBound(logger, waitNow.TotalSeconds / seconds);
        if (outcome == TrainingOutcome.Finished) TrainingLog.Finished(logger, step, Elapsed, loss);
        return new TrainingResult
        {
            Policy = policy,
            Outcome = outcome,
            Steps = step,
            FinalLoss = loss,
            BestValidation = best,
            Reports = reports,
            Validations = validations,
            Policies = [.. policies],
            Elapsed = Elapsed,
            SamplesPerSecond = samples / Math.Max(seconds, 1e-9),
        };
    }
}
