using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class DeltaActionsTests
{
    [Fact]
    public void Every_action_is_measured_from_the_step_before()
    {
        float[] chunk = [12, 100, 15, 100, 19, 100];
        new DeltaActions { ReferenceFeature = "hand" }.Encode(chunk, [10, 90]);
        chunk.Should().Equal(2, 10, 3, 0, 4, 0);
    }

    [Fact]
    public void Decoding_adds_up()
    {
        float[] chunk = [2, 3, 4];
        new DeltaActions { ReferenceFeature = "hand" }.Decode(chunk, [10]);
        chunk.Should().Equal(12, 15, 19);
    }

    [Property]
    public void Decoding_undoes_encoding(int seed) => RoundTrip.Check(new DeltaActions { ReferenceFeature = "hand", AbsoluteDimensions = seed % 2 == 0 ? [] : [0] }, seed);
}
