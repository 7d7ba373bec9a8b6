using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class RelativeActionsTests
{
    private static readonly ObservationSpec Hand = new(new FeatureSpec("hand", 2), new FeatureSpec("camera", FeatureElement.UInt8, 4, 4, 3));

    [Fact]
    public void Every_action_is_measured_from_the_newest_observation()
    {
        float[] chunk = [12, 100, 15, 100, 19, 100];
        new RelativeActions { ReferenceFeature = "hand" }.Encode(chunk, [10, 90]);
        chunk.Should().Equal(2, 10, 5, 10, 9, 10);
    }

    [Fact]
    public void Absolute_dimensions_are_left_as_they_are()
    {
        float[] chunk = [12, 1, 15, 0];
        new RelativeActions { ReferenceFeature = "hand", AbsoluteDimensions = [1] }.Encode(chunk, [10, 90]);
        chunk.Should().Equal(2, 1, 5, 0);
    }

    [Property]
    public void Decoding_undoes_encoding(int seed) => RoundTrip.Check(new RelativeActions { ReferenceFeature = "hand", AbsoluteDimensions = seed % 2 == 0 ? [] : [0] }, seed);

    [Fact]
    public void Value_equality_counts_absolute_dimensions()
    {
        RelativeActions some = new() { ReferenceFeature = "hand", AbsoluteDimensions = [1] };
        some.Should().Be(new RelativeActions { ReferenceFeature = "hand", AbsoluteDimensions = [1] });
        some.GetHashCode().Should().Be(new RelativeActions { ReferenceFeature = "hand", AbsoluteDimensions = [1] }.GetHashCode());
        some.Should().NotBe(new RelativeActions { ReferenceFeature = "hand", AbsoluteDimensions = [0] });
        some.Should().NotBe(new DeltaActions { ReferenceFeature = "hand", AbsoluteDimensions = [1] });
    }

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        new RelativeActions { AbsoluteDimensions = [2, -1] }.Problems(Hand, new ActionSpec("arm", 2)).Should().BeEquivalentTo(
            "RelativeActions need a ReferenceFeature to be measured from. There are: hand, camera.",
            "RelativeActions: absolute dimension 2 is none of the 2 action dimensions of 'arm' (0 to 1).",
            "RelativeActions: absolute dimension -1 is none of the 2 action dimensions of 'arm' (0 to 1).");
        new RelativeActions { ReferenceFeature = "wrist" }.Problems(Hand, new ActionSpec("arm", 2)).Should().ContainSingle().Which.Should().Contain("'wrist', which there is not");
        new RelativeActions { ReferenceFeature = "camera" }.Problems(Hand, new ActionSpec("arm", 2)).Should().ContainSingle().Which.Should().Contain("it is an image");
        new RelativeActions { ReferenceFeature = "hand" }.Problems(Hand, new ActionSpec("arm", 3)).Should().ContainSingle().Which.Should().Contain("each of the 3 action dimensions of 'arm', but 'hand' has 2");
        new RelativeActions { ReferenceFeature = "hand" }.Problems(Hand, new ActionSpec("arm", 2)).Should().BeEmpty();
    }

    [Fact]
    public void A_chunk_of_other_width_than_the_reference_is_refused()
    {
        RelativeActions relative = new() { ReferenceFeature = "hand" };
        relative.Invoking(r => r.Encode(new float[5], new float[2])).Should().Throw<ArgumentException>().WithMessage("*5 values is no whole number of rows of the reference's 2*");
        relative.Invoking(r => r.Decode(new float[4], [])).Should().Throw<ArgumentException>();
    }
}

/// <summary>Encode and Decode undo each other, for any chunk.</summary>
internal static class RoundTrip
{
    public static void Check(ActionRepresentation representation, int seed)
    {
        Random random = new(seed);
        int dimension = 1 + random.Next(8), steps = 1 + random.Next(32);
        float[] reference = [.. Enumerable.Range(0, dimension).Select(_ => (float)((random.NextDouble() * 1000) - 500))];
        float[] chunk = [.. Enumerable.Range(0, steps * dimension).Select(_ => (float)((random.NextDouble() * 1000) - 500))];
        float[] copy = [.. chunk];
        representation.Encode(copy, reference);
        representation.Decode(copy, reference);

        // Each addition rounds once; magnitudes stay under 1000, where a float's rounding is below 3.1e-5.
        for (int i = 0; i < chunk.Length; i++) copy[i].Should().BeApproximately(chunk[i], 6.2e-5f * steps);
    }
}
