using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

public sealed class ConditionalUnetDenoiserTests
{
    private static readonly HeadShape Shape = new(2, 3, 8, 2);

    [Theory]
    [InlineData(true, "unet-scale.safetensors")]
    [InlineData(false, "unet-shift.safetensors")]
    public void Output_and_gradients_are_PyTorchs(bool scales, string golden)
    {
        using Denoiser denoiser = new ConditionalUnetDenoiserConfig { Widths = [8, 8, 16], Groups = 4, TimeWidth = 8, ScalesChannels = scales }.Create(Shape);
        GoldenDenoiser.Check(denoiser, golden);
    }

    [Theory]
    [InlineData(40, 2, 256, new[] { 256, 512, 1024 }, 65_783_298)]
    [InlineData(132, 2, 128, new[] { 512, 1024, 2048 }, 251_511_938)]
    [InlineData(274, 10, 128, new[] { 512, 1024, 2048 }, 255_612_042)]
    public void The_published_networks_have_the_published_number_of_weights(int context, int actions, int timeWidth, int[] widths, long count)
    {
        using Denoiser denoiser = new ConditionalUnetDenoiserConfig { Widths = widths, TimeWidth = timeWidth }.Create(new HeadShape(1, context, 16, actions));
        denoiser.parameters().Sum(p => p.numel()).Should().Be(count);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 1)]
    public void Any_number_of_levels_keeps_the_chunks_shape(int levels, int batch)
    {
        using Denoiser denoiser = new ConditionalUnetDenoiserConfig { Widths = [.. Enumerable.Repeat(8, levels)], Groups = 2, TimeWidth = 8 }.Create(Shape);
        denoiser.Forward(zeros(batch, 2, 3), zeros(batch, 8, 2), zeros(batch)).shape.Should().Equal(batch, 8, 2);
    }

    [Fact]
    public void A_horizon_that_cannot_be_halved_is_refused_with_one_that_can() =>
        new ConditionalUnetDenoiserConfig().Problems(new HeadShape(1, 3, 10, 2)).Should().ContainSingle().Which.Should().Contain("10 is not a multiple of 4").And.Contain("Use 12");

    [Fact]
    public void One_time_a_step_is_refused_with_what_to_use_instead()
    {
        using Denoiser denoiser = new ConditionalUnetDenoiserConfig { Widths = [8], TimeWidth = 8 }.Create(Shape);
        Action forward = () => denoiser.Forward(zeros(3, 2, 3), zeros(3, 8, 2), zeros(3, 8));
        forward.Should().Throw<ArgumentException>().WithMessage("*[3, 8]*TransformerDenoiser*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new ConditionalUnetDenoiserConfig { Widths = [12, 64], KernelSize = 4, TimeWidth = 7, LowestFrequency = 200 }.Problems(Shape).Should().HaveCount(4);
}
