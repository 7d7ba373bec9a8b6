using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

/// <summary>Fits and filters of poses in the plane.</summary>
public sealed class PlanarPoseTests
{
    private static readonly float[] Model = [-60, 0, 60, 0, 60, 30, 0, 120, -15, 70];

    [Fact]
    public void A_pose_is_recovered()
    {
        var pose = new PlanarPose(100, 200, 2.5);
        PlanarPoseEstimate fit = PlanarPoseFit.Fit(Model, Seen(pose, 0, 0), [1, 1, 1, 1, 1]);
        fit.Pose.X.Should().BeApproximately(100, 1e-3);
        fit.Pose.Y.Should().BeApproximately(200, 1e-3);
        fit.Pose.Angle.Should().BeApproximately(2.5, 1e-5);
    }

    [Fact]
    public void A_point_in_doubt_counts_little()
    {
        float[] seen = Seen(new PlanarPose(100, 200, 1), 0, 0);
        seen[3] += 40;
        double trusting = Math.Abs(PlanarPoseFit.Fit(Model, seen, [1, 1, 1, 1, 1]).Pose.Angle - 1), doubting = Math.Abs(PlanarPoseFit.Fit(Model, seen, [1, 50, 1, 1, 1]).Pose.Angle - 1);
        trusting.Should().BeGreaterThan(0.1);
        doubting.Should().BeLessThan(0.001);
    }

    [Fact]
    public void Deviations_are_those_of_many_repetitions()
    {
        var pose = new PlanarPose(100, 200, 0.7);
        PlanarPoseEstimate[] fits = [.. Enumerable.Range(1, 2000).Select(seed => PlanarPoseFit.Fit(Model, Seen(pose, 2, seed), [2, 2, 2, 2, 2]))];
        double ofAngle = Math.Sqrt(fits.Average(f => Math.Pow(f.Pose.Angle - 0.7, 2))), ofPosition = Math.Sqrt(fits.Average(f => (Math.Pow(f.Pose.X - 100, 2) + Math.Pow(f.Pose.Y - 200, 2)) / 2));
        fits[0].AngleDeviation.Should().BeApproximately(ofAngle, 0.05 * ofAngle);
        fits[0].PositionDeviation.Should().BeApproximately(ofPosition, 0.05 * ofPosition);
    }

    [Fact]
    public void A_single_point_has_no_angle()
    {
        PlanarPoseEstimate fit = PlanarPoseFit.Fit([0, 0], [7, 8], [0.5f]);
        fit.Pose.Should().Be(new PlanarPose(7, 8, 0));
        fit.PositionDeviation.Should().Be(0.5);
        fit.AngleDeviation.Should().Be(double.PositiveInfinity);
        Action wrong = () => PlanarPoseFit.Fit([0, 0], [7, 8], [0]);
        wrong.Should().Throw<ArgumentException>().WithMessage("*point 0*positive*");
    }

    [Fact]
    public void The_filter_halves_the_noise_of_a_body_that_glides()
    {
        var filter = new PlanarPoseFilter(new PlanarPoseFilterOptions { Acceleration = 20, AngularAcceleration = 0.5 });
        var random = new Random(3);
        double raw = 0, filtered = 0;
        for (int step = 0; step < 200; step++)
        {
            PlanarPose truth = new(10 + (3 * step), 300 - step, 6 + (0.05 * step));
            PlanarPose seen = new(truth.X + Noise(4), truth.Y + Noise(4), Math.IEEERemainder(truth.Angle + Noise(0.1), Math.Tau));
            PlanarPoseEstimate estimate = filter.Update(new PlanarPoseEstimate(seen, 4, 0.1));
            filter.Rejected.Should().BeFalse("wrapped angles are no outliers");
            if (step < 30) continue;
            raw += Math.Pow(seen.X - truth.X, 2) + (1600 * Math.Pow(Math.IEEERemainder(seen.Angle - truth.Angle, Math.Tau), 2));
            filtered += Math.Pow(estimate.Pose.X - truth.X, 2) + (1600 * Math.Pow(Math.IEEERemainder(estimate.Pose.Angle - truth.Angle, Math.Tau), 2));
        }

        Math.Sqrt(filtered).Should().BeLessThan(0.55 * Math.Sqrt(raw));

        double Noise(double size) => size * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
    }

    [Fact]
    public void An_outlier_is_left_out_and_a_body_moved_by_hand_is_found_again()
    {
        var filter = new PlanarPoseFilter(new PlanarPoseFilterOptions { Acceleration = 20, RestartAfter = 3 });
        for (int step = 0; step < 20; step++) filter.Update(At(100, 1));
        PlanarPoseEstimate during = filter.Update(At(300, 1));
        filter.Rejected.Should().BeTrue();
        during.Pose.X.Should().BeApproximately(100, 1);
        filter.Update(At(100, 1)).Pose.X.Should().BeApproximately(100, 1);
        filter.Rejected.Should().BeFalse();
        filter.Update(At(300, 1));
        filter.Update(At(300, 1)).Pose.X.Should().BeApproximately(100, 2, "twice may be a mistake");
        filter.Update(At(300, 1)).Pose.X.Should().BeApproximately(300, 1, "three times is no mistake");
        PlanarPoseEstimate doubtful = filter.Update(At(340, 60));
        filter.Rejected.Should().BeFalse("a doubtful measurement says of itself that it may be far off");
        doubtful.Pose.X.Should().BeApproximately(300, 5);
    }

    [Fact]
    public void While_nothing_fits_doubt_grows()
    {
        var filter = new PlanarPoseFilter(new PlanarPoseFilterOptions { RestartAfter = 10, Acceleration = 20 });
        for (int step = 0; step < 20; step++) filter.Update(At(100, 1));
        double[] deviations = [.. Enumerable.Range(0, 5).Select(_ => filter.Update(At(400, 1)).PositionDeviation)];
        deviations.Should().BeInAscendingOrder();
        new PlanarPoseFilterOptions { Interval = 0, Acceleration = -1, Gate = double.NaN, RestartAfter = 0 }.Problems().Should().HaveCount(4);
        Action infinite = () => filter.Update(At(double.NaN, 1));
        infinite.Should().Throw<ArgumentException>();
    }

    private static PlanarPoseEstimate At(double x, double deviation) => new(new PlanarPose(x, 50, 1), deviation, 0.1);

    private static float[] Seen(PlanarPose pose, double noise, int seed)
    {
        var random = new Random(seed);
        (double sin, double cos) = Math.SinCos(pose.Angle);
        float[] seen = new float[Model.Length];
        for (int i = 0; i < Model.Length; i += 2)
        {
            seen[i] = (float)(pose.X + (cos * Model[i]) - (sin * Model[i + 1]) + Noise());
            seen[i + 1] = (float)(pose.Y + (sin * Model[i]) + (cos * Model[i + 1]) + Noise());
        }

        return seen;

        double Noise() => noise * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
    }
}
