using BehaviorCloning.Features;

namespace BehaviorCloning.Sensing;

/// <summary>How well a body's pose is sensed, in world units and radians.</summary>
/// <param name="Name">The body.</param>
/// <param name="MeanPositionError">Mean distance of its origin from the truth.</param>
/// <param name="MeanAngleError">Mean absolute error of its angle; 0 for a point, which has none.</param>
/// <param name="WithinOneDeviation">Share of position coordinates within one stated deviation; .683 if the uncertainty is right.</param>
/// <param name="AngleWithinOneDeviation">The same of the angle; NaN for a point.</param>
public sealed record SensedBodyReport(string Name, double MeanPositionError, double MeanAngleError, double WithinOneDeviation, double AngleWithinOneDeviation);

/// <summary>How well a keypoint sensor sees.</summary>
public sealed record KeypointReport
{
    /// <summary>Keypoints measured: those inside their frames.</summary>
    public required int Keypoints { get; init; }

    /// <summary>Mean distance from the truth, pixels of the frame.</summary>
    public required double MeanError { get; init; }

    /// <summary>The median of it.</summary>
    public required double MedianError { get; init; }

    /// <summary>What 95 of a hundred stay below.</summary>
    public required double Error95 { get; init; }

    /// <summary>Share of coordinates within one stated deviation; .683 if the uncertainty is right and errors are Gaussian.</summary>
    public required double WithinOneDeviation { get; init; }

    /// <summary>Share within two; .954.</summary>
    public required double WithinTwoDeviations { get; init; }

    /// <summary>Rank correlation (Spearman) of stated deviations with true errors: whether doubt is where mistakes are.</summary>
    public required double DoubtCorrelation { get; init; }

    /// <summary>Each body's pose.</summary>
    public required IReadOnlyList<SensedBodyReport> Bodies { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"keypoints: mean error {MeanError:0.000} px, median {MedianError:0.000}, 95 % {Error95:0.000}; within 1 / 2 deviations {WithinOneDeviation:0.000} / {WithinTwoDeviations:0.000}; doubt correlates with error {DoubtCorrelation:0.00}")
        + string.Concat(Bodies.Select(b => FormattableString.Invariant($"{Environment.NewLine}{b.Name}: position {b.MeanPositionError:0.00} units (within 1 deviation {b.WithinOneDeviation:0.000}), angle {b.MeanAngleError * 180 / Math.PI:0.00} degrees ({b.AngleWithinOneDeviation:0.000})")));
}

/// <summary>Collects what a sensor says beside what is true.</summary>
internal sealed class KeypointErrors(KeypointSensor sensor)
{
    private const double WithinOne = 0.6827;
    private readonly List<(int Point, float Dx, float Dy, float Deviation)> points = [];
    private readonly List<(int Body, double Dx, double Dy, double Deviation, double Angle, double AngleDeviation)> poses = [];

    public void Add(KeypointExample[] examples)
    {
        KeypointSensorConfig config = sensor.Config;
        int count = config.KeypointCount;
        byte[] frames = [.. examples.SelectMany(example => KeypointTraining.Checked(example, config).Frame)];
        KeypointEstimates seen = sensor.Estimate(frames, examples.Length);
        for (int frame = 0; frame < examples.Length; frame++)
        {
            float[] truth = examples[frame].Keypoints;
            for (int k = 0; k < count; k++)
            {
                if (!KeypointTraining.IsInside(truth, k, config)) continue;
                int at = (frame * count) + k;
                points.Add((k, seen.Positions[2 * at] - truth[2 * k], seen.Positions[(2 * at) + 1] - truth[(2 * k) + 1], seen.Deviations[at]));
            }

            int first = 0, body = 0;
            foreach (PlanarPoseEstimate pose in sensor.Poses(seen, frame))
            {
                int size = config.Bodies[body].PointCount;
                // A pose is measured where all of the body is in sight.
                if (Enumerable.Range(first, size).All(k => KeypointTraining.IsInside(truth, k, config)))
                {
                    PlanarPose actual = PlanarPoseFit.Fit([.. config.Bodies[body].ModelPoints], sensor.World(truth.AsSpan(2 * first, 2 * size)), [.. Enumerable.Repeat(1f, size)]).Pose;
                    poses.Add((body, pose.Pose.X - actual.X, pose.Pose.Y - actual.Y, pose.PositionDeviation, Math.IEEERemainder(pose.Pose.Angle - actual.Angle, Math.Tau), pose.AngleDeviation));
                }

                first += size;
                body++;
            }
        }
    }

