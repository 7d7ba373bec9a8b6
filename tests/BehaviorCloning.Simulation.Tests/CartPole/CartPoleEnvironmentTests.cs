using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.CartPole;

public sealed class CartPoleEnvironmentTests
{
    [SkippableTheory]
    [InlineData("sb2_expert/expert_cartpole.npz", 49_000)]
    [InlineData("imitation_expert/cartpole_rollouts.npz", 26_000)]
    public void Every_recorded_transition_is_met(string file, int atLeast)
    {
        IEpisodeSource recorded = GymRecordings.CartPole(TestData.Require(file));
        (double worst, int count) = Transitions.WorstError(recorded, CartPoleEnvironment.StateFeature, (row, action) =>
        {
            CartPoleState next = new CartPoleState(row[0], row[1], row[2], row[3]).Next(action >= 0.5f);
            return [next.Position, next.Velocity, next.Angle, next.AngularVelocity];
        });
        count.Should().BeGreaterThan(atLeast);
        worst.Should().BeLessThan(1e-6);
    }

    [Fact]
    public void The_other_push_is_noticed()
    {
        var state = new CartPoleState(0, 0, 0.01, 0);
        state.Next(true).Velocity.Should().NotBeApproximately(state.Next(false).Velocity, 1e-3);
    }

    [Fact]
    public void The_regulator_keeps_the_pole_up_for_500_steps_from_200_states()
    {
        var runner = new RolloutRunner(() => new CartPoleEnvironment(), new RolloutOptions { Seeds = new SeedRange(0, 200) });
        runner.RunExpert(_ => new CartPoleExpert()).Should().OnlyContain(episode => episode.Success && episode.Steps == 500 && episode.Score == 1);
    }

    [Fact]
    public void Doing_nothing_clever_drops_it()
    {
        using var environment = new CartPoleEnvironment();
        environment.Reset(0);
        StepResult result = default;
        int steps = 0;
        for (; steps < 500 && !result.Terminated; steps++) result = environment.Step([1]);
        result.Success.Should().BeFalse();
        steps.Should().BeLessThan(20);
    }

    [Fact]
    public void An_episode_starts_in_the_state_that_was_observed()
    {
        using var environment = new CartPoleEnvironment();
        Observation wanted = new() { [CartPoleEnvironment.StateFeature] = new[] { 0.1f, -0.2f, 0.05f, 0.3f } };
        environment.ResetToObserved(wanted)[CartPoleEnvironment.StateFeature].ToArray().Should().Equal(wanted[CartPoleEnvironment.StateFeature].ToArray());
    }

    [Fact]
    public void Bad_actions_and_steps_before_a_reset_are_refused()
    {
        using var environment = new CartPoleEnvironment();
        FluentActions.Invoking(() => environment.Step([1])).Should().Throw<InvalidOperationException>().WithMessage("*Reset*");
        environment.Reset(0);
        FluentActions.Invoking(() => environment.Step([1, 2])).Should().Throw<ArgumentException>().WithMessage("*1 value; got 2*");
        FluentActions.Invoking(() => environment.Step([float.NaN])).Should().Throw<ArgumentException>().WithMessage("*NaN*");
    }
}
