using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class FeatureMatcherTests
{
    [Fact]
    public void Each_finds_its_like()
    {
        SiftFeature[] first = [Pointing(0), Pointing(5), Pointing(9)], second = [Pointing(9), Pointing(0), Pointing(5)];
        new FeatureMatcher().Match(first, second).Select(m => (m.First, m.Second)).Should().Equal((0, 1), (1, 2), (2, 0));
    }

    [Fact]
    public void What_looks_like_two_is_left_out()
    {
        SiftFeature[] first = [Between(0, 1, 0.5f)], second = [Pointing(0), Pointing(1)];
        new FeatureMatcher().Match(first, second).Should().BeEmpty();
        new FeatureMatcher { Ratio = 1 }.Match(first, second).Should().ContainSingle();
        new FeatureMatcher().Match([Between(0, 1, 0.1f)], second).Should().ContainSingle().Which.Second.Should().Be(0);
    }

    [Fact]
    public void Love_must_be_returned()
    {
        // Both of the first list like the same one; it likes the nearer.
        SiftFeature[] first = [Between(0, 1, 0.2f), Pointing(0)], second = [Pointing(0), Pointing(30)];
        new FeatureMatcher().Match(first, second).Should().ContainSingle().Which.First.Should().Be(1);
        new FeatureMatcher { Mutual = false }.Match(first, second).Should().HaveCount(2);
    }

    [Fact]
    public void Distances_are_those_of_the_descriptors()
    {
        IReadOnlyList<FeatureMatch> matches = new FeatureMatcher { Ratio = 1 }.Match([Pointing(0)], [Pointing(1), Between(0, 2, 0.5f)]);
        double expected = Math.Sqrt(2 - (2 / Math.Sqrt(2)));
        ((double)matches.Single().Distance).Should().BeApproximately(expected, 1e-3);
    }

    [Fact]
    public void Too_few_to_tell_apart_match_nothing()
    {
        new FeatureMatcher().Match([], [Pointing(1), Pointing(2)]).Should().BeEmpty();
        new FeatureMatcher().Match([Pointing(1)], [Pointing(1)]).Should().BeEmpty("there is no second nearest");
        Action wrong = () => new FeatureMatcher { Ratio = 0 }.Match([Pointing(1)], [Pointing(1)]);
        wrong.Should().Throw<ArgumentException>().WithMessage("*Ratio 0*");
    }

    private static SiftFeature Pointing(int axis) => Between(axis, axis + 1, 0);

    // A share of one axis in the direction of another.
    private static SiftFeature Between(int a, int b, float share)
    {
        float[] descriptor = new float[128];
        float length = MathF.Sqrt(((1 - share) * (1 - share)) + (share * share));
        descriptor[a] = (1 - share) / length;
        descriptor[b] = share / length;
        return new SiftFeature(0, 0, 1, 0, 1, descriptor);
    }
}
