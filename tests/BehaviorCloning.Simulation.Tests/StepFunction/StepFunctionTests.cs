using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.StepFunction;

public sealed class StepFunctionTests
{
    private static readonly SeedRange Seeds = new(0, 500);

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.05)]
    public void The_expert_succeeds_and_places_lie_around_the_edge(double halfWidth)
    {
        IReadOnlyList<RolloutResult> episodes = new RolloutRunner(() => new StepFunctionEnvironment(halfWidth), new() { Seeds = Seeds, TrajectoriesKept = Seeds.Count }).RunExpert(_ => new StepFunctionExpert());
        episodes.Should().OnlyContain(episode => episode.Success && episode.Score > 1 - 1e-6);
        double[] places = [.. episodes.Select(episode => (double)episode.Trajectory!.Observations[0][StepFunctionEnvironment.Place].Span[0])];
        places.Should().OnlyContain(place => Math.Abs(place - StepFunctionEnvironment.Edge) <= halfWidth);
        places.Average().Should().BeApproximately(StepFunctionEnvironment.Edge, 4 * halfWidth / Math.Sqrt(3 * 500));
    }

    [Fact]
    public void The_mean_of_the_actions_on_both_sides_fails_on_both()
    {
        using var environment = new StepFunctionEnvironment();
        foreach (long seed in Seeds)
        {
            environment.Reset(seed);
            environment.Step([0]).Should().Match<StepResult>(result => !result.Success && result.Reward <= 0.5);
        }
    }

    [Fact]
    public void The_action_jumps_at_the_edge()
    {
        StepFunctionEnvironment.RightAt(Math.BitDecrement(StepFunctionEnvironment.Edge)).Should().BeApproximately(-0.5, 1e-12);
        StepFunctionEnvironment.RightAt(StepFunctionEnvironment.Edge).Should().Be(0.5);
        StepFunctionEnvironment.RightAt(0).Should().BeApproximately(-0.7, 1e-12);
    }

    [Fact]
    public void The_same_seed_is_the_same_place()
    {
        using var environment = new StepFunctionEnvironment();
        float Place(long seed) => environment.Reset(seed)[StepFunctionEnvironment.Place].Span[0];
        Place(3).Should().Be(Place(3)).And.NotBe(Place(4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(double.NaN)]
    public void A_width_outside_the_range_is_refused(double halfWidth) =>
        FluentActions.Invoking(() => new StepFunctionEnvironment(halfWidth)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*half-width*");
}
