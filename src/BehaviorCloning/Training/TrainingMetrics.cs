using System.Diagnostics.Metrics;

namespace BehaviorCloning.Training;

/// <summary>What a training measures, for OpenTelemetry and <c>dotnet-counters</c>: meter <c>BehaviorCloning.Training</c>.</summary>
public static class TrainingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "BehaviorCloning.Training";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Optimizer steps taken.</summary>
    internal static readonly Counter<long> Steps = Meter.CreateCounter<long>("training.steps", "{step}", "Optimizer steps taken.");

    /// <summary>Windows trained on.</summary>
    internal static readonly Counter<long> Samples = Meter.CreateCounter<long>("training.samples", "{sample}", "Windows trained on.");

    /// <summary>How long an optimizer step took.</summary>
    internal static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>("training.step.duration", "s", "Time of an optimizer step, data included.");

    /// <summary>How long was waited for data.</summary>
    internal static readonly Counter<double> DataWait = Meter.CreateCounter<double>("training.data.wait", "s", "Time spent waiting for batches.");

    /// <summary>Mean training loss at a report.</summary>
    internal static readonly Gauge<double> Loss = Meter.CreateGauge<double>("training.loss", description: "Mean training loss since the last report.");

    /// <summary>Validation loss.</summary>
    internal static readonly Gauge<double> ValidationLoss = Meter.CreateGauge<double>("training.validation.loss", description: "Validation loss of the averaged weights.");
}
