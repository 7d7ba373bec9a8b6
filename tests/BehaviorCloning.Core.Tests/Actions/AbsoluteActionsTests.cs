using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class AbsoluteActionsTests
{
    [Property]
    public void Nothing_is_changed(int seed) => RoundTrip.Check(new AbsoluteActions(), seed);

    [Fact]
    public void A_reference_feature_that_would_be_ignored_is_a_fault()
    {
        new AbsoluteActions { ReferenceFeature = "hand" }.Problems(new ObservationSpec(new FeatureSpec("hand", 2)), new ActionSpec("arm", 2))
            .Should().ContainSingle().Which.Should().Contain("measured from nothing");
        new AbsoluteActions().Problems(new ObservationSpec(), new ActionSpec("arm", 2)).Should().BeEmpty();
    }
}
