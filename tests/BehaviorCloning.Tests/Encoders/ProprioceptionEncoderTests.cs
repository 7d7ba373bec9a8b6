using BehaviorCloning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

public sealed class ProprioceptionEncoderTests
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("a", 2), new FeatureSpec("b", 1));

    [Fact]
    public void One_token_holds_the_steps_oldest_first_and_in_each_the_features_in_order()
    {
        using ObservationEncoder encoder = new ProprioceptionEncoderConfig().Create(Features, 2);
        using Tensor tokens = encoder.Encode(Inputs());
        tokens.shape.Should().Equal(1, 1, 6);
        tokens.Values().Should().Equal(1, 2, 10, 3, 4, 20);
    }

    [Fact]
    public void A_token_a_step_where_asked()
    {
        using ObservationEncoder encoder = new ProprioceptionEncoderConfig { TokenPerStep = true }.Create(Features, 2);
        using Tensor tokens = encoder.Encode(Inputs());
        tokens.shape.Should().Equal(1, 2, 3);
        tokens.Values().Should().Equal(1, 2, 10, 3, 4, 20);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    public void Tokens_are_what_was_promised(bool perStep, int layers)
    {
        var config = new ProprioceptionEncoderConfig { TokenPerStep = perStep, HiddenWidths = [.. new[] { 7, 5 }.Take(layers)] };
        using ObservationEncoder encoder = config.Create(Features, 2);
        using Tensor tokens = encoder.Encode(Inputs());
        TokenShape promised = config.Tokens(Features, 2);
        tokens.shape.Should().Equal(1, promised.Count, promised.Width);
        (encoder.TokenCount, encoder.TokenWidth).Should().Be((promised.Count, promised.Width));
    }

    [Fact]
    public void Encoding_leaves_one_live_tensor()
    {
        using ObservationEncoder encoder = new ProprioceptionEncoderConfig { HiddenWidths = [4] }.Create(Features, 2);
        Dictionary<string, Tensor> inputs = Inputs();
        Tensors.LiveAfter(() => encoder.Encode(inputs)).Should().Be(1);
    }

    [Fact]
    public void A_missing_feature_and_a_wrong_horizon_are_refused()
    {
        using ObservationEncoder encoder = new ProprioceptionEncoderConfig().Create(Features, 3);
        Action horizon = () => encoder.Encode(Inputs());
        horizon.Should().Throw<ArgumentException>().WithMessage("*'a' has shape [1, 2, 2], expected [B, 3, 2]*");
        Action missing = () => encoder.Encode(new Dictionary<string, Tensor> { ["c"] = zeros(1, 3, 2) });
        missing.Should().Throw<ArgumentException>().WithMessage("*'a' is missing*c*");
    }

    [Fact]
    public void Images_are_refused() =>
        new ProprioceptionEncoderConfig { HiddenWidths = [0] }.Problems(new ObservationSpec(new FeatureSpec("camera", FeatureElement.UInt8, 8, 8, 3)), 1)
            .Should().HaveCount(2).And.Contain(p => p.Contains("camera", StringComparison.Ordinal));

    private static Dictionary<string, Tensor> Inputs() => new()
    {
        ["b"] = tensor(new float[] { 10, 20 }, [1, 2, 1]),
        ["a"] = tensor(new float[] { 1, 2, 3, 4 }, [1, 2, 2]),
    };

    [Fact]
    public void Parts_say_where_each_feature_is()
    {
        var features = new ObservationSpec(new FeatureSpec("a", 2), new FeatureSpec("b", 1));
        new ProprioceptionEncoderConfig().Parts(features, 2).Should().Equal(
            new ContextPart("a", 0, 1, 0, 2), new ContextPart("b", 0, 1, 2, 1), new ContextPart("a", 0, 1, 3, 2), new ContextPart("b", 0, 1, 5, 1));
        new ProprioceptionEncoderConfig { TokenPerStep = true }.Parts(features, 2).Should().Equal(
            new ContextPart("a", 0, 2, 0, 2), new ContextPart("b", 0, 2, 2, 1));
        new ProprioceptionEncoderConfig { HiddenWidths = [8] }.Parts(features, 2).Should().BeEmpty("hidden layers mix them");
    }
}
