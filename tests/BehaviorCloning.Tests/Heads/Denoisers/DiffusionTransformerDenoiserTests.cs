using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

public sealed class DiffusionTransformerDenoiserTests
{
    private static readonly HeadShape Shape = new(2, 3, 6, 2);

    [Fact]
    public void Output_and_gradients_are_PyTorchs()
    {
        using Denoiser denoiser = Small().Create(Shape);
        GoldenDenoiser.Check(denoiser, "transformer.safetensors");
    }

    [Theory]
    [InlineData(20, 16, 2, 256, 8_965_122)]
    [InlineData(23, 10, 10, 256, 8_968_458)]
    [InlineData(60, 16, 9, 768, 80_415_753)]
    public void The_published_networks_have_the_published_number_of_weights(int observation, int horizon, int actions, int width, long count)
    {
        int observed = width == 256 ? 2 : 4;
        using Denoiser denoiser = new DiffusionTransformerDenoiserConfig { Width = width, FeedForwardWidth = 4 * width }.Create(new HeadShape(observed, observation, horizon, actions));
        denoiser.parameters().Sum(p => p.numel()).Should().Be(count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Causal_means_that_an_action_sees_actions_and_observations_up_to_its_own(bool causal)
    {
        using Denoiser denoiser = (Small() with { Causal = causal }).Create(Shape);
        Tensors.Perturb(denoiser);
        Tensor context = Tensors.Normal(1, 1, 2, 3).requires_grad_(), actions = Tensors.Normal(2, 1, 6, 2).requires_grad_();
        denoiser.Forward(context, actions, tensor(new[] { 0.5f }))[0, 0].sum().backward();
        actions.grad!.abs().sum(2).Values().Select(v => v > 0).Should().Equal(true, !causal, !causal, !causal, !causal, !causal);
        context.grad!.abs().sum(2).Values().Select(v => v > 0).Should().Equal(true, !causal);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        using Denoiser denoiser = (Small() with { Dropout = 0.5 }).Create(Shape);
        Tensors.Perturb(denoiser);
        using Tensor context = Tensors.Normal(1, 1, 2, 3), actions = Tensors.Normal(2, 1, 6, 2), time = tensor(new[] { 0.5f });
        denoiser.train();
        denoiser.Forward(context, actions, time).Values().Should().NotEqual(denoiser.Forward(context, actions, time).Values());
        denoiser.eval();
        denoiser.Forward(context, actions, time).Values().Should().Equal(denoiser.Forward(context, actions, time).Values());
    }

    [Fact]
    public void Context_tokens_that_no_action_would_see_are_told() =>
        new DiffusionTransformerDenoiserConfig().Problems(new HeadShape(7, 3, 6, 2)).Should().ContainSingle().Which.Should().Contain("Causal");

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new DiffusionTransformerDenoiserConfig { Width = 6, Layers = 0, Heads = 4, FeedForwardWidth = 0, Dropout = 1 }.Problems(Shape).Should().HaveCount(4);

    private static DiffusionTransformerDenoiserConfig Small() => new() { Width = 16, Layers = 2, Heads = 2, FeedForwardWidth = 64, Dropout = 0 };
}
