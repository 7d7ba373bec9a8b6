using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.Pendulum;

public sealed class PendulumEnvironmentTests
{
    [SkippableTheory]
    [InlineData("sb2_expert/expert_pendulum.npz", PendulumVersion.Gym)]
    [InlineData("imitation_expert/pendulum_rollouts.npz", PendulumVersion.Gym)]
    [InlineData("imitation_expert/pendulum_rollouts.npz", PendulumVersion.Gymnasium)]
    public void Every_recorded_transition_is_met(string file, PendulumVersion version) => WorstError(file, version).Should().BeLessThan(1e-6);

    [SkippableFact]
    public void The_versions_differ_where_the_speed_is_limited() =>
        WorstError("sb2_expert/expert_pendulum.npz", PendulumVersion.Gymnasium).Should().BeGreaterThan(1e-2);

    [Fact]
    public void The_expert_swings_up_and_holds_from_200_states()
    {
        var runner = new RolloutRunner(() => new PendulumEnvironment(), new RolloutOptions { Seeds = new SeedRange(0, 200), TrajectoriesKept = 200 });
        IReadOnlyList<RolloutResult> episodes = runner.RunExpert(_ => new PendulumExpert());
        episodes.Count(episode => episode.Success).Should().BeGreaterThanOrEqualTo(198);
        episodes.Average(episode => episode.Trajectory!.Rewards.Sum()).Should().BeGreaterThan(-250, "good experts reach about -150");
    }

    [Fact]
    public void Without_torque_it_does_not_stand()
    {
        using var environment = new PendulumEnvironment();
        environment.Reset(3);
        Enumerable.Range(0, 200).Select(_ => environment.Step([0]).Success).Should().NotContain(true);
    }

    [Fact]
    public void The_cost_of_a_pendulum_at_rest_below_is_pi_squared() =>
        new PendulumState(Math.PI, 0).Cost(0).Should().BeApproximately(Math.PI * Math.PI, 1e-12);

    private static double WorstError(string file, PendulumVersion version) => Transitions.WorstError(
        GymRecordings.Pendulum(TestData.Require(file)), PendulumEnvironment.StateFeature, (row, action) =>
        {
            PendulumState next = new PendulumState(Math.Atan2(row[1], row[0]), row[2]).Next(action, version);
            return [Math.Cos(next.Angle), Math.Sin(next.Angle), next.AngularVelocity];
        }).Worst;
}
