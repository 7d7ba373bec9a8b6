using BehaviorCloning.Simulation;
using ChoosingAHead;

namespace BehaviorCloning.Samples;

/// <summary>What the pages say about heads, as experiments: each trains a head in a small world, as samples/ChoosingAHead does, and plays it.</summary>
public sealed class HeadClaimsTests
{
    [Fact]
    public void At_the_fork_the_mean_of_both_ways_hits_the_obstacle()
    {
        Row row = Play("mse", "fork", 600);
        row.Success.Should().BeLessThan(0.2);
        row.Score.Should().BeLessThan(0.4, "it gets no further than the obstacle");
    }

    [Fact]
    public void On_one_way_there_is_nothing_to_average() =>
        Play("mse", "fork", 600, new WorldOptions { Ways = ForkInTheRoadWays.Left }).Should().Match<Row>(row => row.Success > 0.95 && row.LeftShare == 1);

    [Theory]
    [InlineData("flow", 1200)]
    [InlineData("gmm", 1200)]
    public void At_the_fork_a_distribution_takes_both_ways(string head, int steps) => TakesBothWays(Play(head, "fork", steps));

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("autoregressive")]
    [InlineData("fast")]
    [InlineData("lstm-gmm")]
    [InlineData("ibc")]
    [InlineData("bet")]
    [InlineData("vq-bet")]
    [InlineData("cvae")]
    [InlineData("diffusion")]
    public void At_the_fork_a_distribution_takes_both_ways_given_time(string head) => TakesBothWays(Play(head, "fork"));

    [Fact]
    public void Coupled_signs_are_no_mean()
    {
        Row row = Play("mse", "coupled-axes", 400);
        row.Success.Should().BeLessThan(0.1);
    }

    [Fact]
    public void Independent_bins_draw_coupled_signs_by_chance() =>
        Play("binned", "coupled-axes", 600).Score.Should().BeApproximately(0.75, 0.06, "sizes are right, and half of the signs agree: 1/2 * 1 + 1/2 * 1/2");

    [Theory]
    [InlineData("flow", 1000)]
    [InlineData("gmm", 600)]
    [InlineData("bet", 600)]
    [InlineData("fast", 800)]
    public void A_joint_distribution_keeps_signs_together(string head, int steps) => Play(head, "coupled-axes", steps).Success.Should().BeGreaterThan(0.95);

    [Fact]
    public void Next_to_a_jump_most_answers_are_on_the_right_side() => Play("mse", "step-function", 1000).Success.Should().BeGreaterThan(0.6);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Corrupted_demonstrations_cost_regression_more_than_flow()
    {
        var oneWay = new WorldOptions { Ways = ForkInTheRoadWays.Left };
        double mse = Play("mse", "fork", null, oneWay, corrupted: 0.4).Success, flow = Play("flow", "fork", null, oneWay, corrupted: 0.4).Success;
        mse.Should().BeLessThan(0.2);
        flow.Should().BeGreaterThan(0.5);
    }

    private static void TakesBothWays(Row row)
    {
        row.Success.Should().BeGreaterThan(0.9);
        row.LeftShare.Should().BeInRange(0.25, 0.75);
    }

    private static Row Play(string head, string world, int? steps = null, WorldOptions? options = null, double corrupted = 0) => Comparison.Run(
        new ComparisonOptions
        {
            Heads = [HeadCatalog.Find(head)],
            Worlds = [World.Find(world, options ?? new WorldOptions())],
            Seeds = [0L],
            Steps = steps,
            Episodes = 300,
            CorruptedShares = [corrupted],
        },
        _ => { },
        CancellationToken.None).Single();
}
