using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.NN;

public sealed class RecurrentTests
{
    [Fact]
    public void State_names_are_PyTorch_s()
    {
        using var lstm = nn.LSTM(3, 4, 2, bidirectional: true);
        using var gru = nn.GRU(3, 4, bias: false);

        lstm.named_parameters().Select(entry => entry.name).Should().Equal(
            from layer in new[] { "l0", "l1" }
            from direction in new[] { string.Empty, "_reverse" }
            from name in new[] { "weight_ih_", "weight_hh_", "bias_ih_", "bias_hh_" }
            select name + layer + direction);
        gru.named_parameters().Select(entry => entry.name).Should().Equal("weight_ih_l0", "weight_hh_l0");
        lstm.get_parameter("weight_ih_l1")!.shape.Should().Equal(16, 8);
    }

    [Fact]
    public void Cells_in_a_row_are_a_layer()
    {
        using var lstm = nn.LSTM(3, 4);
        using var cell = nn.LSTMCell(3, 4);
        cell.load_state_dict(lstm.state_dict().ToDictionary(entry => entry.Key.Replace("_l0", string.Empty, StringComparison.Ordinal), entry => entry.Value));
        using var x = randn(5, 2, 3);

        var (outputs, h, c) = lstm.call(x);
        (Tensor, Tensor)? state = null;
        for (var t = 0; t < 5; t++) state = cell.call(x[t], state);

        outputs.shape.Should().Equal(5, 2, 4);
        state!.Value.Item1.allclose(h[0], 1e-5, 1e-6).Should().BeTrue();
        state.Value.Item2.allclose(c[0], 1e-5, 1e-6).Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packed_sequences_give_what_each_sequence_gives_alone(bool sorted)
    {
        using var gru = nn.GRU(3, 4, batchFirst: true);
        long[] lengths = sorted ? [5, 3, 2] : [2, 5, 3];
        using var x = randn(3, 5, 3);
        using var packed = nn.utils.rnn.pack_padded_sequence(x, tensor(lengths), batch_first: true, enforce_sorted: sorted);

        var (outputs, last) = gru.call(packed);
        var (padded, counts) = nn.utils.rnn.pad_packed_sequence(outputs, batch_first: true);

        counts.data<long>().ToArray().Should().Equal(lengths);

        for (var i = 0; i < 3; i++)
        {
            var (alone, end) = gru.call(x.narrow(0, i, 1).narrow(1, 0, lengths[i]));
            padded.narrow(0, i, 1).narrow(1, 0, lengths[i]).allclose(alone, 1e-5, 1e-6).Should().BeTrue();
            last.narrow(1, i, 1).allclose(end, 1e-5, 1e-6).Should().BeTrue();
            if (lengths[i] < 5) padded[i].narrow(0, lengths[i], 5 - lengths[i]).abs().sum().ToSingle().Should().Be(0);
        }

        outputs.Dispose();
    }

    [Fact]
    public void Sizes_that_make_no_sense_are_refused()
    {
        FluentActions.Invoking(() => nn.LSTM(3, 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => nn.GRU(3, 4, 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => nn.GRU(3, 4, dropout: 1.5)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
