using BehaviorCloning.Images;

namespace BehaviorCloning.Training;

/// <summary>How well a network rebuilds frames that it has not learned from. Pixel values run from 0 to 1.</summary>
public sealed record PretrainingReport
{
    /// <summary>Which network: its options' name.</summary>
    public required string Network { get; init; }

    /// <summary>Frames measured.</summary>
    public required int Frames { get; init; }

    /// <summary>What training minimizes.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean squared error of a pixel value; of masked pixels where masks are the task.</summary>
    public required double MeanSquaredError { get; init; }

    /// <summary>The same error of the mean frame: what can be had without looking.</summary>
    public required double MeanFrameError { get; init; }

    /// <summary>By what the network divides the mean frame's error.</summary>
    public double Improvement => MeanFrameError / MeanSquaredError;

    /// <summary>-10 log10 of the error, dB.</summary>
    public double PeakSignalToNoise => -10 * Math.Log10(MeanSquaredError);

    /// <summary>KL(posterior || prior), nats a frame; null where latents are not random.</summary>
    public double? Divergence { get; init; }

    /// <summary>A bound on -log p(frame), nats a frame; null where there is none.</summary>
    public double? NegativeElbo { get; init; }

    /// <summary>Latents whose mean varies over frames by more than 0.01 (Burda et al., arXiv 1509.00519); null where they are not random.</summary>
    public int? ActiveLatents { get; init; }

    /// <summary>What is wrong, none if nothing is: a collapsed posterior, a network that has not learned to look.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>A column a frame: the frame, below it what was shown of it where patches are masked, and its reconstruction.</summary>
    public required Image Picture { get; init; }

    /// <summary>For people; warnings first.</summary>
    public override string ToString() => string.Concat(Warnings.Select(warning => $"WARNING: {warning}{Environment.NewLine}"))
        + FormattableString.Invariant($"{Network}, {Frames} frames: squared error {MeanSquaredError:0.00000} ({PeakSignalToNoise:0.0} dB), the mean frame's {MeanFrameError:0.00000} ({Improvement:0.0} times)")
        + (Divergence is null ? "" : FormattableString.Invariant($"; divergence {Divergence:0.0} nats, {ActiveLatents} latents active, bound {NegativeElbo:0} nats"));
}
