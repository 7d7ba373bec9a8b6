using BehaviorCloning.Dagger;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Tests.Dagger;

public sealed class BranchingExpertTests
{
    [Fact]
    public void Its_plan_is_what_the_expert_then_does()
    {
        using var expert = new BranchingExpert(new PendulumExpert(), () => new PendulumEnvironment());
        using var world = new PendulumEnvironment();
        Observation observation = world.Reset(3);
        IReadOnlyList<float[]> plan = expert.Plan(observation, world, 40);
        plan.Should().HaveCount(40);
        foreach (float[] planned in plan)
        {
            float[] done = new PendulumExpert().Act(observation, world);
            done.Should().Equal(planned);
            observation = world.Step(done).Observation;
        }
    }

    [Fact]
    public void It_plans_from_where_a_learner_got_itself_to_and_leaves_the_world_alone()
    {
        using var expert = new BranchingExpert(new CartPoleExpert(), () => new CartPoleEnvironment());
        using CartPoleEnvironment world = new(), alone = new();
        Observation observation = world.Reset(0);
        alone.Reset(0);
        for (int step = 0; step < 6; step++)
        {
            expert.Plan(observation, world, 8)[0].Should().Equal(expert.Act(observation, world));
            observation = world.Step([1]).Observation;
            observation[CartPoleEnvironment.StateFeature].ToArray().Should().Equal(alone.Step([1]).Observation[CartPoleEnvironment.StateFeature].ToArray());
        }
    }

    [Fact]
    public void It_ends_where_the_episode_does()
    {
        using var expert = new BranchingExpert(new ScriptedExpert((_, _) => [1]), () => new CartPoleEnvironment());
        using var world = new CartPoleEnvironment();
        expert.Plan(world.Reset(0), world, 100).Count.Should().BeInRange(5, 20, "a pole that is pushed to one side falls");
    }

    [Fact]
    public void A_world_that_cannot_branch_is_refused() =>
        FluentActions.Invoking(() => new BranchingExpert(new LineExpert(), () => new LineWorld())).Should().Throw<ArgumentException>().WithMessage("*LineWorld*IBranchable*");
}
