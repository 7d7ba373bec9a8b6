using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Camera images through a ResNet, together with all float features.</summary>
/// <remarks>
/// <code>
/// // float features of 2 numbers and 1 camera read to 64, To = 2:
/// //   one token       p p i..i (oldest)  p p i..i (newest)          [B, 1, 132]
/// //   token per step  p p i..i (oldest), p p i..i (newest)          [B, 2, 66]
/// // feature maps of 15 x 20 with 512 channels, 14 numbers, To = 1:
/// //   p..p 0..0 (498 zeros), then a token a place, row by row       [B, 301, 512]
/// </code>
/// </remarks>
public sealed class ResNetEncoder : ObservationEncoder
{
    private readonly ModuleList<ResNet> backbones;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> readouts;
    private readonly ImagePreprocessor preprocessor;
    private readonly FeatureSpec[] floats;
    private readonly FeatureSpec[] cameras;
    private readonly int observationHorizon;
    private readonly bool passesMaps;

    /// <summary>Builds the encoder.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public ResNetEncoder(ResNetEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(ResNetEncoder), TokensOf(config, features, observationHorizon).Count, TokensOf(config, features, observationHorizon).Width)
    {
        this.observationHorizon = observationHorizon;
        floats = [.. ResNetEncoderConfig.FloatsOf(features)];
        cameras = [.. ResNetEncoderConfig.CamerasOf(features)];
        passesMaps = config.Readout is FeatureMapReadout;
        int networks = config.SharedWeights ? 1 : cameras.Length;
        preprocessor = new ImagePreprocessor(config.Scaling, config.Resize, config.Crop, config.Augmentation);
        backbones = new ModuleList<ResNet>([.. Enumerable.Range(0, networks).Select(_ => new ResNet(config.Depth, config.Norm, config.Width))]);
        readouts = new ModuleList<nn.Module<Tensor, Tensor>>([.. cameras.Take(networks)
            .Select(camera => config.Readout.Create(8 * config.Width, config.MapOf(camera).Height, config.MapOf(camera).Width)).OfType<nn.Module<Tensor, Tensor>>()]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> parts = [.. floats.Select(spec => Find(features, spec, observationHorizon)).Select(feature => feature.dim() == 3 ? feature : feature.flatten(2))];
        List<Tensor> maps = [];
        for (int i = 0; i < cameras.Length; i++)
        {
            Tensor frames = Find(features, cameras[i], observationHorizon);
            if (frames.dtype != ScalarType.Byte)
                throw new ArgumentException($"Feature '{cameras[i].Name}' holds {frames.dtype}, expected bytes 0..255: images are scaled here.", nameof(features));
            Tensor map = Of(backbones, i).forward(preprocessor.Prepare(frames, random));
            if (passesMaps) maps.Add(map.flatten(2).transpose(1, 2));
            else parts.Add(Of(readouts, i).forward(map).view(frames.size(0), observationHorizon, -1));
        }

        Tensor joined = parts.Count == 0 ? maps[0] : cat(parts, 2);
        if (!passesMaps) return joined.reshape(joined.size(0), TokenCount, TokenWidth).MoveToOuterDisposeScope();
        Tensor[] tokens = [.. (parts.Count == 0 ? maps : maps.Prepend(joined)).Select(Padded)];
        return cat(tokens, 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Reads published weights (torchvision's names, in a safetensors file) into every camera's network. The classifier and the counters of batches
    /// are left out.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit; the message lists every fault, and nothing was changed.</exception>
    public void LoadBackbone(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (ResNet backbone in backbones)
        {
            Dictionary<string, Tensor> targets = backbone.state_dict();
            foreach (string counter in targets.Keys.Where(IsCounter).ToArray()) targets.Remove(counter);
            file.LoadInto(targets, name => name.StartsWith("fc.", StringComparison.Ordinal) || IsCounter(name) ? null : name);
        }

        static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
    }

    // Tokens have one width: what is narrower is filled up with zeros.
    private Tensor Padded(Tensor tokens) => tokens.size(2) == TokenWidth ? tokens : nn.functional.pad(tokens, [0, TokenWidth - tokens.size(2)]);

    private static T Of<T>(ModuleList<T> modules, int camera)
        where T : nn.Module => modules[Math.Min(camera, modules.Count - 1)];

    private static TokenShape TokensOf(ResNetEncoderConfig config, ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems(features, observationHorizon)];
        return problems.Length == 0
            ? config.Tokens(features, observationHorizon)
            : throw new ArgumentException($"A ResNet encoder cannot be built: {string.Join(" ", problems)}", nameof(config));
    }
}
