namespace BehaviorCloning.Simulation.Tests.Road;

public sealed class RoadEnvironmentTests
{
    [Fact]
    public void The_expert_pays_nothing()
    {
        using var environment = new RoadEnvironment(new() { Steps = 400 });
        var expert = new RoadExpert();
        Observation observation = environment.Reset(1);
        StepResult result = default;
        for (int t = 0; t < 400; t++) (result, observation) = Step(environment, expert.Act(observation, environment));
        environment.Cost.Should().Be(0);
        result.Success.Should().BeTrue();
        result.Reward.Should().Be(1);
    }

    [Fact]
    public void Whoever_steers_as_on_the_road_stays_in_the_ditch_and_who_turns_firmly_gets_out()
    {
        using var environment = new RoadEnvironment(new() { Steps = 100 });
        Observation observation = environment.Reset(1);
        float right = (float)RoadEnvironment.SteeringFor(observation[RoadEnvironment.Ahead].Span);
        (_, observation) = Step(environment, [right + 0.2f]);
        environment.InDitch.Should().BeTrue();
        for (int t = 0; t < 50; t++)
        {
            (_, observation) = Step(environment, [(float)RoadEnvironment.SteeringFor(observation[RoadEnvironment.Ahead].Span)]);
        }

        environment.Cost.Should().Be(51);
        Step(environment, new RoadExpert().Act(observation, environment));
        environment.InDitch.Should().BeFalse();
        environment.Cost.Should().Be(51);
    }

    [Fact]
    public void The_road_never_asks_for_the_turn_that_leads_out_of_a_ditch()
    {
        using var environment = new RoadEnvironment(new() { Steps = 2000 });
        Observation observation = environment.Reset(4);
        double most = 0;
        for (int t = 0; t < 2000; t++)
        {
            float[] action = new RoadExpert().Act(observation, environment);
            most = Math.Max(most, Math.Abs(action[0]));
            (_, observation) = Step(environment, action);
        }

        most.Should().BeInRange(0.4, 0.5).And.BeLessThan(RoadEnvironment.BackOnRoad - 0.2);
    }

    [Fact]
    public void Faulty_options_are_listed() =>
        FluentActions.Invoking(() => new RoadEnvironment(new() { Steps = 0, Tolerance = -1 })).Should().Throw<ArgumentException>().WithMessage("*Steps 0*Tolerance -1*");

    private static (StepResult Result, Observation Next) Step(RoadEnvironment environment, float[] action)
    {
        StepResult result = environment.Step(action);
        return (result, result.Observation);
    }
}
