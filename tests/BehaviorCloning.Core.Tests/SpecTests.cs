namespace BehaviorCloning.Core.Tests;

public sealed class SpecTests
{
    [Fact]
    public void Features_are_equal_by_name_element_and_shape()
    {
        new FeatureSpec("a", 2, 3).Should().Be(new FeatureSpec("a", 2, 3));
        new FeatureSpec("a", 2, 3).Should().NotBe(new FeatureSpec("a", 3, 2));
        new FeatureSpec("a", 2, 3).Should().NotBe(new FeatureSpec("a", FeatureElement.UInt8, 2, 3));
        new FeatureSpec("a", 2, 3).Size.Should().Be(6);
        new FeatureSpec("a", 2, 3).ToString().Should().Be("a [2, 3]");
    }

    [Fact]
    public void A_step_takes_one_two_or_four_bytes_a_value()
    {
        new FeatureSpec("a", 3).StepBytes.Should().Be(12);
        new FeatureSpec("a", FeatureElement.UInt8, 3).StepBytes.Should().Be(3);
        var depth = new FeatureSpec("depth", FeatureElement.UInt16, 2, 3);
        (depth.StepBytes, depth.IsImage, depth.ToString()).Should().Be((12, true, "depth [2, 3] uint16"));
        new Observation { Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["depth"] = new byte[6] } }
            .Invoking(o => o.Require(new ObservationSpec(depth))).Should().Throw<ArgumentException>().WithMessage("*'depth' has 6 bytes, expected 12*");
    }

    [Fact]
    public void Features_without_size_and_names_used_twice_are_refused()
    {
        FluentActions.Invoking(() => new FeatureSpec("a", 2, 0)).Should().Throw<ArgumentException>().WithMessage("*shape [2, 0]*at least 1*");
        FluentActions.Invoking(() => new FeatureSpec("a")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new FeatureSpec("a", 1 << 20, 1 << 20)).Should().Throw<OverflowException>();
        FluentActions.Invoking(() => new ObservationSpec(new FeatureSpec("a", 1), new FeatureSpec("a", 2))).Should().Throw<ArgumentException>().WithMessage("*named twice: a*");
        new ObservationSpec(new FeatureSpec("a", 1)).Invoking(s => s["b"]).Should().Throw<KeyNotFoundException>().WithMessage("*'b'. There are: a*");
    }

    [Fact]
    public void An_actions_limits_must_fit_it()
    {
        new ActionSpec("arm", 2) { Minimum = [0, 1], Maximum = [1, 1], Names = ["x"] }.Problems().Should().BeEquivalentTo(
            "Action 'arm' has 2 dimensions, but Names has 1 entries. Give one a dimension, or none.",
            "Action 'arm', dimension 1: minimum 1 is not below maximum 1.");
        new ActionSpec("arm", 1) { Minimum = [float.NaN], Maximum = [1] }.Problems().Should().ContainSingle();
        (new ActionSpec("arm", 1) { Names = ["x"] }).Should().Be(new ActionSpec("arm", 1) { Names = ["x"] });
    }
}
