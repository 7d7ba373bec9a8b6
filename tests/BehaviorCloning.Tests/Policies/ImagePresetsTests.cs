using BehaviorCloning.Encoders;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Policies;

/// <summary>Published settings of policies that see images have the published sizes.</summary>
public sealed class ImagePresetsTests
{
    private static readonly ObservationSpec Aloha = new(new FeatureSpec("joint_positions", 14), new FeatureSpec("top", FeatureElement.UInt8, 480, 640, 3));

    [Fact]
    public void ActAloha_has_51613582_trained_weights_and_sees_a_map_of_15_by_20()
    {
        var arms = new ActionSpec("arms", 14);
        Presets.ActAloha.Problems(Aloha, arms).Should().BeEmpty();
        Presets.ActAloha.Encoder.Tokens(Aloha, 1).Should().Be(new TokenShape(1 + (15 * 20), 512));
        using var network = new PolicyNetwork(Presets.ActAloha, Aloha, arms);
        network.parameters().Sum(p => p.numel()).Should().Be(51_613_582);
    }

    [Fact]
    public void The_image_diffusion_policy_for_PushT_has_251511938_weights_and_11197088_more_to_see()
    {
        var features = new ObservationSpec(new FeatureSpec("agent_position", 2), new FeatureSpec("image", FeatureElement.UInt8, 96, 96, 3));
        var agent = new ActionSpec("agent", 2);
        Presets.DiffusionPolicyPushTImage.Problems(features, agent).Should().BeEmpty();
        Presets.DiffusionPolicyPushTImage.Encoder.Tokens(features, 2).Should().Be(new TokenShape(1, 2 * 66));
        using var network = new PolicyNetwork(Presets.DiffusionPolicyPushTImage, features, agent);
        network.Head.parameters().Sum(p => p.numel()).Should().Be(251_511_938);
        network.parameters().Sum(p => p.numel()).Should().Be(262_709_026, "this is LeRobot's count, too");
    }

    [Fact]
    public void More_cameras_share_ActAlohas_network()
    {
        var features = new ObservationSpec(Aloha.Append(new FeatureSpec("wrist", FeatureElement.UInt8, 480, 640, 3)));
        Presets.ActAloha.Encoder.Tokens(features, 1).Count.Should().Be(1 + (2 * 15 * 20));
        Presets.ActAloha.Encoder.Parts(features, 1).Select(part => (part.Name, part.FirstToken)).Should().Equal(("proprioception", 0), ("top", 1), ("wrist", 301));
    }

    [Fact]
    public void ActAloha_refuses_two_observed_steps_and_an_observation_without_an_image()
    {
        PolicyConfig two = Presets.ActAloha with { Horizons = new Horizons { Observation = 2, Prediction = 100, Execution = 100 } };
        two.Problems(Aloha, new ActionSpec("arms", 14)).Should().ContainSingle().Which.Should().Contain("horizon of 1");
        Presets.ActAloha.Problems(new ObservationSpec(Aloha[0]), new ActionSpec("arms", 14)).Should().ContainSingle().Which.Should().Contain("no image");
    }

    [Fact]
    public void How_to_train_them_is_sound()
    {
        TrainerPresets.Act.Problems().Should().BeEmpty();
        TrainerPresets.DiffusionPolicyImage.Problems().Should().BeEmpty();
        TrainerPresets.Act.TotalSteps(1_000_000).Should().Be(100_000);
    }
}
