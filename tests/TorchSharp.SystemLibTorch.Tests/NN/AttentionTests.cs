using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.NN;

public sealed class AttentionTests
{
    [Fact]
    public void A_masked_key_has_no_influence()
    {
        manual_seed(1);
        using var attention = nn.MultiheadAttention(8, 2);
        using var query = randn(3, 2, 8);
        using var memory = randn(4, 2, 8);
        using var padding = zeros(2, 4, dtype: ScalarType.Bool);
        padding[TensorIndex.Colon, 3] = tensor(true);
        using var changed = memory.clone();
        using (no_grad()) changed[3] = randn(2, 8);

        var (one, weights) = attention.call(query, memory, memory, padding);
        var (two, _) = attention.call(query, changed, changed, padding);
        var (open, _) = attention.call(query, changed, changed);

        one.allclose(two).Should().BeTrue();
        one.allclose(open).Should().BeFalse("without the mask the key matters");
        weights.shape.Should().Equal(2, 3, 4);
        weights.select(2, 3).abs().max().ToSingle().Should().Be(0);
    }

    [Fact]
    public void Composed_attention_is_the_softmax_of_scaled_products()
    {
        manual_seed(2);
        using var q = randn(2, 3, 5, 4);
        using var k = randn(2, 3, 6, 4);
        using var v = randn(2, 3, 6, 4);
        using var allowed = ones(5, 6, dtype: ScalarType.Bool).tril();
        using var expected = nn.functional.softmax(q.matmul(k.transpose(-2, -1)).div(2).masked_fill(allowed.logical_not(), double.NegativeInfinity), -1).matmul(v);

        nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true).allclose(expected, 1e-5, 1e-6).Should().BeTrue();
        nn.functional.scaled_dot_product_attention(q, k, v, allowed).allclose(expected, 1e-5, 1e-6).Should().BeTrue();
        nn.functional.scaled_dot_product_attention(q, k, v).allclose(expected, 1e-5, 1e-6).Should().BeFalse();
        FluentActions.Invoking(() => nn.functional.scaled_dot_product_attention(q, k, v, allowed, is_casual: true)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Copies_of_an_encoder_layer_start_equal_and_draw_no_random_numbers()
    {
        manual_seed(3);
        using var layer = nn.TransformerEncoderLayer(8, 2, 16);
        using var before = get_rng_state();
        using var encoder = nn.TransformerEncoder(layer, 2);
        using var after = get_rng_state();

        after.bytes.SequenceEqual(before.bytes).Should().BeTrue();
        var state = encoder.state_dict();
        state.Should().HaveCount(24);
        state["layers.0.linear1.weight"].bytes.SequenceEqual(state["layers.1.linear1.weight"].bytes).Should().BeTrue();
        ReferenceEquals(state["layers.0.linear1.weight"], state["layers.1.linear1.weight"]).Should().BeFalse();
    }

    [Fact]
    public void State_names_are_PyTorch_s()
    {
        using var attention = nn.MultiheadAttention(4, 2, add_bias_kv: true);
        using var mixed = nn.MultiheadAttention(4, 2, kdim: 3, vdim: 5);
        using var layer = nn.TransformerDecoderLayer(4, 2, 8);

        attention.state_dict().Keys.Should().BeEquivalentTo("in_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight", "out_proj.bias");
        mixed.state_dict().Keys.Should().BeEquivalentTo("q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias");
        layer.state_dict().Keys.Should().Contain(["self_attn.in_proj_weight", "multihead_attn.out_proj.bias", "linear1.weight", "norm3.bias"]).And.HaveCount(18);
    }

    [Fact]
    public void Nothing_is_left_over_after_a_forward_pass()
    {
        using var layer = nn.TransformerEncoderLayer(8, 2, 16);
        using var x = randn(3, 2, 8);
        layer.call(x).Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 10; i++) layer.call(x).Dispose();

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(before);
    }
}
