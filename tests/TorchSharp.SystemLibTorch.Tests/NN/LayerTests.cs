using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.NN;

public sealed class LayerTests
{
    [Fact]
    public void A_convolution_refuses_other_channels_by_name()
    {
        using var conv = nn.Conv2d(3, 4, 3);
        FluentActions.Invoking(() => conv.call(zeros(1, 2, 8, 8))).Should().Throw<ArgumentException>().WithMessage("*3 channels*Conv2d*[1, 2, 8, 8]*");
        FluentActions.Invoking(() => nn.Conv1d(3, 4, 3, groups: 2)).Should().Throw<ArgumentException>().WithMessage("*divisible*");
        FluentActions.Invoking(() => nn.Conv1d(3, 4, 3, Padding.Same, stride: 2)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_transposed_convolution_reaches_the_sizes_its_stride_allows()
    {
        using var up = nn.ConvTranspose1d(2, 2, 3, stride: 2);
        using var x = zeros(1, 2, 4);

        up.call(x).size(2).Should().Be(9);
        up.forward(x, [10]).size(2).Should().Be(10);
        up.forward(x, [1, 2, 10]).size(2).Should().Be(10);
        FluentActions.Invoking(() => up.forward(x, [11])).Should().Throw<ArgumentException>().WithMessage("*9 to 10*");
    }

    [Fact]
    public void Batch_normalization_learns_its_statistics_while_training_only()
    {
        using var norm = nn.BatchNorm1d(1, momentum: 0.5);
        using var x = tensor(new[] { 0f, 2f }).reshape(2, 1);

        norm.call(x);
        norm.running_mean!.ToSingle().Should().Be(0.5f);
        norm.running_var!.ToSingle().Should().Be(1.5f, "the unbiased variance 2 enters by half");
        norm.num_batches_tracked!.ToInt64().Should().Be(1);

        norm.eval();
        norm.call(x);
        norm.running_mean.ToSingle().Should().Be(0.5f);
        norm.num_batches_tracked.ToInt64().Should().Be(1);
        FluentActions.Invoking(() => norm.call(zeros(1, 1, 1, 1))).Should().Throw<ArgumentException>().WithMessage("*2D or 3D*");
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_drops_whole_channels_where_told()
    {
        manual_seed(4);
        using var x = ones(50, 40, 10);

        var plain = nn.Dropout(0.25).call(x);
        var channels = nn.Dropout1d(0.25).call(x);

        plain.mean().ToSingle().Should().BeApproximately(1, 0.02f);
        plain.unique().output.numel().Should().Be(2);
        var sums = channels.sum([2]);
        sums.eq(0).logical_or(sums.sub(10 / 0.75).abs().lt(1e-3)).all().ToBoolean().Should().BeTrue();
        channels.eq(0).any().ToBoolean().Should().BeTrue();
    }

    [Fact]
    public void An_embedding_s_padding_row_is_zero_and_learns_nothing()
    {
        using var embedding = nn.Embedding(4, 2, padding_idx: -1);
        using (var loss = embedding.call(tensor(new long[] { 0, 3 })).sum()) loss.backward();

        embedding.weight![3].abs().sum().ToSingle().Should().Be(0);
        using var grad = embedding.weight.grad;
        grad![0].sum().ToSingle().Should().Be(2);
        grad[3].sum().ToSingle().Should().Be(0);
        FluentActions.Invoking(() => nn.Embedding(4, 2, padding_idx: 4)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Linear_layers_draw_PyTorch_s_numbers()
    {
        // torch 1.13: torch.manual_seed(0); torch.nn.Linear(2, 2) (the last bits depend on the processor)
        manual_seed(0);
        using var linear = nn.Linear(2, 2);
        linear.weight!.data<float>().ToArray().Should().Equal([-0.005293981f, 0.3793229f, -0.58198076f, -0.5203875f], Near);
        linear.bias!.data<float>().ToArray().Should().Equal([-0.27234524f, 0.18961589f], Near);

        static bool Near(float actual, float expected) => Math.Abs(actual - expected) < 1e-6f;
    }

    [Fact]
    public void Functions_in_place_change_their_input_and_return_another_tensor_over_it()
    {
        using var x = tensor(new[] { -1f, 2f });
        var y = nn.functional.relu(x, inplace: true);

        ReferenceEquals(x, y).Should().BeFalse();
        x.data<float>().ToArray().Should().Equal(0, 2);
        y.add_(1);
        x.data<float>().ToArray().Should().Equal(1, 3);
        y.Dispose();
        x.IsInvalid.Should().BeFalse();
    }

    [Fact]
    public void Interpolation_is_given_a_size_or_factors_that_fit()
    {
        using var x = zeros(1, 1, 4, 4);
        nn.functional.interpolate(x, [8, 6], mode: InterpolationMode.Bilinear).shape.Should().Equal(1, 1, 8, 6);
        nn.functional.interpolate(x, scale_factor: [0.5, 2]).shape.Should().Equal(1, 1, 2, 8);
        FluentActions.Invoking(() => nn.functional.interpolate(x)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => nn.functional.interpolate(x, [8])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => nn.functional.interpolate(x, [8, 8], mode: InterpolationMode.Linear)).Should().Throw<ArgumentException>();
    }
}
