using BehaviorCloning.Encoders;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/heads/act.md and docs/encoders/resnet.md.</summary>
internal static class ActPage
{
    // <snippet act-from-lerobot>
    public static PolicyNetwork FromLeRobot(string modelSafetensors)
    {
        var observations = new ObservationSpec(new FeatureSpec("state", 14), new FeatureSpec("top", FeatureElement.UInt8, 480, 640, 3));
        var network = new PolicyNetwork(Presets.ActAloha, observations, new ActionSpec("arms", 14));
        LeRobotCheckpoint.LoadAct(modelSafetensors, network);
        return network;
    }
    // </snippet>

    // <snippet resnet-from-imagenet>
    public static void StartFromImageNet(LearnedPolicy policy, string resnet18Safetensors)
    {
        var encoder = (ResNetEncoder)policy.Network.Encoder;
        encoder.LoadBackbone(resnet18Safetensors);
    }
    // </snippet>
}
