using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

public sealed class MlpMixerDenoiserTests
{
    private static readonly HeadShape Shape = new(1, 3, 4, 2);

    [Fact]
    public void Forward_is_the_network_of_its_description()
    {
        using Denoiser denoiser = Small().Create(Shape);
        Tensors.Perturb(denoiser);
        Dictionary<string, Tensor> w = denoiser.state_dict();
        using Tensor context = Tensors.Normal(1, 5, 1, 3), actions = Tensors.Normal(2, 5, 4, 2), times = tensor(new[] { 0f, 0.2f, 0.5f, 0.7f, 1f });
        using IDisposable noGradient = no_grad();

        // Written down once more, plainly: periods 0.004 to 4, sines first; scale, shift and gate of each half of a block.
        Tensor angle = times.unsqueeze(1) * tensor(new[] { 0, 1, 2 }.Select(j => (float)(2 * Math.PI / (0.004 * Math.Pow(1000, j / 2.0)))).ToArray());
        Tensor c = nn.functional.silu(Layer("time2", nn.functional.silu(Layer("time1", cat([angle.sin(), angle.cos()], 1)))));
        Tensor[] m = Layer("modulation", c).unsqueeze(1).chunk(14, -1);
        Tensor h = Layer("input", cat([actions, context.expand(5, 4, 3)], 2));
        for (int i = 0; i < 2; i++)
        {
            Tensor y = (nn.functional.layer_norm(h, [8]) * (m[6 * i] + 1) + m[(6 * i) + 1]).transpose(1, 2);
            h = h + (Mix($"stepMix1.{i}", $"stepMix2.{i}", y).transpose(1, 2) * m[(6 * i) + 2]);
            y = nn.functional.layer_norm(h, [8]) * (m[(6 * i) + 3] + 1) + m[(6 * i) + 4];
            h = h + (Mix($"channelMix1.{i}", $"channelMix2.{i}", y) * m[(6 * i) + 5]);
        }

        float[] expected = Layer("output", nn.functional.layer_norm(h, [8]) * (m[12] + 1) + m[13]).Values();
        denoiser.Forward(context, actions, times).Values().Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-6f);

        Tensor Layer(string name, Tensor x) => nn.functional.linear(x, w[$"{name}.weight"], w[$"{name}.bias"]);
        Tensor Mix(string first, string second, Tensor x)
        {
            Tensor a = nn.functional.linear(x, w[$"{first}.weight"]);
            Tensor tanh = (a + (a * a * a * 0.044715)) * Math.Sqrt(2 / Math.PI);
            return nn.functional.linear(a * 0.5 * (tanh.tanh() + 1), w[$"{second}.weight"]);
        }
    }

    [Fact]
    public void Each_step_may_have_its_own_time()
    {
        using Denoiser denoiser = Small().Create(Shape);
        Tensors.Perturb(denoiser);
        using Tensor context = Tensors.Normal(1, 1, 1, 3), actions = Tensors.Normal(2, 1, 4, 2);
        using Tensor one = tensor(new[] { 0.5f }), same = full([1, 4], 0.5f), mixed = tensor(new[] { 1f, 1f, 0.5f, 0.5f }, [1, 4]);
        float[] perChunk = denoiser.Forward(context, actions, one).Values();
        denoiser.Forward(context, actions, same).Values().Zip(perChunk, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
        denoiser.Forward(context, actions, mixed).Values().Should().NotEqual(perChunk);
    }

    [Fact]
    public void The_benchmarks_network_has_its_layers_weights()
    {
        using Denoiser denoiser = new MlpMixerDenoiserConfig().Create(new HeadShape(1, 100, 8, 6));
        // time 256-256-256 | input 106-256 | 4 * (8-64-8, 256-512-256) | 26 modulations 256-256 | output 256-6
        denoiser.parameters().Sum(p => p.numel()).Should().Be((2 * 65792) + 27392 + (4 * (1024 + 262144)) + (257 * 26 * 256) + 1542);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new MlpMixerDenoiserConfig { Width = 0, Blocks = 0, StepMixWidth = 0, ChannelMixWidth = 0, TimeWidth = 5, ShortestPeriod = 0 }.Problems(Shape).Should().HaveCount(6);

    private static MlpMixerDenoiserConfig Small() => new() { Width = 8, Blocks = 2, StepMixWidth = 6, ChannelMixWidth = 10, TimeWidth = 6 };
}
