namespace BehaviorCloning.Core.Tests;

public sealed class ObservationTests
{
    private static readonly ObservationSpec Spec = new(new FeatureSpec("joints", 2), new FeatureSpec("camera", FeatureElement.UInt8, 1, 1, 3), new FeatureSpec("gripper", 1));

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        Observation observation = new() { ["joints"] = new[] { 1, float.NaN }, ["wrist"] = new float[6], Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = new byte[4] } };
        observation.Invoking(o => o.Require(Spec)).Should().Throw<ArgumentException>()
            .WithMessage("*'joints' is NaN at index 1; 'camera' has 4 values, expected 3; 'gripper' is missing (found: joints, wrist, camera)*");
    }

    [Fact]
    public void More_than_is_asked_for_is_no_fault()
    {
        Observation observation = new() { ["joints"] = new float[2], ["gripper"] = new float[1], ["extra"] = new[] { float.NaN }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = new byte[3] } };
        observation.Require(Spec);
        observation["joints"].Length.Should().Be(2);
    }

    [Fact]
    public void A_missing_feature_is_named_with_what_there_is() =>
        new Observation { ["joints"] = new float[2] }.Invoking(o => o["pose"]).Should().Throw<KeyNotFoundException>().WithMessage("*'pose'. It has: joints*");
}
