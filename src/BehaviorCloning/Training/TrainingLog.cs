using Microsoft.Extensions.Logging;

namespace BehaviorCloning.Training;

/// <summary>What a training logs. Event ids are stable: 1000 to 1099 belong to training.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(1000, LogLevel.Information, "Training {Parameters} parameters on {Windows} windows for {Steps} steps. {Accelerator}")]
    public static partial void Started(ILogger logger, long parameters, long windows, long steps, string accelerator);

    [LoggerMessage(1001, LogLevel.Information, "Resumed {RunFolder} at step {Step} of {Steps}.")]
    public static partial void Resumed(ILogger logger, string runFolder, long step, long steps);

    [LoggerMessage(1002, LogLevel.Information, "Step {Step} of {Steps}: loss {Loss:0.00000}, {SamplesPerSecond:0} samples/s, {Remaining} to go.")]
    public static partial void Progress(ILogger logger, long step, long steps, double loss, double samplesPerSecond, TimeSpan remaining);

    [LoggerMessage(1003, LogLevel.Information, "Step {Step}: validation loss {Loss:0.00000} (best {Best:0.00000}).")]
    public static partial void Validated(ILogger logger, long step, double loss, double best);

    [LoggerMessage(1004, LogLevel.Debug, "Step {Step}: policy saved to {Folder}.")]
    public static partial void PolicySaved(ILogger logger, long step, string folder);

    [LoggerMessage(1005, LogLevel.Information, "Stopped early at step {Step}: no better validation loss in {Patience} validations.")]
    public static partial void StoppedEarly(ILogger logger, long step, int patience);

    [LoggerMessage(1006, LogLevel.Information, "Canceled at step {Step}.")]
    public static partial void Canceled(ILogger logger, long step);

    [LoggerMessage(1007, LogLevel.Error, "Diverged at step {Step}: {What} is {Value}.")]
    public static partial void Diverged(ILogger logger, long step, string what, double value);

    [LoggerMessage(1008, LogLevel.Information, "Finished after {Steps} steps in {Elapsed}: loss {Loss:0.00000}.")]
    public static partial void Finished(ILogger logger, long steps, TimeSpan elapsed, double loss);

    [LoggerMessage(1009, LogLevel.Warning, "Training waited {Share:P0} of its time for data. Raise the prefetch depth or use a faster dataset format.")]
    public static partial void DataBound(ILogger logger, double share);
}
