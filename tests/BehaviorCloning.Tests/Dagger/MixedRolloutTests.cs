using BehaviorCloning.Dagger;
using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Tests.Dagger;

public sealed class MixedRolloutTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    public void A_perfect_learner_changes_nothing(int prediction, int execution)
    {
        MixedEpisode alone = Play(1, null, seed: 3);
        foreach (double beta in new[] { 0, 0.3, 0.7 })
        {
            MixedEpisode mixed = Play(beta, new PerfectLearner(prediction, execution), seed: 3);
            mixed.Steps.Should().HaveCount(alone.Steps.Count);
            for (int t = 0; t < alone.Steps.Count; t++)
            {
                mixed.Steps[t].Label[0].Should().BeApproximately(alone.Steps[t].Label[0], 1e-6f);
                mixed.Steps[t].Executed[0].Should().BeApproximately(mixed.Steps[t].Label[0], 1e-6f);
                mixed.Steps[t].Observation["position"].Span[0].Should().BeApproximately(alone.Steps[t].Observation["position"].Span[0], 1e-6f);
            }
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.85)]
    public void The_experts_share_of_the_steps_matches_beta_within_its_interval(double beta)
    {
        int inside = 0;
        for (int repetition = 0; repetition < 40; repetition++)
        {
            int byExpert = 0, steps = 0;
            for (int episode = 0; episode < 20; episode++)
            {
                MixedEpisode played = Play(beta, new PerfectLearner(4, 2), seed: episode, random: (repetition * 100) + episode);
                steps += played.Steps.Count;
                byExpert += played.Steps.Count(step => step.ByExpert);
            }

            var share = new WilsonInterval(byExpert, steps);
            if (share.Low <= beta && beta <= share.High) inside++;
        }

        // 95 % intervals: 38 of 40 in the mean; 33 or fewer once in 3000 times, and these are drawn once for all.
        inside.Should().BeGreaterThan(33);
    }

    [Fact]
    public void A_chunk_keeps_its_clock_while_the_expert_drives()
    {
        var learner = new CountingLearner();
        MixedEpisode episode = Play(0.4, learner, seed: 3);
        int start = -1;
        for (int t = 0; t < episode.Steps.Count; t++)
        {
            // A new chunk begins where the learner drives and none is running: its index then grows with every step, whoever drives.
            if (start >= 0 && t - start >= 3) start = -1;
            if (start < 0 && !episode.Steps[t].ByExpert) start = t;
            if (!episode.Steps[t].ByExpert) episode.Steps[t].Executed[0].Should().Be((t - start) / 1000f);
        }

        episode.Steps.Count(step => step.ByExpert).Should().BeInRange(1, 11);
    }

    [Fact]
    public void Who_drives_a_stretch_drives_all_of_it()
    {
        List<bool> drivers = [];
        for (int random = 0; random < 8; random++)
        {
            bool[] byExpert = [.. Play(0.5, new PerfectLearner(4, 2), seed: 3, random, stretch: 4).Steps.Select(step => step.ByExpert)];
            for (int t = 0; t < byExpert.Length; t++) byExpert[t].Should().Be(byExpert[t / 4 * 4]);
            drivers.AddRange(byExpert);
        }

        drivers.Distinct().Should().HaveCount(2);
    }

    [Fact]
    public void The_same_seeds_give_the_same_episode_and_others_another()
    {
        Play(0.5, new CountingLearner(), 3, random: 8).Steps.Select(s => s.ByExpert).Should().Equal(Play(0.5, new CountingLearner(), 3, random: 8).Steps.Select(s => s.ByExpert));
        Play(0.5, new CountingLearner(), 3, random: 9).Steps.Select(s => s.ByExpert).Should().NotEqual(Play(0.5, new CountingLearner(), 3, random: 8).Steps.Select(s => s.ByExpert));
    }

    [Fact]
    public void Schedules_say_the_published_numbers()
    {
        Enumerable.Range(0, 4).Select(BetaSchedule.FirstRoundOnly.At).Should().Equal(1, 0, 0, 0);
        Enumerable.Range(0, 4).Select(BetaSchedule.Exponential(0.5).At).Should().Equal(1, 0.5, 0.25, 0.125);
        Enumerable.Range(0, 17).Select(BetaSchedule.Linear(15).At).Should().StartWith(new[] { 1, 14 / 15.0, 13 / 15.0 }).And.EndWith(new[] { 1 / 15.0, 0.0, 0.0 });
        FluentActions.Invoking(() => BetaSchedule.Of("mine", _ => 1.5).At(2)).Should().Throw<InvalidOperationException>().WithMessage("*'mine'*1.5*round 2*");
    }

    private static MixedEpisode Play(double beta, IPolicy? learner, long seed, long random = 1, int stretch = 1) =>
        MixedRollout.Play(new LineWorld(), new LineExpert(), learner, beta, seed, random, stretch: stretch);

    // Its actions are the chunk index in thousandths.
    private sealed class CountingLearner : IPolicy
    {
        public ObservationSpec Observations { get; } = new LineWorld().Observations;

        public ActionSpec Actions { get; } = new LineWorld().Actions;

        public Horizons Horizons { get; } = new() { Prediction = 4, Execution = 3 };

        public ActionChunk Predict(ObservationHistory history) => new([0, 0.001f, 0.002f, 0.003f], 1);
    }
}
