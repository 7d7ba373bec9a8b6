using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class CausalTransformerTests
{
    private const int Length = 7, Width = 8;

    [Fact]
    public void A_token_sees_what_stands_before_it_and_nothing_behind()
    {
        using CausalTransformer network = Create();
        using Tensor tokens = Tensors.Normal(1, 2, Length, Width), changed = tokens.clone();
        changed[0, 4].fill_(3f);
        float[][] before = Rows(network.Forward(tokens)), after = Rows(network.Forward(changed));
        after[..4].Should().BeEquivalentTo(before[..4], options => options.WithStrictOrdering());
        // Negative control: the token itself and those behind it do change.
        for (int t = 4; t < Length; t++) after[t].Should().NotEqual(before[t]);
    }

    [Fact]
    public void A_prefix_sees_itself_whole()
    {
        using CausalTransformer network = Create();
        using Tensor tokens = Tensors.Normal(1, 2, Length, Width), changed = tokens.clone();
        changed[0, 2].fill_(3f);
        float[] before = Rows(network.Forward(tokens, prefixLength: 3))[0];
        Rows(network.Forward(changed, prefixLength: 3))[0].Should().NotEqual(before);
        Rows(network.Forward(changed, prefixLength: 2))[0].Should().Equal(Rows(network.Forward(tokens, prefixLength: 2))[0]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(4, 2)]
    public void A_token_at_a_time_gives_the_numbers_of_all_at_once(int batch, int prefix)
    {
        using CausalTransformer network = Create(dropout: 0.5);
        using IDisposable noGradient = no_grad();
        using Tensor tokens = Tensors.Normal(2, batch, Length, Width);
        network.eval();
        float[] expected = network.Forward(tokens, prefix).narrow(1, prefix - 1, Length - prefix + 1).Values();
        network.train();
        CausalTransformerState state = network.Begin(tokens.narrow(1, 0, prefix), Length);
        List<Tensor> outputs = [state.Last];
        for (int t = prefix; t < Length; t++) outputs.Add(network.Step(tokens.select(1, t), state));
        state.Length.Should().Be(Length);
        stack(outputs, 1).Values().Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-6f);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        using CausalTransformer network = Create(dropout: 0.5);
        using Tensor tokens = Tensors.Normal(2, 1, Length, Width);
        network.Forward(tokens).Values().Should().NotEqual(network.Forward(tokens).Values());
        network.eval();
        network.Forward(tokens).Values().Should().Equal(network.Forward(tokens).Values());
    }

    [Fact]
    public void Too_long_a_sequence_is_refused()
    {
        using CausalTransformer network = Create();
        Action forward = () => network.Forward(zeros(1, Length + 1, Width));
        Action step = () => network.Step(zeros(1, Width), network.Begin(zeros(1, 2, Width), capacity: 2));
        forward.Should().Throw<ArgumentException>().WithMessage("*8 tokens*at most 7*");
        step.Should().Throw<InvalidOperationException>().WithMessage("*room for 2*");
    }

    [Fact]
    public void Inference_leaves_its_state_and_nothing_else()
    {
        using CausalTransformer network = Create();
        using Tensor prefix = Tensors.Normal(2, 1, 2, Width), token = Tensors.Normal(3, 1, Width);
        // Two layers' keys and values, and the prefix's last output.
        Tensors.LiveAfter(() => network.Begin(prefix)).Should().Be(5);
        CausalTransformerState state = network.Begin(prefix);
        Tensors.LiveAfter(() => network.Step(token, state)).Should().Be(1);
    }

    private static CausalTransformer Create(double dropout = 0)
    {
        var network = new CausalTransformer(Length, Width, layers: 2, heads: 2, feedForwardWidth: 16, dropout);
        Tensors.Perturb(network);
        return network;
    }

    private static float[][] Rows(Tensor output) => [.. output[0].unbind().Select(row => row.Values())];
}
