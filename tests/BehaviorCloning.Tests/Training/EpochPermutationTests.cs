using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public class EpochPermutationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(1000)]
    [InlineData(65537)]
    public void Every_window_comes_exactly_once_an_epoch(int count)
    {
        foreach (long epoch in new long[] { 0, 1, 7 })
        {
            var order = new EpochPermutation(count, 42, epoch);
            Enumerable.Range(0, count).Select(i => order[i]).Order().Should().Equal(Enumerable.Range(0, count).Select(i => (long)i));
        }
    }

    [Fact]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        long[] Order(ulong seed, long epoch)
        {
            var order = new EpochPermutation(1000, seed, epoch);
            return [.. Enumerable.Range(0, 1000).Select(i => order[i])];
        }

        Order(1, 0).Should().Equal(Order(1, 0)).And.NotEqual(Order(1, 1)).And.NotEqual(Order(2, 0));
    }

    [Fact]
    public void The_order_is_shuffled_well()
    {
        const int Count = 10_000;
        var order = new EpochPermutation(Count, 3, 0);
        // Neighbors in a random order lie a third of the range apart on average, with a standard error of 0.24 %.
        double distance = Enumerable.Range(1, Count - 1).Average(i => Math.Abs(order[i] - order[i - 1]));
        (distance / Count).Should().BeApproximately(1.0 / 3, 0.01);
        // Of two random orders about one item in Count keeps its place.
        var next = new EpochPermutation(Count, 3, 1);
        Enumerable.Range(0, Count).Count(i => order[i] == next[i]).Should().BeLessThan(10);
        // The first batch is spread over the whole range.
        double mean = Enumerable.Range(0, 256).Average(i => (double)order[i]);
        (mean / Count).Should().BeApproximately(0.5, 0.1);
    }

    [Fact]
    public void A_position_outside_the_epoch_is_refused()
    {
        var order = new EpochPermutation(10, 0, 0);
        FluentActions.Invoking(() => order[10]).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new EpochPermutation(0, 0, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
