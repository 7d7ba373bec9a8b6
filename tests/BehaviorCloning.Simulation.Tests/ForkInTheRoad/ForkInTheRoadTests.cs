using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.ForkInTheRoad;

public sealed class ForkInTheRoadTests
{
    private static readonly SeedRange Seeds = new(0, 1000);

    [Fact]
    public void The_expert_arrives_on_both_ways_equally_often()
    {
        RolloutResult[] episodes = Play(new(), seed => new() { Seed = seed });
        episodes.Count(episode => episode.Success).Should().BeGreaterThanOrEqualTo(990);
        int left = episodes.Count(episode => Taken(episode) == Way.Left);

        // A fair coin, 1000 times: 500 within 4 standard deviations of 15.8.
        left.Should().BeInRange(437, 563);
        episodes.Where(episode => Taken(episode) is not null).Should().HaveCount(1000);
        episodes.Should().AllSatisfy(episode => Taken(episode).Should().Be(new ForkInTheRoadExpert(new() { Seed = episode.Seed }).Way));
    }

    [Fact]
    public void The_start_does_not_tell_the_way()
    {
        double[] starts = [.. Seeds.Select(Start)];
        double[] ways = [.. Seeds.Select(seed => new ForkInTheRoadExpert(new() { Seed = seed }).Way == Way.Left ? 1.0 : -1.0)];

        // Independent: the correlation of 1000 pairs lies within 4 / sqrt(1000) of 0.
        double covariance = starts.Zip(ways, (y, way) => y * way).Average() - (starts.Average() * ways.Average());
        (covariance / Math.Sqrt(Variance(starts) * Variance(ways))).Should().BeInRange(-0.127, 0.127);
        starts.Should().OnlyContain(y => Math.Abs(y) <= ForkInTheRoadEnvironment.StartWidth);
    }

