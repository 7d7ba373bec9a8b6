using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation.Tests.CoupledAxes;

public sealed class CoupledAxesTests
{
    private static readonly SeedRange Seeds = new(0, 2000);

    [Fact]
    public void The_expert_succeeds_with_either_sign()
    {
        IReadOnlyList<RolloutResult> episodes = new RolloutRunner(() => new CoupledAxesEnvironment(), new() { Seeds = Seeds, TrajectoriesKept = Seeds.Count }).RunExpert(seed => new CoupledAxesExpert(seed));
        episodes.Count(episode => episode.Success).Should().BeGreaterThanOrEqualTo(1980);
        episodes.Count(episode => episode.Trajectory!.Actions[0][0] > 0).Should().BeInRange(911, 1089); // a fair coin, 4 standard deviations
    }

    [Fact]
    public void Independent_signs_succeed_by_chance()
    {
        using var environment = new CoupledAxesEnvironment();
        int successes = 0;
        foreach (long seed in Seeds)
        {
            double cue = environment.Reset(seed)[CoupledAxesEnvironment.Cue].Span[0];
            (double first, double second) = CoupledAxesEnvironment.SizesFor(cue);

            // The four combinations of signs in turn: exactly what independent fair coins give in the mean.
            successes += environment.Step([(float)(seed % 2 == 0 ? first : -first), (float)(seed / 2 % 2 == 0 ? second : -second)]).Success ? 1 : 0;
        }

        ((double)successes / Seeds.Count).Should().Be(CoupledAxesEnvironment.Chance);
    }

    [Fact]
    public void The_mean_of_both_signs_fails()
    {
        using var environment = new CoupledAxesEnvironment();
        Seeds.Select(seed =>
        {
            environment.Reset(seed);
            return environment.Step([0, 0]);
        }).Should().OnlyContain(result => !result.Success && result.Reward == 0);
    }

    [Fact]
    public void Only_signs_that_agree_and_sizes_within_the_tolerance_succeed()
    {
        using var environment = new CoupledAxesEnvironment();
        double cue = environment.Reset(1)[CoupledAxesEnvironment.Cue].Span[0];
        (double first, double second) = CoupledAxesEnvironment.SizesFor(cue);
        (double, double, double)[] cases = [(1, 1, 1), (-1, -1, 1), (1, -1, 0.5), (-1, 1, 0.5)];
        foreach ((double a, double b, double reward) in cases)
        {
            Act(a * first, b * second).Reward.Should().Be(reward);
            Act(a * (first + 0.19), b * (second - 0.19)).Reward.Should().Be(reward);
            Act(a * (first + 0.21), b * second).Reward.Should().Be(0);
            Act(a * first, b * (second + 0.21)).Reward.Should().Be(0);
        }

        StepResult Act(double a, double b)
        {
            environment.Reset(1);
            return environment.Step([(float)a, (float)b]);
        }
    }

    [Fact]
    public void The_cue_does_not_tell_the_sign_and_the_same_seed_is_the_same_episode()
    {
        double[][] rows = [.. Seeds.Select(Row)];
        double[] cues = [.. rows.Select(row => row[0])], signs = [.. rows.Select(row => (double)Math.Sign(row[1]))];
        double covariance = cues.Zip(signs, (c, s) => (c - 0.5) * s).Average();
        (covariance / Math.Sqrt(1 / 12.0)).Should().BeInRange(-0.09, 0.09); // 4 / sqrt(2000)
        Row(7).Should().Equal(rows[7]);

        static double[] Row(long seed)
        {
            using var environment = new CoupledAxesEnvironment();
            Observation observation = environment.Reset(seed);
            float[] action = new CoupledAxesExpert(seed).Act(observation, environment);
            return [observation[CoupledAxesEnvironment.Cue].Span[0], action[0], action[1]];
        }
    }

    [Fact]
    public void An_episode_is_one_decision()
    {
        using var environment = new CoupledAxesEnvironment();
        environment.Invoking(e => e.Step([0, 0])).Should().Throw<InvalidOperationException>();
        environment.Reset(0);
        environment.Invoking(e => e.Step([0])).Should().Throw<ArgumentException>().WithMessage("*2 values*1*");
        environment.Step([0, 0]).Terminated.Should().BeTrue();
        environment.Invoking(e => e.Step([0, 0])).Should().Throw<InvalidOperationException>();
    }
}
