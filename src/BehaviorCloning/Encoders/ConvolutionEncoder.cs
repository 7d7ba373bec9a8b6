using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// Small pictures of any sensor through small convolutions: depth images and range scans (uint16, 0 where nothing was measured), tactile pads
/// and other small images (uint8), together with all float features.
/// </summary>
/// <remarks>
/// <code>
/// // float features of 2 numbers, a depth image and 4 tactile pads, Width 64, To = 2:
/// //   one token       p p d..d t..t t..t t..t t..t (oldest)  ... (newest)      [B, 1, 2 x (2 + 64 + 4 x 64)]
/// // what the network sees of a distance v:   min(v, far) / far, 1     where v > 0
/// //                                          0,                 0     where nothing was measured
/// </code>
/// The pads of a feature share one network; features each have their own.
/// </remarks>
public sealed class ConvolutionEncoder : ObservationEncoder
{
    private readonly ModuleList<SmallConvolution> networks;
    private readonly ImagePreprocessor? augmenting;
    private readonly FeatureSpec[] floats;
    private readonly FeatureSpec[] pictures;
    private readonly int observationHorizon;
    private readonly float farUnits;

    /// <summary>Builds the encoder.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public ConvolutionEncoder(ConvolutionEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(ConvolutionEncoder), TokensOf(config, features, observationHorizon).Count, TokensOf(config, features, observationHorizon).Width)
    {
        this.observationHorizon = observationHorizon;
        farUnits = config.FarUnits;
        floats = [.. features.Where(f => !f.IsImage)];
        pictures = [.. features.Where(f => f.IsImage)];
        augmenting = config.Augmentation is null ? null : new ImagePreprocessor(ImageScaling.Symmetric, null, null, config.Augmentation);
        networks = new ModuleList<SmallConvolution>([.. pictures.Select(picture => new SmallConvolution(ChannelsOf(picture), ExtentsOf(picture), config))]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Encode(IReadOnlyDictionary<string, Tensor> features, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> parts = [.. floats.Select(spec => Find(features, spec, observationHorizon)).Select(feature => feature.dim() == 3 ? feature : feature.flatten(2))];
        for (int i = 0; i < pictures.Length; i++)
        {
            Tensor frames = Find(features, pictures[i], observationHorizon);
            ScalarType type = FeatureTensor.TypeOf(pictures[i].Element);
            if (frames.dtype != type) throw new ArgumentException($"Feature '{pictures[i].Name}' holds {frames.dtype}, expected {type}: it is scaled here.", nameof(features));
            Tensor seen = training && augmenting is not null && ConvolutionEncoderConfig.IsColor(pictures[i]) ? augmenting.Prepare(frames, random) : Seen(frames, pictures[i]);
            parts.Add(networks[i].forward(seen).view(frames.size(0), observationHorizon, -1));
        }

        return cat(parts, 2).reshape(parts[0].size(0), TokenCount, TokenWidth).MoveToOuterDisposeScope();
    }

    /// <summary>What a network sees: [B * To * pads, channels, ...extents].</summary>
    internal Tensor Seen(Tensor frames, FeatureSpec picture)
    {
        using DisposeScope scope = NewDisposeScope();
        int[] extents = ExtentsOf(picture);
        if (picture.Element == FeatureElement.UInt16)
        {
            // The tensor's int16 hold the bits of uint16.
            Tensor units = frames.to(ScalarType.Int32).bitwise_and(tensor(ushort.MaxValue).to(ScalarType.Int32).to(frames.device));
            Tensor measured = units.ne(0).to(float32), distance = units.to(float32).clamp_max(farUnits).div(farUnits);
            return stack([distance, measured], 2).flatten(0, 1).MoveToOuterDisposeScope();
        }

        Tensor images = frames.reshape([-1, .. extents.Select(extent => (long)extent), ChannelsOf(picture)]).permute(0, 3, 1, 2);
        return images.to(float32).mul(2 / 255f).sub(1f).MoveToOuterDisposeScope();
    }

    private static int ChannelsOf(FeatureSpec picture) => picture switch
    {
        { Element: FeatureElement.UInt16 } => 2,
        { Shape.Count: 2 } => 1,
        _ => picture.Shape[^1],
    };

    private static int[] ExtentsOf(FeatureSpec picture) => picture.Shape.Count switch
    {
        4 => [picture.Shape[1], picture.Shape[2]],
        3 => [picture.Shape[0], picture.Shape[1]],
        _ => [.. picture.Shape],
    };

    private static TokenShape TokensOf(ConvolutionEncoderConfig config, ObservationSpec features, int observationHorizon)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems(features, observationHorizon)];
        return problems.Length == 0
            ? config.Tokens(features, observationHorizon)
            : throw new ArgumentException($"A convolution encoder cannot be built: {string.Join(" ", problems)}", nameof(config));
    }
}
