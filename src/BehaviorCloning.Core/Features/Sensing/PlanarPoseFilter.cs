namespace BehaviorCloning.Features;

/// <summary>Options of <see cref="PlanarPoseFilter"/>.</summary>
public sealed record PlanarPoseFilterOptions
{
    /// <summary>Seconds between steps. Default 0.1.</summary>
    public double Interval { get; init; } = 0.1;

    /// <summary>How strongly the body is accelerated: standard deviation in units a second². Large follows, small smooths. Default 1000.</summary>
    public double Acceleration { get; init; } = 1000;

    /// <summary>How strongly its turning is accelerated, radians a second². Default 20.</summary>
    public double AngularAcceleration { get; init; } = 20;

    /// <summary>A measurement is left out whose squared distance from the prediction, in deviations, exceeds this. Default 16.27: one good one in a thousand.</summary>
    public double Gate { get; init; } = 16.27;

    /// <summary>After so many left out in a row the filter believes them and starts anew: the body was moved by hand, or the first one was wrong. Default 3.</summary>
    public int RestartAfter { get; init; } = 3;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        foreach ((string name, double value) in new[] { (nameof(Interval), Interval), (nameof(Acceleration), Acceleration), (nameof(AngularAcceleration), AngularAcceleration), (nameof(Gate), Gate) })
        {
            if (!(value > 0 && double.IsFinite(value))) yield return $"{name} {value} must be positive.";
        }

        if (RestartAfter < 1) yield return $"{nameof(RestartAfter)} {RestartAfter} must be at least 1.";
    }
}

/// <summary>
/// Follows a pose from step to step: a Kalman filter of constant velocity for x, y and angle, the angle's innovation wrapped, outliers left out.
/// </summary>
/// <remarks>
/// <code>
/// predict   x += v h,  P = F P F' + q² [h⁴/4 h³/2; h³/2 h²]          gate   sum of innovation² / (P + s²) over x, y, angle
/// correct   K = P H' / (P + s²),  x += K innovation,  P -= K H P
/// </code>
/// Angles are continuous: they do not jump at 2 pi, so that a velocity can be told.
/// </remarks>
public sealed class PlanarPoseFilter
{
    private readonly PlanarPoseFilterOptions options;
    private readonly Axis[] axes = [new(), new(), new()];
    private bool started;
    private int leftOut;

    /// <summary>Makes a filter, which has seen nothing yet.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public PlanarPoseFilter(PlanarPoseFilterOptions? options = null)
    {
        this.options = options ?? new PlanarPoseFilterOptions();
        string[] problems = [.. this.options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <summary>Whether the newest measurement was left out.</summary>
    public bool Rejected => leftOut > 0;

    /// <summary>Takes the measurement of the next step.</summary>
    /// <returns>Where the body is now, and how sure that is. After measurements that were left out: where it must be by what was seen before.</returns>
    public PlanarPoseEstimate Update(PlanarPoseEstimate measured)
    {
        double angleVariance = measured.AngleDeviation * measured.AngleDeviation, variance = measured.PositionDeviation * measured.PositionDeviation;
        if (!double.IsFinite(measured.Pose.X + measured.Pose.Y + measured.Pose.Angle) || !(variance > 0 && double.IsFinite(variance)) || !(angleVariance > 0))
            throw new ArgumentException($"The measurement {measured} is not finite, or its deviations are not positive.", nameof(measured));
        bool turns = double.IsFinite(angleVariance);
        double h = options.Interval;
        if (started)
        {
            axes[0].Predict(h, options.Acceleration);
            axes[1].Predict(h, options.Acceleration);
            axes[2].Predict(h, options.AngularAcceleration);
            double x = measured.Pose.X - axes[0].Value, y = measured.Pose.Y - axes[1].Value, angle = turns ? Math.IEEERemainder(measured.Pose.Angle - axes[2].Value, Math.Tau) : 0;
            double distance = (x * x / (axes[0].Variance + variance)) + (y * y / (axes[1].Variance + variance)) + (turns ? angle * angle / (axes[2].Variance + angleVariance) : 0);
            leftOut = distance > options.Gate ? leftOut + 1 : 0;
            if (leftOut == 0)
            {
                axes[0].Correct(x, variance);
                axes[1].Correct(y, variance);
                if (turns) axes[2].Correct(angle, angleVariance);
            }
        }

        if (!started || leftOut >= options.RestartAfter)
        {
            // At rest, but for what half a second of acceleration may have done.
            axes[0].Start(measured.Pose.X, variance, 0.5 * options.Acceleration);
            axes[1].Start(measured.Pose.Y, variance, 0.5 * options.Acceleration);
            axes[2].Start(measured.Pose.Angle, turns ? angleVariance : 0, 0.5 * options.AngularAcceleration);
            (started, leftOut) = (true, 0);
        }

        return new PlanarPoseEstimate(
            new PlanarPose(axes[0].Value, axes[1].Value, axes[2].Value), Math.Sqrt(Math.Max(axes[0].Variance, axes[1].Variance)), turns ? Math.Sqrt(axes[2].Variance) : double.PositiveInfinity);
    }

    // A value and its velocity, and the covariance of both.
    private sealed class Axis
    {
        private double velocity;
        private double shared;
        private double ofVelocity;

        public double Value { get; private set; }

        public double Variance { get; private set; }

        public void Start(double value, double variance, double velocityDeviation)
        {
            (Value, velocity, Variance, shared, ofVelocity) = (value, 0, variance, 0, velocityDeviation * velocityDeviation);
        }

        public void Predict(double h, double acceleration)
        {
            double q = acceleration * acceleration * h * h;
            Value += h * velocity;
            Variance += (2 * h * shared) + (h * h * ofVelocity) + (q * h * h / 4);
            shared += (h * ofVelocity) + (q * h / 2);
            ofVelocity += q;
        }

        public void Correct(double innovation, double variance)
        {
            double total = Variance + variance, gain = Variance / total, ofRate = shared / total;
            Value += gain * innovation;
            velocity += ofRate * innovation;
            ofVelocity -= ofRate * shared;
            shared *= 1 - gain;
            Variance *= 1 - gain;
        }
    }
}
