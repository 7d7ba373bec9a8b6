using BehaviorCloning.Dagger;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;

namespace BehaviorCloning.Tests.Dagger;

/// <summary>Experts that fail.</summary>
public sealed class LabelingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> BadExperts => new()
    {
        { "throws", "*threw InvalidOperationException: no idea*asked 2 times*" },
        { "nan", "*action is NaN in dimension 0*asked 2 times*" },
        { "dimension", "*has 2 values, 'velocity' takes 1*" },
        { "null", "*answered null*" },
        { "never", "*did not answer within 0.05 s*" },
    };

    [Theory]
    [MemberData(nameof(BadExperts))]
    public void An_expert_that_fails_ends_the_round_with_its_reason_and_what_was_labeled_is_kept(string kind, string message)
    {
        using var forever = new ManualResetEventSlim();
        DaggerLoop loop = Loop(() => new ScriptedExpert((asked, observation) => asked < 3 ? Good(observation) : Bad(kind, forever)), TimeSpan.FromSeconds(kind == "never" ? 0.05 : 20));
        FluentActions.Invoking(() => loop.Run()).Should().Throw<LabelingFailedException>().WithMessage(message).WithMessage("*Round 0*broke off 2 episodes in a row*6 labels*stored*");
        using (EpisodeStore store = EpisodeStore.Open(loop.DataFolder(0)!))
        {
            store.EpisodeCount.Should().Be(2);
            store.ReadEpisode(0).Length.Should().Be(3);
            store.ReadEpisode(0).Annotation(RoundStore.BrokenOff)!.Value.ToArray().Should().Equal(1, 1, 1);
        }

        // A repaired expert goes on behind them.
        DaggerRound round = Loop(() => new LineExpert(), TimeSpan.FromSeconds(20)).Run().Rounds[0];
        round.Labels.Should().Be(3 + 3 + (2 * 12));
        forever.Set();
    }

    public static TheoryData<float[][]?, string> BadPlans => new()
    {
        { null, "*plan is null*" },
        { [], "*planned 0 actions, asked for were 1 to 2*" },
        { [[0], [0], [0]], "*planned 3 actions*" },
        { [[0], [float.NaN]], "*action is NaN in dimension 0*" },
        { [[0], [1, 2]], "*has 2 values, 'velocity' takes 1*" },
    };

    [Theory]
    [MemberData(nameof(BadPlans))]
    public void A_plan_that_is_none_is_a_failure_like_any_other(float[][]? plan, string message)
    {
        var loop = new DaggerLoop(folder.Path, () => new LineWorld(), _ => new PlanningLineExpert(_ => plan!), Options(null) with { LabelsPlans = true }, accelerator: Accelerator.Cpu(1));
        FluentActions.Invoking(() => loop.Run()).Should().Throw<LabelingFailedException>().WithMessage(message);
    }

    [Fact]
    public void An_expert_that_fails_once_is_asked_again()
    {
        int failures = 0;
        DaggerLoop loop = Loop(() => new ScriptedExpert((asked, observation) => asked == 4 && ++failures > 0 ? throw new IOException("line dropped") : Good(observation)), null);
        DaggerRound round = loop.Run().Rounds[0];
        round.BrokenOff.Should().Be(0);
        round.Labels.Should().Be(48);
        failures.Should().Be(8, "once in every episode of both rounds");
    }

    [Fact]
    public void One_broken_episode_does_not_end_a_round()
    {
        int made = -1;
        DaggerLoop loop = Loop(
            () =>
            {
                int own = Interlocked.Increment(ref made);
                return new ScriptedExpert((asked, observation) => own == 1 && asked >= 5 ? throw new IOException("gone") : Good(observation));
            },
            null);
        DaggerRound round = loop.Run().Rounds[0];
        round.BrokenOff.Should().Be(1);
        round.Labels.Should().Be(5 + (3 * 12));
    }

    [Fact]
    public void An_empty_round_says_so()
    {
        var options = Options(null) with { EpisodesPerRound = 2, Labeling = new() { TimeLimit = null, FailedEpisodesInARow = 5 } };
        var loop = new DaggerLoop(folder.Path, () => new LineWorld(), _ => new ScriptedExpert((_, _) => throw new IOException("nobody there")), options, accelerator: Accelerator.Cpu(1));
        FluentActions.Invoking(() => loop.Run()).Should().Throw<LabelingFailedException>().WithMessage("*Round 0 is empty*nobody there*");
    }

    [Fact]
    public void A_world_whose_episodes_have_no_step_gives_an_empty_round()
    {
        var loop = new DaggerLoop(folder.Path, () => new LineWorld(steps: 0), _ => new LineExpert(), Options(null), accelerator: Accelerator.Cpu(1));
        FluentActions.Invoking(() => loop.Run()).Should().Throw<LabelingFailedException>().WithMessage("*Round 0 is empty*");
    }

    private static float[] Good(Observation observation) => [-0.2f * observation["position"].Span[0]];

    private static float[] Bad(string kind, ManualResetEventSlim forever)
    {
        switch (kind)
        {
            case "throws": throw new InvalidOperationException("no idea");
            case "nan": return [float.NaN];
            case "dimension": return [1, 2];
            case "null": return null!;
            default:
                forever.Wait();
                return [0];
        }
    }

    private DaggerLoop Loop(Func<IExpert> expert, TimeSpan? limit) => new(folder.Path, () => new LineWorld(), _ => expert(), Options(limit), accelerator: Accelerator.Cpu(1));

    private static DaggerOptions Options(TimeSpan? limit) => DaggerTestOptions.Quick with
    {
        Rounds = 2, EpisodesPerRound = 4, Parallelism = 1, Labeling = new() { TimeLimit = limit, FailedEpisodesInARow = 2 },
    };
}
