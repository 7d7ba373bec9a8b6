using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.Driving;

public sealed class DrivingEnvironmentTests
{
    [Fact]
    public void The_expert_comes_around_from_50_places()
    {
        var runner = new RolloutRunner(() => new DrivingEnvironment(), new RolloutOptions { Seeds = new SeedRange(0, 50) });
        IReadOnlyList<RolloutResult> episodes = runner.RunExpert(_ => new DrivingExpert());
        episodes.Should().OnlyContain(episode => episode.Success);
        episodes.Average(episode => episode.Steps).Should().BeInRange(150, 350);
    }

    [Fact]
    public void Without_wind_a_car_goes_where_it_points()
    {
        Sideways(0).Should().BeApproximately(0, 1e-12);
        Math.Abs(Sideways(DrivingEnvironment.StandardGust)).Should().BeGreaterThan(1e-4);
        FluentActions.Invoking(() => new DrivingEnvironment(-1)).Should().Throw<ArgumentOutOfRangeException>();

        static double Sideways(double gust)
        {
            using var environment = new DrivingEnvironment(gust);
            environment.Reset(0);
            (double x, double y, double heading) = environment.Pose;
            environment.Step([0]);
            return ((environment.Pose.Y - y) * Math.Cos(heading)) - ((environment.Pose.X - x) * Math.Sin(heading));
        }
    }

    [Fact]
    public void A_car_that_does_not_steer_leaves_the_road()
    {
        using var environment = new DrivingEnvironment();
        environment.Reset(0);
        StepResult result = default;
        int steps = 0;
        for (; steps < 400 && !result.Terminated; steps++) result = environment.Step([0]);
        result.Success.Should().BeFalse();
        steps.Should().BeLessThan(60);
    }

    [Fact]
    public void Places_are_told_by_their_distance_from_the_middle()
    {
        for (double phi = 0; phi < 6; phi += 0.3)
        {
            (double x, double y) = DrivingTrack.Place(phi);
            (double offset, double heading) = DrivingTrack.At(x, y);
            offset.Should().BeApproximately(0, 1e-9);
            (double left, _) = DrivingTrack.At(x - (0.05 * Math.Sin(heading)), y + (0.05 * Math.Cos(heading)));
            left.Should().BeApproximately(0.05, 0.005);
            (double nextX, double nextY) = DrivingTrack.Place(phi + 1e-5);
            Math.Abs(Math.IEEERemainder(Math.Atan2(nextY - y, nextX - x) - heading, Math.Tau)).Should().BeLessThan(1e-3);
        }
    }
}
