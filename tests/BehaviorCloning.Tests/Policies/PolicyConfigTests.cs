using BehaviorCloning.Actions;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Tests.Policies;

public sealed class PolicyConfigTests
{
    private static readonly ObservationSpec Observations = new(new FeatureSpec("hand", 2), new FeatureSpec("angle", 1));
    private static readonly ActionSpec Action = new("arm", 2);

    [Fact]
    public void Defaults_are_sound() => new PolicyConfig().Problems(Observations, Action).Should().BeEmpty();

    [Fact]
    public void Presets_are_sound_for_PushT()
    {
        var pushT = new ObservationSpec(new FeatureSpec("agent_position", 2), new FeatureSpec("block_position", 2), new FeatureSpec("block_angle", 1));
        Presets.FlowMatchingPushTState.Problems(pushT, new ActionSpec("agent", 2)).Should().BeEmpty();
        Presets.MsePushTState.Problems(pushT, new ActionSpec("agent", 2)).Should().BeEmpty();
        Presets.LstmGmmPushTState.Problems(pushT, new ActionSpec("agent", 2)).Should().BeEmpty();
        Presets.ImplicitPushTState.Problems(pushT, new ActionSpec("agent", 2)).Should().BeEmpty();
    }

    [Fact]
    public void Faults_of_every_part_are_listed_at_once()
    {
        var config = new PolicyConfig
        {
            Features = [new RawFeature("hand")],
            Actions = new RelativeActions { ReferenceFeature = "angle" },
            ObservationNormalization = new FixedNormalization { Scale = 0 },
            ActionNormalization = new StandardNormalization { MinimumSpread = -1 },
            FeatureNormalization = new Dictionary<string, NormalizerConfig> { ["foot"] = new NoNormalization() },
            Encoder = new ProprioceptionEncoderConfig(),
            Head = new FlowMatchingHeadConfig { SamplingSteps = 0, Denoiser = new ResidualMlpDenoiserConfig { Width = 0 } },
        };
        string all = string.Join("\n", config.Problems(Observations, Action));
        foreach (string part in new[] { "reference value", "ObservationNormalization: ", "ActionNormalization: ", "'foot'", "SamplingSteps", "Width" })
            all.Should().Contain(part);
        Action require = () => config.Require(Observations, Action);
        require.Should().Throw<ArgumentException>().WithMessage("*6 faults*");
    }

    [Fact]
    public void Features_that_cannot_be_made_are_named() =>
        new PolicyConfig { Features = [new AngleSinCos { Feature = "elbow" }] }.Problems(Observations, Action)
            .Should().ContainSingle().Which.Should().Contain("elbow").And.Contain("hand, angle");

    [Fact]
    public void Configs_are_equal_by_value()
    {
        Presets.FlowMatchingPushTState.Should().Be(Presets.FlowMatchingPushTState);
        Presets.FlowMatchingPushTState.Should().NotBe(Presets.MsePushTState);
        Presets.FlowMatchingPushTState.GetHashCode().Should().Be(Presets.FlowMatchingPushTState.GetHashCode());
        (Presets.FlowMatchingPushTState with { FeatureNormalization = new Dictionary<string, NormalizerConfig>() }).Should().NotBe(Presets.FlowMatchingPushTState);
    }
}