    [Fact]
    public void The_mean_of_both_ways_drives_into_the_obstacle()
    {
        using var environment = new ForkInTheRoadEnvironment();
        Observation observation = environment.Reset(5);
        ForkInTheRoadExpert left = ExpertOf(Way.Left), right = ExpertOf(Way.Right);
        StepResult result;
        do
        {
            float[] a = left.Act(observation, environment), b = right.Act(observation, environment);
            result = environment.Step([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
            observation = result.Observation;
        }
        while (!result.Terminated);
        result.Success.Should().BeFalse();
        observation[ForkInTheRoadEnvironment.Position].Span[0].Should().BeInRange(0.15f, 0.25f, "it ends at the obstacle");
    }

    [Fact]
    public void The_same_seed_is_the_same_episode_and_another_is_not()
    {
        ForkInTheRoadOptions windy = new() { Wind = 0.01 };
        float[][] first = Positions(windy, 3), second = Positions(windy, 3), other = Positions(windy, 4);
        second.Should().BeEquivalentTo(first, options => options.WithStrictOrdering());
        other[0].Should().NotEqual(first[0]);
    }

    [Fact]
    public void The_mirror_image_of_an_episode_is_an_episode()
    {
        InMemoryEpisodes demonstrations = Demonstrations.Play(new ForkInTheRoadEnvironment(), seed => new ForkInTheRoadExpert(new() { Seed = seed, Ways = ForkInTheRoadWays.Left }), 5);
        var both = new SymmetricEpisodes(demonstrations, ForkInTheRoadEnvironment.Mirror);
        Episode left = both.ReadEpisode(2), right = both.ReadEpisode(7);
        ReadOnlySpan<float> l = left.Feature(ForkInTheRoadEnvironment.Position).Span, r = right.Feature(ForkInTheRoadEnvironment.Position).Span;
        ReadOnlySpan<float> ra = right.Actions.Span;
        for (int i = 0; i < left.Length; i++)
        {
            r[2 * i].Should().BeApproximately(l[2 * i], 1e-6f);
            r[(2 * i) + 1].Should().BeApproximately(-l[(2 * i) + 1], 1e-6f);

            // What the mirrored actions do is what is observed next.
            if (i + 1 == left.Length) continue;
            r[2 * (i + 1)].Should().BeApproximately(r[2 * i] + ra[2 * i], 1e-6f);
            r[(2 * (i + 1)) + 1].Should().BeApproximately(r[(2 * i) + 1] + ra[(2 * i) + 1], 1e-6f);
        }
    }

    [Fact]
    public void A_long_step_does_not_jump_over_anything()
    {
        using var environment = new ForkInTheRoadEnvironment();
        environment.Reset(0);
        StepResult result = environment.Step([10, 0]);
        result.Observation[ForkInTheRoadEnvironment.Position].Span[0].Should().BeApproximately((float)ForkInTheRoadEnvironment.LongestStep, 1e-6f, "it was cut");
        while (!result.Terminated) result = environment.Step([10, 0]);
        result.Success.Should().BeFalse();
        environment.Invoking(e => e.Step([0, 0])).Should().Throw<InvalidOperationException>().WithMessage("*reset*");
    }

    [Fact]
    public void Wind_is_what_the_expert_corrects_and_an_open_loop_does_not()
    {
        ForkInTheRoadOptions windy = new() { Wind = 0.01 };
        Play(windy, seed => new() { Seed = seed }).Count(episode => episode.Success).Should().BeGreaterThanOrEqualTo(980);

        // The calm expert's actions, replayed without looking.
        InMemoryEpisodes calm = Demonstrations.Play(new ForkInTheRoadEnvironment(), seed => new ForkInTheRoadExpert(new() { Seed = seed }), 200);
        using var environment = new ForkInTheRoadEnvironment(windy);
        int blind = Enumerable.Range(0, 200).Count(seed =>
        {
            environment.Reset(seed);
            return calm.ReadEpisode(seed).Actions.ToArray().Chunk(2).Select(action => environment.Step(action)).TakeWhileInclusive(result => !result.Terminated).Last().Success;
        });
        blind.Should().BeLessThan(160);
    }

    [Theory]
    [InlineData(ForkInTheRoadCorruption.WrongGoal)]
    [InlineData(ForkInTheRoadCorruption.RandomWalk)]
    public void Corrupted_demonstrations_come_in_the_share_asked_for_and_do_not_arrive(ForkInTheRoadCorruption corruption)
    {
        RolloutResult[] episodes = Play(new(), seed => new() { Seed = seed, CorruptedShare = 0.2, Corruption = corruption });
        RolloutResult[] corrupted = [.. episodes.Where(episode => new ForkInTheRoadExpert(new() { Seed = episode.Seed, CorruptedShare = 0.2 }).IsCorrupted)];
        corrupted.Length.Should().BeInRange(150, 250); // 200, 4 standard deviations of 12.6
        corrupted.Count(episode => episode.Success).Should().BeLessThan(corrupted.Length / 20);
        episodes.Except(corrupted).Count(episode => episode.Success).Should().Be(episodes.Length - corrupted.Length);
    }

    [Fact]
    public void A_pause_shows_nothing_of_its_length()
    {
        InMemoryEpisodes demonstrations = Demonstrations.Play(new ForkInTheRoadEnvironment(), seed => new ForkInTheRoadExpert(new() { Seed = seed, LongestPause = 10 }), 300);
        int[] pauses = [.. Enumerable.Range(0, 300).Select(i => demonstrations.ReadEpisode(i).Actions.ToArray().Chunk(2).TakeWhile(action => action[0] == 0 && action[1] == 0).Count())];
        pauses.Distinct().Order().Should().Equal(Enumerable.Range(0, 11));
        pauses.Average().Should().BeApproximately(5, 4 * Math.Sqrt(10 / 300.0));
    }

    [Fact]
    public void Faulty_options_are_listed_at_once()
    {
        FluentActions.Invoking(() => new ForkInTheRoadEnvironment(new() { Wind = -1, StepLimit = 0 })).Should().Throw<ArgumentException>().WithMessage("*wind*limit*");
        FluentActions.Invoking(() => new ForkInTheRoadExpert(new() { Seed = -1, Speed = 0.2, LongestPause = -1, CorruptedShare = 2 })).Should().Throw<ArgumentException>().WithMessage("*seed*speed*pause*share*");
        using var environment = new ForkInTheRoadEnvironment();
        using var another = new CoupledAxesEnvironment();
        new ForkInTheRoadExpert().Invoking(expert => expert.Act(another.Reset(0), another)).Should().Throw<ArgumentException>().WithMessage("*ForkInTheRoadEnvironment*CoupledAxes*");
        environment.Reset(0);
        environment.Invoking(e => e.Step([float.NaN, 0])).Should().Throw<ArgumentException>().WithMessage("*not finite*");
    }

    [Fact]
    public void An_episode_can_be_drawn()
    {
        RolloutResult episode = Play(new(), seed => new() { Seed = seed }).First();
        RolloutSvg.Draw(ForkInTheRoadDrawing.Create(), episode.Trajectory!).Should().StartWith("<svg");
    }

    private static RolloutResult[] Play(ForkInTheRoadOptions options, Func<long, ForkInTheRoadExpertOptions> expert) =>
        [.. new RolloutRunner(() => new ForkInTheRoadEnvironment(options), new() { Seeds = Seeds, TrajectoriesKept = Seeds.Count }).RunExpert(seed => new ForkInTheRoadExpert(expert(seed)))];

    private static Way? Taken(RolloutResult episode) => ForkInTheRoadEnvironment.WayOf(episode.Trajectory!.Observations);

    private static ForkInTheRoadExpert ExpertOf(Way way) => Enumerable.Range(0, 50).Select(seed => new ForkInTheRoadExpert(new() { Seed = seed })).First(expert => expert.Way == way);

    private static double Start(long seed)
    {
        using var environment = new ForkInTheRoadEnvironment();
        return environment.Reset(seed)[ForkInTheRoadEnvironment.Position].Span[1];
    }

    private static float[][] Positions(ForkInTheRoadOptions options, long seed)
    {
        using var environment = new ForkInTheRoadEnvironment(options);
        return [.. Demonstrations.Play(environment, s => new ForkInTheRoadExpert(new() { Seed = s }), 1, seed, actionNoise: 0.01).ReadEpisode(0).Feature(ForkInTheRoadEnvironment.Position).ToArray().Chunk(2)];
    }

    private static double Variance(double[] values) => values.Average(value => value * value) - Math.Pow(values.Average(), 2);
}

file static class Sequences
{
    public static IEnumerable<T> TakeWhileInclusive<T>(this IEnumerable<T> values, Func<T, bool> goesOn)
    {
        foreach (T value in values)
        {
            yield return value;
            if (!goesOn(value)) yield break;
        }
    }
}
