using BehaviorCloning.Encoders;

namespace BehaviorCloning.Tests.Encoders;

public sealed class LinearProbeTests
{
    [Theory]
    [InlineData(400, 5)]
    [InlineData(30, 60)]
    public void It_finds_a_straight_line_whichever_are_fewer_features_or_examples(int count, int features)
    {
        // Five directions make all features, so that 30 examples are enough for 60 of them.
        (ProbeExamples training, ProbeExamples validation, ProbeExamples test) = (Linear(1, count, features), Linear(2, 50, features), Linear(3, 50, features));
        LinearProbe probe = LinearProbe.Fit(training, validation);
        probe.Explained(test).Should().OnlyContain(r => r > 0.999);
        probe.Chosen.Should().OnlyContain(ridge => ridge < 1e-3, "there is no noise to be shy of");
    }

    [Fact]
    public void With_more_features_than_examples_it_is_the_same_regression()
    {
        // The formula itself, for 2 examples of 1 feature, mean 2 and deviation 1: w = sum(x y) / (sum(x x) + n ridge) = 2 / (2 + 2 ridge) of the target's deviation.
        var training = new ProbeExamples(2, [1, 3], [10, 20]);
        LinearProbe probe = LinearProbe.Fit(training, training);
        probe.Chosen.Should().Equal(1e-6);
        probe.Predict([3])[0].Should().BeApproximately(15 + (5 / (1 + 1e-6)), 1e-9);
        // A second feature that is the first again: the same fit, by the other decomposition.
        LinearProbe wide = LinearProbe.Fit(new ProbeExamples(2, [1, 1, 1, 3, 3, 3], [10, 20]), new ProbeExamples(2, [1, 1, 1, 3, 3, 3], [10, 20]));
        wide.Predict([3, 3, 3])[0].Should().BeApproximately(15 + (5 / (1 + (1e-6 / 3))), 1e-9);
    }

    [Fact]
    public void Shuffled_targets_give_nothing()
    {
        ProbeExamples training = Linear(1, 400, 30), validation = Linear(2, 100, 30), test = Linear(3, 200, 30);
        float[] shuffled = [.. training.Targets];
        new Random(5).Shuffle(shuffled);
        LinearProbe probe = LinearProbe.Fit(new ProbeExamples(400, training.Features, shuffled), validation);
        probe.Explained(test).Should().OnlyContain(r => r < 0.1);
    }

    [Fact]
    public void A_feature_that_does_not_vary_is_left_out()
    {
        ProbeExamples plain = Linear(1, 100, 3);
        float[] With(ProbeExamples examples, Func<int, float> dead) => [.. Enumerable.Range(0, examples.Count).SelectMany(i => examples.Features.AsSpan(3 * i, 3).ToArray().Append(dead(i)))];
        LinearProbe probe = LinearProbe.Fit(new ProbeExamples(100, With(plain, _ => 7), plain.Targets), new ProbeExamples(100, With(plain, i => 7 + i), plain.Targets));
        probe.Explained(new ProbeExamples(100, With(plain, i => -1000 * i), plain.Targets)).Should().OnlyContain(r => r > 0.999);
    }

    [Fact]
    public void A_pose_is_read_with_its_angle_as_cosine_and_sine()
    {
        // Features that hold the pose exactly, and features that hold the angle itself: across the turn from 359 to 0 degrees no straight line leads.
        (float[] Exact, float[] Angle, float[] Targets) Draw(int seed, int count)
        {
            var random = new Random(seed);
            double[][] poses = [.. Enumerable.Range(0, count).Select(_ => new[] { 512 * random.NextDouble(), 512 * random.NextDouble(), Math.Tau * random.NextDouble() })];
            float[] targets = [.. poses.SelectMany(p => new[] { (float)p[0], (float)p[1], (float)Math.Cos(p[2]), (float)Math.Sin(p[2]) })];
            return ([.. targets.Select(t => 2 * t)], [.. poses.Select(p => (float)p[2])], targets);
        }

        var (exact, angle, targets) = Draw(1, 200);
        var test = Draw(2, 100);
        PoseProbeReport good = PoseProbeReport.Of(new(200, exact, targets), new(200, exact, targets), new(100, test.Exact, test.Targets));
        good.PositionError.Should().BeLessThan(0.01);
        good.AngleError.Should().BeLessThan(1e-4);
        good.PositionExplained.Should().BeGreaterThan(0.9999);
        PoseProbeReport poor = PoseProbeReport.Of(new(200, angle, targets), new(200, angle, targets), new(100, test.Angle, test.Targets));
        poor.PositionExplained.Should().BeLessThan(0.1);
        poor.AngleExplained.Should().BeInRange(0, 0.5);
        poor.PositionError.Should().BeGreaterThan(100);
    }

    [Fact]
    public void Every_fault_is_told()
    {
        Action sizes = () => _ = new ProbeExamples(3, [1, 2], [float.NaN]);
        sizes.Should().Throw<ArgumentException>().WithMessage("*2 features*1 targets*not finite*");
        Action fit = () => LinearProbe.Fit(new ProbeExamples(1, [1, 2], [3]), new ProbeExamples(1, [1], [3]));
        fit.Should().Throw<ArgumentException>().WithMessage("*2 features*1 training examples*Targets 0 do not vary*");
        Action pose = () => PoseProbeReport.Of(Linear(1, 10, 2), Linear(1, 10, 2), Linear(1, 10, 2));
        pose.Should().Throw<ArgumentException>().WithMessage("*4 targets*got 2*");
        LinearProbe probe = LinearProbe.Fit(Linear(1, 10, 2), Linear(2, 10, 2));
        Action predict = () => probe.Predict([1, 2, 3]);
        predict.Should().Throw<ArgumentException>().WithMessage("*3 numbers*rows of 2*");
    }

    // Five hidden numbers make features and two targets, both linearly.
    private static ProbeExamples Linear(int seed, int count, int features)
    {
        var random = new Random(seed);
        float[] x = new float[count * features], y = new float[count * 2];
        for (int i = 0; i < count; i++)
        {
            double[] hidden = [.. Enumerable.Range(0, Math.Min(5, features)).Select(_ => random.NextDouble() - 0.5)];
            for (int f = 0; f < features; f++) x[(i * features) + f] = (float)hidden.Select((h, k) => h * Math.Cos((3 * f) + (k * (f + 1)))).Sum() + f;
            for (int t = 0; t < 2; t++) y[(2 * i) + t] = (float)hidden.Select((h, k) => h * Math.Sin(1 + t + (2 * k))).Sum() + 100;
        }

        return new ProbeExamples(count, x, y);
    }
}
