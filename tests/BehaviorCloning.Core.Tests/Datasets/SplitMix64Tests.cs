using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class SplitMix64Tests
{
    [Fact]
    public void Seed_1234567_gives_the_published_numbers()
    {
        SplitMix64 random = new(1234567);
        random.Next().Should().Be(6457827717110365317);
        random.Next().Should().Be(3203168211198807973);
        random.Next().Should().Be(9817491932198370423);
    }

    [Fact]
    public void Every_place_is_as_likely_after_a_shuffle()
    {
        SplitMix64 random = new(1);
        int[] firstAt = new int[6];
        for (int i = 0; i < 60_000; i++)
        {
            int[] order = [0, 1, 2, 3, 4, 5];
            random.Shuffle(order);
            firstAt[Array.IndexOf(order, 0)]++;
        }

        // Expected 10,000 with a standard deviation of 91.
        firstAt.Should().AllSatisfy(count => count.Should().BeInRange(9_500, 10_500));
    }
}
