using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/choosing-a-head.md.</summary>
public sealed class ChoosingAHeadPage
{
    [Fact]
    public void The_head_fits_the_demonstrations()
    {
        // <snippet fork>
        using var world = new ForkInTheRoadEnvironment();
        IEpisodeSource demonstrations = Demonstrations.Play(world, seed => new ForkInTheRoadExpert(new() { Seed = seed }), episodes: 200);
        PolicyConfig config = new() { Horizons = new() { Observation = 2, Prediction = 16, Execution = 8 }, Head = new FlowMatchingHeadConfig() };
        // </snippet>

        config.Problems(demonstrations.Observations, demonstrations.Actions).Should().BeEmpty();
        demonstrations.EpisodeCount.Should().Be(200);
    }
}
