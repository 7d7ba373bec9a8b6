using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation.Tests;

public sealed class DemonstrationsTests
{
    [Fact]
    public void Noise_is_executed_but_not_recorded()
    {
        Episode calm = Play(0).ReadEpisode(0), noisy = Play(0.01).ReadEpisode(0);
        float[] positions = noisy.Feature(ForkInTheRoadEnvironment.Position).ToArray(), actions = noisy.Actions.ToArray();
        double[] off = [.. Enumerable.Range(0, noisy.Length - 1).SelectMany(i => new[] { 0, 1 }.Select(d => (double)(positions[(2 * (i + 1)) + d] - positions[(2 * i) + d] - actions[(2 * i) + d])))];
        Math.Sqrt(off.Average(value => value * value)).Should().BeInRange(0.005, 0.015);
        calm.Feature(ForkInTheRoadEnvironment.Position).ToArray()[..2].Should().Equal(positions[..2]);
        actions.Chunk(2).Should().OnlyContain(action => Math.Abs(Math.Sqrt((action[0] * action[0]) + (action[1] * action[1])) - 0.04) < 1e-6, "the expert's own steps are kept");
    }

    [Fact]
    public void Failures_are_kept_and_the_same_seeds_give_the_same()
    {
        InMemoryEpisodes corrupted = Demonstrations.Play(new ForkInTheRoadEnvironment(), seed => new ForkInTheRoadExpert(new() { Seed = seed, CorruptedShare = 1 }), 4, firstSeed: 20);
        corrupted.EpisodeCount.Should().Be(4);
        corrupted.ReadEpisode(1).Actions.ToArray().Should().Equal(
            Demonstrations.Play(new ForkInTheRoadEnvironment(), seed => new ForkInTheRoadExpert(new() { Seed = seed, CorruptedShare = 1 }), 1, firstSeed: 21).ReadEpisode(0).Actions.ToArray());
    }

    private static InMemoryEpisodes Play(double noise) => Demonstrations.Play(new ForkInTheRoadEnvironment(), seed => new ForkInTheRoadExpert(new() { Seed = seed }), 2, firstSeed: 0, actionNoise: noise);
}