    /// <summary>By what each point's deviations must be multiplied to fit the errors.</summary>
    public float[] PointScales() => [.. Enumerable.Range(0, sensor.Config.KeypointCount).Select(k => Scale(points.Where(p => p.Point == k).SelectMany(p => new[] { (double)p.Dx / p.Deviation, p.Dy / p.Deviation })))];

    /// <summary>The same of each body's position and angle.</summary>
    public float[] PoseScales() => [.. Enumerable.Range(0, sensor.Config.Bodies.Count).SelectMany(b => new[]
    {
        Scale(poses.Where(p => p.Body == b).SelectMany(p => new[] { p.Dx / p.Deviation, p.Dy / p.Deviation })),
        sensor.Config.Bodies[b].Turns ? Scale(poses.Where(p => p.Body == b).Select(p => p.Angle / p.AngleDeviation)) : 1,
    })];

    public KeypointReport Report()
    {
        if (points.Count == 0) throw new InvalidOperationException("There is no keypoint inside a frame to measure with.");
        double[] errors = [.. points.Select(p => Math.Sqrt((p.Dx * p.Dx) + (p.Dy * p.Dy)))], sorted = [.. errors.Order()];
        double[] relative = [.. points.SelectMany(p => new[] { Math.Abs(p.Dx) / p.Deviation, Math.Abs(p.Dy) / (double)p.Deviation })];
        return new KeypointReport
        {
            Keypoints = errors.Length,
            MeanError = errors.Average(),
            MedianError = sorted[sorted.Length / 2],
            Error95 = sorted[(int)(0.95 * (sorted.Length - 1))],
            WithinOneDeviation = Share(relative, 1),
            WithinTwoDeviations = Share(relative, 2),
            DoubtCorrelation = MathNet.Numerics.Statistics.Correlation.Spearman(points.Select(p => (double)p.Deviation), errors),
            Bodies = [.. sensor.Config.Bodies.Select((body, b) => Of(body, [.. poses.Where(p => p.Body == b)]))],
        };
    }

    private static SensedBodyReport Of(SensedBody body, (int Body, double Dx, double Dy, double Deviation, double Angle, double AngleDeviation)[] of) => new(
        body.Name,
        of.Length == 0 ? double.NaN : of.Average(p => Math.Sqrt((p.Dx * p.Dx) + (p.Dy * p.Dy))),
        of.Length == 0 ? double.NaN : body.Turns ? of.Average(p => Math.Abs(p.Angle)) : 0,
        Share([.. of.SelectMany(p => new[] { Math.Abs(p.Dx) / p.Deviation, Math.Abs(p.Dy) / p.Deviation })], 1),
        body.Turns ? Share([.. of.Select(p => Math.Abs(p.Angle) / p.AngleDeviation)], 1) : double.NaN);

    private static double Share(double[] relative, double limit) => relative.Length == 0 ? double.NaN : (double)relative.Count(r => r <= limit) / relative.Length;

    // What two thirds stay below: the mean square would be ruled by the few mistakes, which the filter's gate is for.
    private static float Scale(IEnumerable<double> relative)
    {
        double[] sizes = [.. relative.Select(Math.Abs).Order()];
        return sizes.Length == 0 ? 1 : (float)Math.Max(sizes[(int)(WithinOne * (sizes.Length - 1))], 1e-3);
    }
}
