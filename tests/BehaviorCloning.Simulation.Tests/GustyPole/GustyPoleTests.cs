using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

public sealed class GustyPoleTests
{
    [Fact]
    public void The_expert_nearly_always_gets_away_to_both_sides()
    {
        IReadOnlyList<RolloutResult> episodes = Play(seed => new GustyPoleExpert(seed), kept: 200);
        episodes.Count(episode => episode.Success).Should().BeGreaterThan(190, "of 200");
        episodes.Count(episode => episode.Trajectory!.Observations[^1]["squall"].Span[0] < 0).Should().BeInRange(70, 130, "both sides are taken");
    }

    [Fact]
    public void Who_stays_is_hit() => Play(_ => new Driver((_, _) => 0)).Count(episode => episode.Success).Should().BeLessThan(10, "of 200");

    [Fact]
    public void Changing_the_side_on_the_way_fails() =>
        Play(seed => Wavering(new GustyPoleExpert(seed), 0.96f)).Count(episode => episode.Success).Should().BeLessThan(20, "of 200");

    [Fact]
    public void Changing_the_side_before_the_start_costs_nothing() =>
        Play(seed => Wavering(new GustyPoleExpert(seed), 1.8f)).Count(episode => episode.Success).Should().BeGreaterThan(190, "of 200");

    [Fact]
    public void A_cart_that_is_jerked_to_and_fro_drops_the_pole()
    {
        IReadOnlyList<RolloutResult> episodes = Play(_ => new Driver((observation, _) => observation["squall"].Span[1] % 1.12f < 0.56f ? 1 : -1));
        episodes.Count(episode => episode.Steps < 52).Should().BeGreaterThan(190, "of 200 fall before the squall");
    }

    [Fact]
    public void The_drive_keeps_the_wanted_speed_with_the_pole_upright()
    {
        using var environment = new GustyPoleEnvironment();
        environment.Reset(1);
        Observation last = environment.Step([0.2f]).Observation;
        for (int i = 0; i < 49; i++) last = environment.Step([0.2f]).Observation;
        last["cart"].Span[0].Should().BeApproximately(0.3f, 0.1f);
        last["pole"].Span[0].Should().BeApproximately(0, 0.05f);
    }

    // Shown the mirrored world, the expert goes to the other side.
    private static Driver Wavering(GustyPoleExpert expert, float until) => new((observation, environment) =>
    {
        ReadOnlySpan<float> squall = observation["squall"].Span;
        return squall[1] > until
            ? expert.Act(observation, environment)[0]
            : -expert.Act(new Observation { ["squall"] = new[] { -squall[0], squall[1] } }, environment)[0];
    });

    private static IReadOnlyList<RolloutResult> Play(Func<long, IExpert> expert, int kept = 0) =>
        new RolloutRunner(() => new GustyPoleEnvironment(), new() { Seeds = new SeedRange(1000, 200), TrajectoriesKept = kept, Parallelism = 2 }).RunExpert(expert);

    private sealed class Driver(Func<Observation, IEnvironment, float> act) : IExpert
    {
        public float[] Act(Observation observation, IEnvironment environment) => [act(observation, environment)];
    }
}
