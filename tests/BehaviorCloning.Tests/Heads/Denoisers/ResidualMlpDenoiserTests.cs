using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

public sealed class ResidualMlpDenoiserTests
{
    // Push-T: two observed steps of 8 numbers, 16 actions of 2.
    private static readonly HeadShape PushT = new(1, 16, 16, 2);

    [Fact]
    public void The_default_network_on_PushT_has_1249824_weights()
    {
        using Denoiser denoiser = new ResidualMlpDenoiserConfig().Create(PushT);
        // 112*256+256 | 80*128+128 + 128*128+128 | 6 * (128*512+512 + 2*(256*256+256)) | 256*32+32
        denoiser.parameters().Sum(p => p.numel()).Should().Be(28928 + 26880 + (6 * 197632) + 8224).And.Be(1249824);
    }

    [Fact]
    public void A_new_network_predicts_zero()
    {
        using Denoiser denoiser = new ResidualMlpDenoiserConfig().Create(PushT);
        denoiser.Forward(Tensors.Normal(1, 3, 1, 16), Tensors.Normal(2, 3, 16, 2), rand(3)).Values().Should().OnlyContain(v => v == 0);
    }

    [Fact]
    public void Forward_is_the_network_of_its_description()
    {
        using Denoiser denoiser = new ResidualMlpDenoiserConfig { Width = 8, Blocks = 2, ConditionWidth = 4, TimeWidth = 6 }.Create(new HeadShape(1, 3, 2, 2));
        Tensors.Perturb(denoiser);
        Dictionary<string, Tensor> w = denoiser.state_dict();
        using Tensor context = Tensors.Normal(1, 5, 1, 3), actions = Tensors.Normal(2, 5, 2, 2), times = tensor(new[] { 0f, 0.2f, 0.5f, 0.7f, 1f });
        using IDisposable noGradient = no_grad();

        // Written down once more, plainly.
        Tensor angle = times.unsqueeze(1).mul(w["time.frequencies"]);
        Tensor conditions = cat([context.flatten(1), angle.sin(), angle.cos()], 1);
        Tensor c = nn.functional.silu(Layer("condition2", nn.functional.silu(Layer("condition1", conditions))));
        Tensor h = Layer("input", cat([actions.flatten(1), conditions], 1));
        Tensor modulation = Layer("modulation", c);
        for (int i = 0; i < 2; i++)
        {
            Tensor scale = modulation.narrow(1, i * 8, 8), shift = modulation.narrow(1, (2 + i) * 8, 8);
            Tensor y = nn.functional.layer_norm(h, [8]) * (scale + 1) + shift;
            h = h + Layer($"blocks.{i}.second", nn.functional.silu(Layer($"blocks.{i}.first", y)));
        }

        float[] expected = Layer("output", nn.functional.layer_norm(h, [8])).Values();
        denoiser.Forward(context, actions, times).Values().Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);

        Tensor Layer(string name, Tensor x) => nn.functional.linear(x, w[$"{name}.weight"], w[$"{name}.bias"]);
    }

    [Fact]
    public void One_time_a_step_is_refused_with_what_to_use_instead()
    {
        using Denoiser denoiser = new ResidualMlpDenoiserConfig().Create(PushT);
        Action forward = () => denoiser.Forward(zeros(3, 1, 16), zeros(3, 16, 2), zeros(3, 16));
        forward.Should().Throw<ArgumentException>().WithMessage("*[3, 16]*TransformerDenoiser*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new ResidualMlpDenoiserConfig { Width = 0, Blocks = 0, ConditionWidth = -1, TimeWidth = 7, LowestFrequency = 200 }.Problems(PushT).Should().HaveCount(5);
}
