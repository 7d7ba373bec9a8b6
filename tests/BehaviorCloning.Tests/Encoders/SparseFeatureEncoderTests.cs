using BehaviorCloning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

public sealed class SparseFeatureEncoderVariants : IEncoderVariants
{
    public IEnumerable<EncoderVariant> Variants =>
    [
        new(new SparseFeatureEncoderConfig { Feature = "set", Width = 16, Questions = 3 }, new ObservationSpec(new FeatureSpec("a", 2), new FeatureSpec("set", 6, 5), new FeatureSpec("b", 2, 2)), 2, "beside other floats"),
        new(new SparseFeatureEncoderConfig { Feature = "set", Width = 8, Questions = 2, Heads = 2 }, new ObservationSpec(new FeatureSpec("set", 6, 5)), 1, "alone"),
    ];
}

public sealed class SparseFeatureEncoderTests
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("set", 4, 3));
    private static readonly SparseFeatureEncoderConfig Config = new() { Feature = "set", Width = 16, Questions = 3 };

    [Fact]
    public void The_order_of_rows_does_not_matter()
    {
        using ObservationEncoder encoder = Create();
        float[] forward = Encode(encoder, [1, 5, 6, 1, 7, 8, 0, 0, 0, 1, 2, 3]), shuffled = Encode(encoder, [0, 0, 0, 1, 2, 3, 1, 5, 6, 1, 7, 8]);
        shuffled.Zip(forward, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
    }

    [Fact]
    public void What_stands_in_a_masked_row_reaches_no_token()
    {
        using ObservationEncoder encoder = Create();
        float[] zeros = Encode(encoder, [1, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Encode(encoder, [1, 5, 6, 0, 9, -9, 0, float.NaN, 3, 0, float.PositiveInfinity, 0]).Should().Equal(zeros);
        Encode(encoder, [1, 5, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0]).Should().NotEqual(zeros, "a row of zeros that is there is something");
    }

    [Fact]
    public void An_empty_set_has_tokens_of_its_own()
    {
        using ObservationEncoder encoder = Create();
        float[] empty = Encode(encoder, new float[12]);
        empty.Should().OnlyContain(value => float.IsFinite(value));
        empty.Should().NotEqual(Encode(encoder, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void A_masked_row_takes_no_gradient_from_the_others()
    {
        using ObservationEncoder encoder = Create();
        Tensor rows = tensor(new float[] { 1, 5, 6, 0, 7, 8, 1, 1, 1, 0, 2, 3 }, [1, 1, 4, 3]).requires_grad_();
        encoder.Encode(new Dictionary<string, Tensor> { ["set"] = rows }).sum().backward();
        float[] gradient = rows.grad!.Values();
        gradient[4..6].Concat(gradient[10..12]).Should().OnlyContain(value => value == 0);
        gradient[1..3].Should().Contain(value => value != 0);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new SparseFeatureEncoderConfig { Feature = "none", Questions = 0, Width = 10, Heads = 3 }.Problems(Features, 1).Should().HaveCount(3);
        new SparseFeatureEncoderConfig { Feature = "a" }.Problems(new ObservationSpec(new FeatureSpec("a", 4), new FeatureSpec("camera", FeatureElement.UInt8, 8, 8, 3)), 1).Should().HaveCount(2);
    }

    private static ObservationEncoder Create()
    {
        ObservationEncoder encoder = Config.Create(Features, 1);
        FormulaWeights.Fill(encoder);
        encoder.eval();
        return encoder;
    }

    private static float[] Encode(ObservationEncoder encoder, float[] rows)
    {
        using IDisposable noGradient = no_grad();
        using Tensor tokens = encoder.Encode(new Dictionary<string, Tensor> { ["set"] = tensor(rows, [1, 1, 4, 3]) });
        return tokens.Values();
    }
}
