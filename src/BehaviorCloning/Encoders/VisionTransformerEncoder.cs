using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// Camera images through a vision transformer trained from nothing, together with all float features; see <see cref="CameraEncoder"/> for the tokens.
/// As a map, patch tokens are read like a ResNet's: one token a patch as context, their mean, spatial softmax or attention pooling.
/// </summary>
public sealed class VisionTransformerEncoder : CameraEncoder
{
    private readonly ModuleList<VisionTransformer> backbones;

    /// <summary>Builds the encoder.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public VisionTransformerEncoder(VisionTransformerEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(VisionTransformerEncoder), config, features, observationHorizon)
    {
        backbones = new ModuleList<VisionTransformer>([.. Cameras.Take(NetworkCount).Select(config.SeenOf).Select(seen => new VisionTransformer(config.Transformer, seen.Height, seen.Width))]);
        RegisterComponents();
    }

    private protected override Tensor Map(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features) => MapOf(backbones[network], images);

    private protected override Tensor Summary(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features)
    {
        using DisposeScope scope = NewDisposeScope();
        return backbones[network].forward(images).select(1, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Patch tokens as a map, [B, width, rows, columns].</summary>
    internal static Tensor MapOf(VisionTransformer network, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        (int height, int width) = network.GridOf((int)images.size(2), (int)images.size(3));
        Tensor patches = network.forward(images).narrow(1, network.PrefixTokens, height * width);
        return patches.transpose(1, 2).reshape(images.size(0), network.Width, height, width).MoveToOuterDisposeScope();
    }
}
