using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Generators: the state of a seed is PyTorch's, byte for byte, and states can be saved and restored.</summary>
public sealed class GeneratorTests
{
    private static readonly GoldenFile Golden = GoldenFile.Training;

    [Fact]
    public void State_is_that_of_PyTorch_before_and_after_drawing()
    {
        using Generator generator = new((ulong)GoldenFile.Seed);
        using Tensor before = generator.get_state();
        Agreement.Exactly(before, Golden["generator.state"], "state of a seed");
        using Tensor drawn = randn(5, generator: generator);
        using Tensor after = generator.get_state();
        Agreement.Exactly(after, Golden["generator.state_after"], "state after five numbers");
    }

    [Fact]
    public void A_state_of_PyTorch_continues_its_sequence()
    {
        using Generator generator = new(1);
        generator.set_state(Golden["generator.state_after"]);
        using Tensor next = randn(20, generator: generator);
        Agreement.Exactly(next, Golden["generator.next"], "numbers after a restored state");
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData((1L << 40) + 3)]
    [InlineData(long.MaxValue)]
    public void Seeds_of_every_size_give_the_numbers_of_PyTorch(long seed)
    {
        using Generator generator = new();
        generator.manual_seed(seed);
        Assert.Equal(seed, generator.initial_seed());
        using Tensor own = randn(17, generator: generator);
        Agreement.Exactly(own, Golden[$"generator.seed{(ulong)seed}"], $"seed {seed}");
        manual_seed(seed);
        using Tensor shared = randn(17);
        Agreement.Exactly(shared, Golden[$"generator.seed{(ulong)seed}"], $"default generator, seed {seed}");
    }

    [Fact]
    public void The_default_state_is_saved_and_restored()
    {
        manual_seed(GoldenFile.Seed);
        using Tensor state = get_rng_state();
        using Tensor first = rand(7);
        set_rng_state(state);
        using Tensor second = rand(7);
        Agreement.Exactly(second, first, "numbers after restoring the default state");
    }

    [Fact]
    public void Generators_do_not_disturb_one_another()
    {
        manual_seed(GoldenFile.Seed);
        using Generator other = new(5);
        using Tensor noise = randn(100, generator: other);
        using Tensor values = randn(5, 8);
        Agreement.Exactly(values, GoldenFile.Operators["randn.many:out0"], "the default generator beside another");
    }
}
