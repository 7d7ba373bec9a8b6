using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Core.Tests.Evaluation;

public sealed class PairedComparisonTests
{
    [Theory]
    // Binomial tails by hand: 2 * sum over k <= min of C(n, k) / 2^n.
    [InlineData(0, 0, 1.0)]
    [InlineData(1, 9, 2 * 11 / 1024.0)]
    [InlineData(0, 6, 2 / 64.0)]
    [InlineData(5, 5, 1.0)]
    public void McNemars_p_is_exact(int onlyControl, int onlyTreatment, double p)
    {
        PairedComparison comparison = Compare(onlyControl, onlyTreatment, both: 20, neither: 10);
        comparison.McNemarP.Should().BeApproximately(p, 1e-12);
        (comparison.OnlyControl, comparison.OnlyTreatment, comparison.Episodes).Should().Be((onlyControl, onlyTreatment, onlyControl + onlyTreatment + 30));
        comparison.SuccessGain.Should().BeApproximately((onlyTreatment - onlyControl) / (double)comparison.Episodes, 1e-12);
    }

    [Fact]
    public void The_bootstrap_interval_holds_the_true_gain_about_95_times_in_100()
    {
        var random = new Random(1);
        int inside = 0;
        for (int repetition = 0; repetition < 100; repetition++)
        {
            RolloutResult[] control = [.. Enumerable.Range(0, 40).Select(seed => new RolloutResult(seed, random.NextDouble(), false, 10))];
            RolloutResult[] treatment = [.. control.Select(episode => episode with { Score = episode.Score + (0.2 * random.NextDouble()) })];
            PairedComparison comparison = PairedComparison.Of(new("a", control), new("b", treatment));
            if (comparison.ScoreGainLow <= 0.1 && 0.1 <= comparison.ScoreGainHigh) inside++;
        }

        inside.Should().BeInRange(88, 100);
    }

    [Fact]
    public void Pairing_sees_what_two_separate_means_hide()
    {
        RolloutResult[] control = [.. Enumerable.Range(0, 50).Select(seed => new RolloutResult(seed, seed / 50.0, false, 10))];
        RolloutResult[] treatment = [.. control.Reverse().Select(episode => episode with { Score = episode.Score + 0.02 })];
        PairedComparison comparison = PairedComparison.Of(new("a", control), new("b", treatment));
        comparison.ScoreGain.Should().BeApproximately(0.02, 1e-12);
        comparison.ScoreGainLow.Should().BeApproximately(0.02, 1e-9);
        new EvaluationReport("a", control).Score.StandardError.Should().BeGreaterThan(0.03);
    }

    [Fact]
    public void Other_seeds_are_refused_by_name() =>
        FluentActions.Invoking(() => PairedComparison.Of(new("a", [new(1, 0, false, 1), new(2, 0, false, 1)]), new("b", [new(2, 0, false, 1), new(9, 0, false, 1)])))
            .Should().Throw<ArgumentException>().WithMessage("*2 were played by one only (1, 9)*");

    [Fact]
    public void Advice_on_how_many_episodes_it_takes()
    {
        PairedComparison.MinimumEpisodes(0.5, 0.6).Should().BeInRange(370, 400);
        PairedComparison.MinimumEpisodes(0.5, 0.9).Should().BeLessThan(25);
        PairedComparison.MinimumEpisodes(0.9, 0.95, power: 0.9).Should().BeGreaterThan(PairedComparison.MinimumEpisodes(0.9, 0.95));
        FluentActions.Invoking(() => PairedComparison.MinimumEpisodes(0.5, 0.5)).Should().Throw<ArgumentException>();
    }

    private static PairedComparison Compare(int onlyControl, int onlyTreatment, int both, int neither)
    {
        (bool Control, bool Treatment)[] outcomes =
        [
            .. Enumerable.Repeat((true, false), onlyControl), .. Enumerable.Repeat((false, true), onlyTreatment),
            .. Enumerable.Repeat((true, true), both), .. Enumerable.Repeat((false, false), neither),
        ];
        return PairedComparison.Of(
            new("control", [.. outcomes.Select((o, seed) => new RolloutResult(seed, o.Control ? 1 : 0, o.Control, 10))]),
            new("treatment", [.. outcomes.Select((o, seed) => new RolloutResult(seed, o.Treatment ? 1 : 0, o.Treatment, 10))]));
    }
}
