namespace BehaviorCloning.Simulation.Tests;

/// <summary>A world that goes on from where another is.</summary>
public sealed class BranchingTests
{
    [Fact]
    public void A_cart_pole_goes_on_exactly_as_the_other_does() => GoesOnAlike(new CartPoleEnvironment(), new CartPoleEnvironment(), step => [step % 3 == 0 ? 1 : 0], before: 7, after: 12, tolerance: 0);

    [Fact]
    public void A_pendulum_goes_on_exactly_as_the_other_does_and_is_solved_in_the_same_step() =>
        GoesOnAlike(new PendulumEnvironment(), new PendulumEnvironment(), step => [MathF.Sin(step)], before: 40, after: 160, tolerance: 0);

    [Fact]
    public void Push_T_goes_on_alike_in_the_middle_of_a_push()
    {
        using var environment = new PushTEnvironment();
        using var expert = new PushTExpert();
        Observation observation = environment.Reset(3);
        PushTPose before = environment.State.Block;
        int moving = 0;
        while (moving < 3)
        {
            observation = environment.Step(expert.Act(observation, environment)).Observation;
            moving = environment.State.Block == before ? 0 : moving + 1;
            before = environment.State.Block;
        }

        using var imagined = new PushTEnvironment();
        imagined.Reset(8);
        imagined.BranchFrom(environment)[PushTEnvironment.BlockPosition].ToArray().Should().Equal(observation[PushTEnvironment.BlockPosition].ToArray());
        imagined.StepCount.Should().Be(environment.StepCount);
        for (int i = 0; i < 20; i++)
        {
            float[] action = expert.Act(observation, environment);
            observation = environment.Step(action).Observation;
            Observation same = imagined.Step(action).Observation;
            foreach (string name in (string[])[PushTEnvironment.AgentPosition, PushTEnvironment.BlockPosition])
            {
                for (int k = 0; k < 2; k++) same[name].Span[k].Should().BeApproximately(observation[name].Span[k], 0.5f, $"step {i} after the branch");
            }
        }

        environment.State.Block.Should().NotBe(before, "a T that rests would prove nothing");
    }

    [Fact]
    public void What_cannot_be_gone_on_from_is_refused()
    {
        using var pole = new CartPoleEnvironment();
        using var pendulum = new PendulumEnvironment();
        pendulum.Reset(0);
        FluentActions.Invoking(() => pole.BranchFrom(pendulum)).Should().Throw<ArgumentException>().WithMessage("*CartPoleEnvironment only; got PendulumEnvironment*");
        FluentActions.Invoking(() => pole.BranchFrom(new CartPoleEnvironment())).Should().Throw<InvalidOperationException>().WithMessage("*not reset*");
        FluentActions.Invoking(() => new PendulumEnvironment(PendulumVersion.Gym).BranchFrom(pendulum)).Should().Throw<ArgumentException>().WithMessage("*version*");
        using var elsewhere = new PushTEnvironment(new PushTOptions { Goal = new(100, 100, 0) });
        elsewhere.Reset(0);
        FluentActions.Invoking(() => new PushTEnvironment().BranchFrom(elsewhere)).Should().Throw<ArgumentException>().WithMessage("*goal*");
    }

    private static void GoesOnAlike(IBranchable environment, IBranchable imagined, Func<int, float[]> act, int before, int after, float tolerance)
    {
        environment.Reset(5);
        for (int step = 0; step < before; step++) environment.Step(act(step));
        imagined.BranchFrom(environment);
        for (int step = before; step < before + after; step++)
        {
            StepResult real = environment.Step(act(step)), same = imagined.Step(act(step));
            (same.Success, same.Terminated, same.Reward).Should().Be((real.Success, real.Terminated, real.Reward));
            foreach (FeatureSpec feature in environment.Observations)
                real.Observation[feature.Name].ToArray().Zip(same.Observation[feature.Name].ToArray()).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= tolerance);
        }
    }
}
