using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class SymmetricEpisodesTests
{
    private static readonly PlanarMirror FlipY = new()
    {
        Features = new Dictionary<string, PlanarQuantity> { ["position"] = PlanarQuantity.Point },
        Actions = PlanarQuantity.Unchanged,
    };

    [Fact]
    public void Every_episode_comes_twice_and_the_original_is_untouched()
    {
        InMemoryEpisodes source = Episodes.Numbered(3, 4);
        SymmetricEpisodes both = new(source, FlipY);
        both.EpisodeCount.Should().Be(6);
        both.EpisodeLength(5).Should().Be(4);
        both.ReadEpisode(1).Should().BeSameAs(source.ReadEpisode(1));
        both.ReadEpisode(4).Feature("position").ToArray().Should().Equal(1, 0, 1, -1, 1, -2, 1, -3);
        both.ReadEpisode(1).Feature("position").ToArray().Should().Equal(1, 0, 1, 1, 1, 2, 1, 3);
        both.ReadEpisode(4).Actions.ToArray().Should().Equal(source.ReadEpisode(1).Actions.ToArray());
        both.ReadEpisode(4).Should().BeSameAs(both.ReadEpisode(4));
    }

    [Fact]
    public void A_symmetry_that_does_not_suit_is_refused() =>
        FluentActions.Invoking(() => new SymmetricEpisodes(Episodes.Numbered(1, 2), FlipY with { Features = new Dictionary<string, PlanarQuantity>(), Actions = PlanarQuantity.Vector }))
            .Should().Throw<ArgumentException>().WithMessage("*what feature 'position' is*Action 'arm' has 1 values*");
}
