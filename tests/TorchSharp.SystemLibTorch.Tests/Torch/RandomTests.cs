using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class RandomTests
{
    [Fact]
    public void Seed_42_gives_the_numbers_that_PyTorch_gives()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(42);

        // python3 -c "import torch; torch.manual_seed(42); print(torch.randn(5).tolist())"
        torch.randn(5, generator: generator).data<float>().ToArray().Should()
            .Equal(0.33669036626815796f, 0.12880940735340118f, 0.23446236550807953f, 0.23033303022384644f, -1.1228563785552979f);
    }

    [Fact]
    public void A_generators_state_can_be_taken_and_restored()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        torch.rand(3, generator: generator);
        var state = generator.get_state();
        var first = torch.randn(4, generator: generator).data<float>().ToArray();
        generator.set_state(state);

        torch.randn(4, generator: generator).data<float>().ToArray().Should().Equal(first);
        torch.randn(4, generator: generator).data<float>().ToArray().Should().NotEqual(first, "the stream moves on");
        generator.initial_seed().Should().Be(7);
    }

    [Fact]
    public void Generators_do_not_disturb_one_another()
    {
        using var scope = NewDisposeScope();
        using var one = new Generator(1);
        using var other = new Generator(1);
        var expected = torch.rand(4, generator: other).data<float>().ToArray();
        using var third = new Generator(99);
        torch.rand(10, generator: third);

        torch.rand(4, generator: one).data<float>().ToArray().Should().Equal(expected);
    }

    [Fact]
    public void A_corrupt_state_is_an_error_and_leaves_the_generator_usable()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);

        FluentActions.Invoking(() => generator.set_state(torch.zeros(3, uint8))).Should().Throw<System.Runtime.InteropServices.ExternalException>();
        torch.rand(1, generator: generator).ToSingle().Should().BeInRange(0, 1);
    }

    [Fact]
    public void Permutations_and_integers_stay_in_range()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);

        torch.randperm(100, generator: generator).data<long>().ToArray().Order().Should().Equal(Enumerable.Range(0, 100).Select(i => (long)i));
        torch.randint(3, 7, [1000], generator: generator).data<long>().ToArray().Should().OnlyContain(value => value >= 3 && value < 7);
    }
}
