using BehaviorCloning.Engine;

namespace BehaviorCloning.Tests.Engine;

public class RandomStreamTests
{
    // xoshiro256** of Blackman and Vigna's C code from the state 1, 2, 3, 4.
    [Fact]
    public void Bits_are_those_of_the_published_generator()
    {
        var stream = new RandomStream(0);
        byte[] state = new byte[32];
        for (int i = 0; i < 4; i++) state[8 * i] = (byte)(i + 1);
        stream.Restore(state);
        Enumerable.Range(0, 5).Select(_ => stream.NextBits())
            .Should().Equal(11520, 0, 1509978240, 1215971899390074240, 1216172134540287360);
    }

    [Fact]
    public void A_restored_stream_goes_on_where_it_was()
    {
        var stream = new RandomStream(7);
        _ = stream.NextNormal();
        byte[] state = stream.Save();
        double[] expected = [stream.NextNormal(), stream.NextUniform(), stream.NextInteger(1000)];
        var other = new RandomStream(8);
        other.Restore(state);
        new[] { other.NextNormal(), other.NextUniform(), other.NextInteger(1000) }.Should().Equal(expected);
    }

    [Fact]
    public void Integers_are_even_over_their_range()
    {
        var stream = new RandomStream(1);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) counts[stream.NextInteger(7)]++;
        counts.Should().OnlyContain(count => Math.Abs(count - 10_000) < 500);
    }

    [Fact]
    public void Normals_have_mean_zero_and_variance_one()
    {
        var stream = new RandomStream(1);
        double[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => stream.NextNormal())];
        draws.Average().Should().BeApproximately(0, 0.02);
        draws.Average(x => x * x).Should().BeApproximately(1, 0.03);
        draws.Average(x => x * x * x * x).Should().BeApproximately(3, 0.2);
    }

    [Fact]
    public void A_state_of_the_wrong_size_is_refused() =>
        FluentActions.Invoking(() => new RandomStream(0).Restore(new byte[31])).Should().Throw<ArgumentException>().WithMessage("*32 bytes*31*damaged*");
}
