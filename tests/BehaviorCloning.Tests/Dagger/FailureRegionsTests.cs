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
    public void A_world_that_cannot_start_where_it_is_told_is_refused_at_once() => FluentActions.Invoking(() => new DaggerLoop(
            folder.Path, () => new LineWorld(), _ => new LineExpert(), DaggerTestOptions.Quick with { Search = new FailureSearch { Seeds = new(5000, 1) } }, accelerator: Accelerator.Cpu(1)))
        .Should().Throw<ArgumentException>().WithMessage("*LineWorld cannot start an episode in a given state*");
}
