using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

public sealed class FallingBallTests
{
    [Fact]
    public void The_expert_catches_nearly_every_ball_in_both_cups()
    {
        IReadOnlyList<RolloutResult> episodes = Play(seed => new FallingBallExpert(seed), kept: 300);
        episodes.Count(episode => episode.Success).Should().BeGreaterThan(285, "of 300");
        int left = episodes.Count(episode => episode.Trajectory!.Observations[^1]["ball"].Span[0] < 0);
        left.Should().BeInRange(110, 190, "both cups are used");
    }

    [Fact]
    public void Waiting_between_the_cups_catches_few() =>
        Play(_ => new Hand(observation => (float)((12 * observation["ball"].Span[0]) - (7 * observation["cart"].Span[1])) / 3)).Count(episode => episode.Success).Should().BeLessThan(60, "of 300");

    [Fact]
    public void Changing_the_cup_in_the_middle_of_the_dash_loses_the_ball() =>
        Play(seed => new Wavering(new FallingBallExpert(seed), height: 0.6f)).Count(episode => episode.Success).Should().BeLessThan(30, "of 300");

    [Fact]
    public void Changing_the_cup_before_the_dash_costs_nothing() =>
        Play(seed => new Wavering(new FallingBallExpert(seed), height: 1.2f)).Count(episode => episode.Success).Should().BeGreaterThan(285, "of 300");

    [Fact]
    public void The_same_seed_gives_the_same_episode()
    {
        IEnumerable<float> Fall()
        {
            using var environment = new FallingBallEnvironment();
            environment.Reset(5);
            return [.. Enumerable.Range(0, 44).Select(_ => environment.Step([0.5f]).Observation["ball"].Span[0])];
        }

        Fall().Should().Equal(Fall());
    }

    internal static IReadOnlyList<RolloutResult> Play(Func<long, IExpert> expert, int kept = 0) =>
        new RolloutRunner(() => new FallingBallEnvironment(), new() { Seeds = new SeedRange(1000, 300), TrajectoriesKept = kept, Parallelism = 2 }).RunExpert(expert);

    private sealed class Hand(Func<Observation, float> act) : IExpert
    {
        public float[] Act(Observation observation, IEnvironment environment) => [Math.Clamp(act(observation), -1, 1)];
    }
}

/// <summary>An expert that takes the other cup from some height on: it is shown the mirrored world.</summary>
internal sealed class Wavering(IExpert expert, float height) : IExpert
{
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ReadOnlySpan<float> cart = observation["cart"].Span, ball = observation["ball"].Span;
        if (ball[1] > height) return expert.Act(observation, environment);
        float[] action = expert.Act(new Observation { ["cart"] = new[] { -cart[0], -cart[1] }, ["ball"] = new[] { -ball[0], ball[1], -ball[2] } }, environment);
        return [-action[0]];
    }
}
