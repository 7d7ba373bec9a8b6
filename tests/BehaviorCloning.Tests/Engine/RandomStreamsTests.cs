using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

public class RandomStreamsTests
{
    [Fact]
    public void Streams_are_named_and_independent()
    {
        using var streams = new RandomStreams(5);
        using var again = new RandomStreams(5);
        _ = again.Managed("order").NextBits();
        _ = Draw(again.Torch("other"));
        Draw(again.Torch("noise")).Should().Equal(Draw(streams.Torch("noise")), "what other streams draw does not matter");
        Draw(streams.Torch("a")).Should().NotEqual(Draw(streams.Torch("b")));
        using var other = new RandomStreams(6);
        Draw(other.Torch("a")).Should().NotEqual(Draw(new RandomStreams(5).Torch("a")));
    }

    [Fact]
    public void A_restored_state_draws_the_same_everywhere()
    {
        using var streams = new RandomStreams(5);
        streams.SeedDefault("dropout");
        _ = Draw(streams.Torch("noise"));
        _ = streams.Managed("order").NextBits();
        IReadOnlyDictionary<string, byte[]> state = streams.Save();
        float[] noise = Draw(streams.Torch("noise")), standard = Draw(null);
        ulong order = streams.Managed("order").NextBits();

        using var restored = new RandomStreams(99);
        restored.Restore(state);
        Draw(restored.Torch("noise")).Should().Equal(noise);
        Draw(null).Should().Equal(standard);
        restored.Managed("order").NextBits().Should().Be(order);
    }

    [Fact]
    public void The_default_generator_is_seeded_by_name_and_step()
    {
        using var streams = new RandomStreams(5);
        float[] At(long step)
        {
            streams.SeedDefault("dropout", step);
            return Draw(null);
        }

        At(3).Should().Equal(At(3)).And.NotEqual(At(4));
    }

    [Fact]
    public void An_unknown_state_is_refused()
    {
        using var streams = new RandomStreams(5);
        streams.Invoking(s => s.Restore(new Dictionary<string, byte[]> { ["numpy"] = [1] })).Should().Throw<ArgumentException>().WithMessage("*'numpy'*");
    }

    private static float[] Draw(Generator? generator)
    {
        using Tensor values = randn(20, generator: generator!);
        return values.data<float>().ToArray();
    }
}
