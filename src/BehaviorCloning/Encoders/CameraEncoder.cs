using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Camera images through a network, and what is read from its maps, together with all float features.</summary>
/// <remarks>
/// <code>
/// // float features of 2 numbers and 1 camera read to 64, To = 2:
/// //   one token       p p i..i (oldest)  p p i..i (newest)          [B, 1, 132]
/// //   token per step  p p i..i (oldest), p p i..i (newest)          [B, 2, 66]
/// // feature maps of 15 x 20 with 512 channels, 14 numbers, To = 1:
/// //   p..p 0..0 (498 zeros), then a token a place, row by row       [B, 301, 512]
/// </code>
/// </remarks>
public abstract class CameraEncoder : ObservationEncoder
{
    // Names of these fields are names of weights.
    private protected readonly ModuleList<nn.Module<Tensor, Tensor>> readouts;
    private protected readonly ImagePreprocessor preprocessor;
    private readonly FeatureSpec[] floats;
    private readonly FeatureSpec[] cameras;
    private readonly int observationHorizon;
    private readonly bool passesMaps;
    private readonly bool passesSummaries;

    private protected CameraEncoder(string name, CameraEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(name, TokensOf(config, features, observationHorizon).Count, TokensOf(config, features, observationHorizon).Width)
    {
        this.observationHorizon = observationHorizon;
        floats = [.. CameraEncoderConfig.FloatsOf(features)];
        cameras = [.. CameraEncoderConfig.CamerasOf(features)];
        passesMaps = config.VectorWidth is null;
        passesSummaries = config.Readout is SummaryReadout;
        NetworkCount = config.SharedWeights ? 1 : cameras.Length;
        Cameras = cameras;
        preprocessor = new ImagePreprocessor(config.ScalingInUse, config.ResizeInUse, config.Crop, config.Augmentation, config.ResamplingInUse);
        readouts = new ModuleList<nn.Module<Tensor, Tensor>>([.. cameras.Take(NetworkCount)
            .Select(camera => config.Readout.Create(config.MapChannels, config.MapOf(camera).Height, config.MapOf(camera).Width)).OfType<nn.Module<Tensor, Tensor>>()]);
    }

    /// <summary>How many networks there are: one a camera, or one for all.</summary>
    private protected int NetworkCount { get; }

    private protected IReadOnlyList<FeatureSpec> Cameras { get; }

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
            int network = Math.Min(i, NetworkCount - 1);
            Tensor images = preprocessor.Prepare(frames, random);
            if (passesMaps) maps.Add(Map(network, images, features).flatten(2).transpose(1, 2));
            else parts.Add((passesSummaries ? Summary(network, images, features) : readouts[network].forward(Map(network, images, features))).view(frames.size(0), observationHorizon, -1));
        }

        Tensor joined = parts.Count == 0 ? maps[0] : cat(parts, 2);
        if (!passesMaps) return joined.reshape(joined.size(0), TokenCount, TokenWidth).MoveToOuterDisposeScope();
        Tensor[] tokens = [.. (parts.Count == 0 ? maps : maps.Prepend(joined)).Select(Padded)];
        return cat(tokens, 1).MoveToOuterDisposeScope();
    }

    /// <summary>A network's map of images, [B * To, channels, height, width].</summary>
    private protected abstract Tensor Map(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features);

    /// <summary>A network's own summary of images, [B * To, width].</summary>
    private protected abstract Tensor Summary(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features);

    // Tokens have one width: what is narrower is filled up with zeros.
    private Tensor Padded(Tensor tokens) => tokens.size(2) == TokenWidth ? tokens : nn.functional.pad(tokens, [0, TokenWidth - tokens.size(2)]);

    private static TokenShape TokensOf(CameraEncoderConfig config, ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems(features, observationHorizon)];
        return problems.Length == 0
            ? config.Tokens(features, observationHorizon)
            : throw new ArgumentException($"An encoder of images cannot be built: {string.Join(" ", problems)}", nameof(config));
    }
}
