using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

public sealed class TransformerDenoiserTests
{
    private static readonly HeadShape Shape = new(2, 5, 4, 3);

    [Fact]
    public void The_same_time_at_every_step_equals_one_time_a_chunk()
    {
        using Denoiser denoiser = Create();
        using Tensor context = Tensors.Normal(1, 3, 2, 5), actions = Tensors.Normal(2, 3, 4, 3), times = tensor(new[] { 0.1f, 0.5f, 0.9f });
        float[] perChunk = denoiser.Forward(context, actions, times).Values();
        float[] perStep = denoiser.Forward(context, actions, times.unsqueeze(1).expand(3, 4)).Values();
        perStep.Zip(perChunk, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Each_step_may_have_its_own_time()
    {
        using Denoiser denoiser = Create();
        using Tensor context = Tensors.Normal(1, 1, 2, 5), actions = Tensors.Normal(2, 1, 4, 3);
        using Tensor same = tensor(new[] { 0.5f, 0.5f, 0.5f, 0.5f }, [1, 4]), mixed = tensor(new[] { 1f, 1f, 0.5f, 0.5f }, [1, 4]);
        denoiser.Forward(context, actions, mixed).Values().Should().NotEqual(denoiser.Forward(context, actions, same).Values());
    }

    [Fact]
    public void Every_action_sees_every_other_action_and_every_context_token()
    {
        using Denoiser denoiser = Create();
        Tensor context = Tensors.Normal(1, 1, 2, 5).requires_grad_(), actions = Tensors.Normal(2, 1, 4, 3).requires_grad_();
        using Tensor time = tensor(new[] { 0.5f });
        denoiser.Forward(context, actions, time)[0, 0].sum().backward();
        actions.grad!.abs().sum(2).Values().Should().OnlyContain(v => v > 0);
        context.grad!.abs().sum(2).Values().Should().OnlyContain(v => v > 0);
    }

    [Fact]
    public void Heads_that_do_not_divide_the_width_are_refused() =>
        new TransformerDenoiserConfig { Width = 10, Heads = 4 }.Problems(Shape).Should().ContainSingle().Which.Should().Contain("divide");

    private static Denoiser Create()
    {
        Denoiser denoiser = new TransformerDenoiserConfig { Width = 16, Layers = 2, FeedForwardWidth = 32 }.Create(Shape);
        Tensors.Perturb(denoiser);
        return denoiser;
    }
}
