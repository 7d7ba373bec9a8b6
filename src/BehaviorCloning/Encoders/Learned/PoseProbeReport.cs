namespace BehaviorCloning.Encoders;

/// <summary>How well a probe reads a pose in the plane.</summary>
/// <param name="PositionError">Mean distance from the truth, in the targets' unit.</param>
/// <param name="AngleError">Mean absolute error of the angle, radians.</param>
/// <param name="PositionExplained">Mean R² of x and y.</param>
/// <param name="AngleExplained">Mean R² of the angle's cosine and sine.</param>
public sealed record PoseProbeReport(double PositionError, double AngleError, double PositionExplained, double AngleExplained)
{
    /// <summary>Fits a probe to targets x, y, cos(angle), sin(angle), an angle having no straight line of its own, and measures it.</summary>
    /// <param name="training">What it is fitted to.</param>
    /// <param name="validation">What its ridges are chosen by.</param>
    /// <param name="test">What it is measured on.</param>
    /// <exception cref="ArgumentException">The examples do not fit together, or have other targets; the message lists every fault.</exception>
    public static PoseProbeReport Of(ProbeExamples training, ProbeExamples validation, ProbeExamples test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (test.TargetCount != 4) throw new ArgumentException($"A pose has 4 targets, x, y, cos and sin; got {test.TargetCount}.", nameof(test));
        LinearProbe probe = LinearProbe.Fit(training, validation);
        double[] read = probe.Predict(test.Features), explained = probe.Explained(test);
        float[] truth = test.Targets;
        int[] rows = [.. Enumerable.Range(0, test.Count).Select(i => 4 * i)];
        return new PoseProbeReport(
            rows.Average(i => Math.Sqrt(Math.Pow(read[i] - truth[i], 2) + Math.Pow(read[i + 1] - truth[i + 1], 2))),
            rows.Average(i => Math.Abs(Math.IEEERemainder(Math.Atan2(read[i + 3], read[i + 2]) - Math.Atan2(truth[i + 3], truth[i + 2]), Math.Tau))),
            (explained[0] + explained[1]) / 2,
            (explained[2] + explained[3]) / 2);
    }
}
