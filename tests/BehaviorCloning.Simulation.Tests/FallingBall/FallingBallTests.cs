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
        Play(_ => new Hand(observation => (float)((40 * observation["ball"].Span[0]) - (11 * observation["cart"].Span[1])) / 6)).Count(episode => episode.Success).Should().BeLessThan(60, "of 300");

    [Fact]
    public void A_plan_made_three_tenths_of_a_second_ago_catches_fewer()
    {
        // The expert acts on what it saw six steps ago.
        int late = Play(seed => new LateExpert(new FallingBallExpert(seed), 6)).Count(episode => episode.Success);
        late.Should().BeLessThan(240, "of 300");
    }

    [Fact]
    public void The_same_seed_gives_the_same_episode()
    {
        IEnumerable<float> Fall()
        {
            using var environment = new FallingBallEnvironment();
            environment.Reset(5);
            return [.. Enumerable.Range(0, 32).Select(_ => environment.Step([0.5f]).Observation["ball"].Span[0])];
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

/// <summary>An expert that acts on what it saw some steps ago.</summary>
internal sealed class LateExpert(IExpert expert, int steps) : IExpert
{
    private readonly Queue<Observation> seen = new();

    public float[] Act(Observation observation, IEnvironment environment)
    {
        seen.Enqueue(observation);
        return expert.Act(seen.Count > steps ? seen.Dequeue() : seen.Peek(), environment);
    }
}
