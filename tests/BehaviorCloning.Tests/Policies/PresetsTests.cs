using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using TorchSharp;

namespace BehaviorCloning.Tests.Policies;

public sealed class PresetsTests
{
    private static readonly ObservationSpec PushT = new(
        new FeatureSpec("agent_position", 2), new FeatureSpec("block_position", 2), new FeatureSpec("block_angle", 1), new FeatureSpec("keypoints", 18));

    [Fact]
    public void The_U_Net_for_PushT_has_the_published_number_of_weights() => WeightsOf(Presets.DiffusionPolicyPushTState, PushT, 2).Should().Be(65_783_298);

    [Fact]
    public void The_transformer_for_PushT_has_the_published_number_of_weights() => WeightsOf(Presets.DiffusionTransformerPushT, PushT, 2).Should().Be(8_965_122);

    [Fact]
    public void The_small_diffusion_policy_for_PushT_has_1249824_weights() => WeightsOf(Presets.DiffusionPushTState, PushT, 2).Should().Be(1_249_824);

    [Fact]
    public void The_Kinetix_flow_policy_takes_any_robot() =>
        WeightsOf(Presets.FlowMatchingKinetix, new ObservationSpec(new FeatureSpec("state", 100)), 6).Should().Be((2 * 65792) + 27392 + (4 * (1024 + 262144)) + (257 * 26 * 256) + 1542);

    private static long WeightsOf(PolicyConfig config, ObservationSpec observations, int actions)
    {
        var action = new ActionSpec("agent", actions);
        config.Problems(observations, action).Should().BeEmpty();
        using var network = new PolicyNetwork(config, observations, action);
        return network.parameters().Sum(p => p.numel());
    }
}
