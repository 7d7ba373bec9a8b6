using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Camera images through a ResNet, together with all float features; see <see cref="CameraEncoder"/> for the tokens.</summary>
public sealed class ResNetEncoder : CameraEncoder
{
    private readonly ModuleList<ResNet> backbones;
    private readonly string? filmFeature;

    /// <summary>Builds the encoder.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public ResNetEncoder(ResNetEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(ResNetEncoder), config, features, observationHorizon)
    {
        filmFeature = config.FilmFeature;
        int condition = filmFeature is null ? 0 : features[filmFeature].Size;
        backbones = new ModuleList<ResNet>([.. Enumerable.Range(0, NetworkCount).Select(_ => new ResNet(config.Depth, config.Norm, config.Width, conditionWidth: condition))]);
        RegisterComponents();
    }

    /// <summary>
    /// Reads published weights (torchvision's names, in a safetensors or PyTorch file) into every camera's network. The classifier and the counters of
    /// batches are left out; a modulation stays as it is. For frozen or partly frozen weights see <see cref="PretrainedEncoder"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit; the message lists every fault, and nothing was changed.</exception>
    public void LoadBackbone(string path)
    {
        using WeightFile file = WeightFile.OpenAny(path);
        foreach (ResNet backbone in backbones)
        {
            var targets = backbone.state_dict().Where(pair => !TorchvisionNames.IsLeftOut(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value);
            file.LoadInto(targets, TorchvisionNames.Of);
        }
    }

    private protected override Tensor Map(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features) =>
        filmFeature is null ? backbones[network].forward(images) : backbones[network].Forward(images, features[filmFeature].flatten(2).flatten(0, 1));

    private protected override Tensor Summary(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features) => Map(network, images, features).mean([2L, 3L]);
}

/// <summary>Torchvision's names of a ResNet's weights, which are ours.</summary>
internal static class TorchvisionNames
{
    private static readonly string[] Wrappers = ["state_dict.", "model.", "module."];

    /// <summary>Our name, or null for what is no weight of the trunk.</summary>
    public static string? Of(string theirs)
    {
        string name = WithoutWrappers(theirs);
        return IsLeftOut(name) ? null : name;
    }

    /// <summary>A name without what checkpoints and data-parallel training put before it.</summary>
    public static string WithoutWrappers(string name)
    {
        foreach (string wrapper in Wrappers)
        {
            if (name.StartsWith(wrapper, StringComparison.Ordinal)) name = name[wrapper.Length..];
        }

        return name;
    }

    public static bool IsLeftOut(string name) =>
        name.StartsWith("fc.", StringComparison.Ordinal) || name.StartsWith("film.", StringComparison.Ordinal) || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
}
