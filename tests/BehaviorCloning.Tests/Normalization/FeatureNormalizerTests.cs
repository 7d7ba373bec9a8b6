using BehaviorCloning.Datasets;
using BehaviorCloning.Normalization;
using FsCheck.Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Normalization;

public sealed class FeatureNormalizerTests
{
    private static readonly NormalizerConfig[] Every =
    [
        new StandardNormalization(), new StandardNormalization { SharedScale = true }, new StandardNormalization { Center = false },
        new StandardNormalization { SharedScale = true, Center = false }, new MinMaxNormalization(), new MinMaxNormalization { SharedScale = true },
        new QuantileNormalization(), new QuantileNormalization { SharedScale = true }, new FixedNormalization { Center = 3, Scale = 7 }, new NoNormalization(),
    ];

    [Property(MaxTest = 50)]
    public void Denormalize_undoes_Normalize_in_every_kind(int seed)
    {
        var random = new Random(seed);
        double size = Math.Pow(10, (6 * random.NextDouble()) - 3), offset = size * 20 * (random.NextDouble() - 0.5);
        float[] rows = [.. Enumerable.Range(0, 60).Select(_ => (float)(offset + (size * random.NextDouble())))];
        foreach (NormalizerConfig config in Every)
        {
            using FeatureNormalizer normalizer = Fit(config, rows, 3);
            using Tensor raw = tensor(rows, [20, 3]), back = normalizer.Denormalize(normalizer.Normalize(raw));
            // Rounding is relative to the larger of the value and the scale it passed through.
            double tolerance = 1e-5 * (Math.Abs(offset) + size + 7);
            back.Values().Zip(rows, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan((float)tolerance, config.ToString());
        }
    }

    [Fact]
    public void Standard_gives_mean_0_and_deviation_1()
    {
        float[] rows = [1, 10, 2, 30, 3, 20];
        float[] values = Normalized(new StandardNormalization(), rows, 2);
        foreach (int d in new[] { 0, 1 })
        {
            float[] column = [.. values.Where((_, i) => i % 2 == d)];
            column.Average().Should().BeApproximately(0, 1e-6f);
            column.Average(v => v * v).Should().BeApproximately(1, 1e-5f);
        }
    }

    [Fact]
    public void The_shared_uncentered_scale_is_the_deviation_of_all_values_as_one_list()
    {
        float[] rows = [1, 10, 2, 30, 3, 20];
        double mean = rows.Average(), deviation = Math.Sqrt(rows.Average(v => (v - mean) * (v - mean)));
        float[] values = Normalized(new StandardNormalization { SharedScale = true, Center = false }, rows, 2);
        values.Zip(rows, (n, raw) => Math.Abs(n - (raw / deviation))).Max().Should().BeLessThan(1e-6);
    }

    [Fact]
    public void A_shared_centered_scale_leaves_a_mean_square_of_1()
    {
        float[] values = Normalized(new StandardNormalization { SharedScale = true }, [1, 10, 2, 30, 3, 20], 2);
        values.Average(v => v * v).Should().BeApproximately(1, 1e-5f);
        values.Where((_, i) => i % 2 == 0).Average().Should().BeApproximately(0, 1e-6f);
    }

    [Fact]
    public void Min_max_gives_minus_1_to_1()
    {
        // diffusion_policy's example: 12 .. 511.
        float[] values = Normalized(new MinMaxNormalization(), [12, 511, 261.5f], 1);
        values.Should().Equal(-1, 1, 0);
    }

    [Fact]
    public void A_shared_min_max_keeps_proportions()
    {
        float[] values = Normalized(new MinMaxNormalization { SharedScale = true }, [0, 0, 10, 2], 2);
        values.Should().Equal(-1, -1, 1, -0.6f);
    }

    [Fact]
    public void Quantiles_ignore_an_outlier()
    {
        float[] rows = [.. Enumerable.Range(0, 1001).Select(i => i / 1000f), 1e6f];
        float[] values = Normalized(new QuantileNormalization(), rows, 1);
        values[10].Should().BeApproximately(-1, 1e-2f);
        values[990].Should().BeApproximately(1, 1e-2f);
    }

    [Fact]
    public void A_dimension_whose_quantiles_coincide_falls_back_to_its_extremes_and_says_so()
    {
        float[] gripper = [.. Enumerable.Repeat(0f, 1000), 1f];
        List<NormalizationWarning> warnings = [];
        using FeatureNormalizer normalizer = Fit(new QuantileNormalization(), gripper, 1, warnings);
        using Tensor ends = tensor(new[] { 0f, 1f }, [2, 1]);
        normalizer.Normalize(ends).Values().Should().Equal(-1, 1);
        warnings.Should().ContainSingle().Which.Message.Should().Contain("extremes");
    }

    [Fact]
    public void A_constant_dimension_is_always_0_and_comes_back_as_exactly_its_constant()
    {
        foreach (NormalizerConfig config in Every.Where(c => c is FittedNormalization))
        {
            List<NormalizationWarning> warnings = [];
            using FeatureNormalizer normalizer = Fit(config, [0.1f, 1, 0.1f, 2, 0.1f, 3], 2, warnings);
            using Tensor raw = tensor(new[] { 0.1f, 1, 0.7f, 2 }, [2, 2]), said = tensor(new[] { 5f, 0, -3, 0 }, [2, 2]);
            float[] normalized = normalizer.Normalize(raw).Values(), back = normalizer.Denormalize(said).Values();
            (normalized[0], normalized[2]).Should().Be((0, 0), config.ToString());
            (back[0], back[2]).Should().Be((0.1f, 0.1f), config.ToString());
            warnings.Should().ContainSingle().Which.ToString().Should().Contain("dimension 0: is always 0.1");
        }
    }

    [Theory]
    [InlineData(0, 1e-7, true)]
    [InlineData(0, 1e-5, false)]
    [InlineData(1000, 5e-4, true)]
    [InlineData(1000, 5e-3, false)]
    public void The_spread_that_counts_is_relative_to_the_larger_of_1_and_the_magnitude(double low, double spread, bool constant)
    {
        List<NormalizationWarning> warnings = [];
        Fit(new MinMaxNormalization(), [(float)low, (float)(low + spread)], 1, warnings).Dispose();
        warnings.Count.Should().Be(constant ? 1 : 0);
    }

    [Fact]
    public void Statistics_that_are_not_finite_or_of_another_size_are_refused()
    {
        FeatureStatistics sound = Statistics([1, 2, 3], 1);
        var broken = new FeatureStatistics { Count = 3, Mean = [double.NaN], StandardDeviation = [1], Minimum = [0], Maximum = [double.PositiveInfinity], Quantile01 = [0], Quantile99 = [1] };
        Action notFinite = () => FeatureNormalizer.Fit("feature 'x'", [1], new StandardNormalization(), broken, []);
        notFinite.Should().Throw<ArgumentException>().WithMessage("*feature 'x'*Mean of dimension 0 is NaN*Maximum*");
        Action size = () => FeatureNormalizer.Fit("feature 'x'", [2], new StandardNormalization(), sound, []);
        size.Should().Throw<ArgumentException>().WithMessage("*1 dimensions, but it has 2*");
    }

    [Fact]
    public void Numbers_survive_a_state_dict()
    {
        using FeatureNormalizer fitted = Fit(new StandardNormalization(), [1, 10, 2, 30, 3, 20], 2), other = new([2]);
        other.load_state_dict(fitted.state_dict());
        using Tensor raw = Tensors.Normal(1, 5, 2);
        other.Normalize(raw).Values().Should().Equal(fitted.Normalize(raw).Values());
    }

    [Fact]
    public void A_feature_of_several_axes_is_normalized_value_by_value()
    {
        using FeatureNormalizer normalizer = FeatureNormalizer.Fit("keypoints", [2, 2], new MinMaxNormalization(), Statistics([0, 0, 0, 0, 1, 2, 4, 8], 4), []);
        using Tensor raw = tensor(new float[] { 1, 2, 4, 8 }, [1, 1, 2, 2]);
        normalizer.Normalize(raw).Values().Should().Equal(1, 1, 1, 1);
    }

    private static float[] Normalized(NormalizerConfig config, float[] rows, int dimension)
    {
        using FeatureNormalizer normalizer = Fit(config, rows, dimension);
        using Tensor raw = tensor(rows, [rows.Length / dimension, dimension]);
        return normalizer.Normalize(raw).Values();
    }

    private static FeatureNormalizer Fit(NormalizerConfig config, float[] rows, int dimension, List<NormalizationWarning>? warnings = null) =>
        FeatureNormalizer.Fit("feature 'x'", [dimension], config, Statistics(rows, dimension), warnings ?? []);

    private static FeatureStatistics Statistics(float[] rows, int dimension)
    {
        var statistics = new StreamingStatistics(dimension);
        statistics.Add(rows);
        return statistics.ToStatistics();
    }
}
