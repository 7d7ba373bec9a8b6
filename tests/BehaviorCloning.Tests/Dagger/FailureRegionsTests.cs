using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Tests.Dagger;

public sealed class FailureRegionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Where_it_fails_and_nobody_demonstrated_comes_first()
    {
        // Failures around (5, 0) and (0, 5); demonstrations around (0, 5) and (0, 0).
        var random = new RandomStream(1);
        float[] Near(float x, float y) => [x + (0.2f * (float)random.NextNormal()), y + (0.2f * (float)random.NextNormal())];
        float[][] failures = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? Near(5, 0) : Near(0, 5))];
        float[][] shown = [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? Near(0, 0) : Near(0, 5))];
        FailureRegions found = FailureRegions.Find(failures, shown, count: 2);
        found.Regions.Should().HaveCount(2);
        found.Regions[0].Center[0].Should().BeApproximately(5, 0.2f);
        found.Regions[0].Demonstrations.Should().Be(0);
        found.Regions[0].Failures.Should().Be(20);
        found.Regions[1].Center[1].Should().BeApproximately(5, 0.2f);
        found.Regions[1].Demonstrations.Should().BeInRange(20, 80);
        found.Regions[0].Ratio.Should().BeGreaterThan(20 * found.Regions[1].Ratio);
        for (int i = 0; i < 40; i++) found.RegionOf(i).Should().Be(i % 2);
    }

    [Fact]
    public void Batch_DAgger_starts_demonstrations_where_the_learner_failed_and_says_where()
    {
        DaggerOptions options = new()
        {
            Policy = new PolicyConfig { Horizons = new() { Prediction = 1, Execution = 1 }, Head = new MseHeadConfig { HiddenWidth = 8, Blocks = 1 } },
            Training = DaggerTestOptions.Quick.Training,
            Rounds = 2,
            EpisodesPerRound = 3,
            LabelsPerRound = 60,
            Beta = BetaSchedule.Constant(1),
            Search = new FailureSearch { Seeds = new SeedRange(500, 6), StepsBefore = 4, Regions = 2 },
        };
        var loop = new DaggerLoop(folder.Path, () => new CartPoleEnvironment(), _ => new CartPoleExpert(), options, accelerator: Accelerator.Cpu(1));
        DaggerRound round = loop.Run().Rounds[1];
        round.Regions!.Should().NotBeEmpty().And.BeInDescendingOrder(region => region.Ratio);
        round.ExpertSteps.Should().Be(round.Labels);
        using EpisodeStore store = EpisodeStore.Open(loop.DataFolder(1)!);
        float[] start = store.ReadEpisode(0).Feature(CartPoleEnvironment.StateFeature).Span[..4].ToArray();
        start.Max(Math.Abs).Should().BeGreaterThan(0.05f, "CartPole itself starts within 0.05");
    }

    [Fact]
    public void Starts_are_spread_over_failures_and_fewer_where_demonstrations_are_there_already()
    {
        // 80 failures at 0, where little was demonstrated; 10 far off at 100, where nobody did; 80 at 50, which were demonstrated a lot.
        float[] positions = [.. Enumerable.Repeat(0f, 80), .. Enumerable.Repeat(100f, 10), .. Enumerable.Repeat(50f, 80)];
        float[] demonstrated = [.. Enumerable.Repeat(0f, 10), .. Enumerable.Repeat(50f, 990)];
        FailureRegions found = FailureRegions.Find([.. positions.Select(position => new[] { position })], [.. demonstrated.Select(position => new[] { position })], 3);
        Observation[] starts = FailureSearch.Starts([.. positions.Select(position => new Observation { ["position"] = new[] { position } })], found, new RandomStream(1));
        int Share(float position) => starts.Count(start => start["position"].Span[0] == position);
        starts.Should().HaveCount(170);
        found.Regions[0].Center[0].Should().Be(100, "its ratio is by far the highest");
        Share(100).Should().BeInRange(5, 25, "one far-off failure is not most of the starts");
        Share(0).Should().BeGreaterThan(2 * Share(50));
        Share(50).Should().BePositive();
    }

    [Fact]
    public void A_world_that_cannot_start_where_it_is_told_is_refused_at_once() => FluentActions.Invoking(() => new DaggerLoop(
            folder.Path, () => new LineWorld(), _ => new LineExpert(), DaggerTestOptions.Quick with { Search = new FailureSearch { Seeds = new(5000, 1) } }, accelerator: Accelerator.Cpu(1)))
        .Should().Throw<ArgumentException>().WithMessage("*LineWorld cannot start an episode in a given state*");
}
