using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>Torchvision's ResNet-18 or -34, trained on ImageNet: <c>resnet18-*.pth</c>, or the same as safetensors. The classifier is left out.</summary>
public sealed record PublishedResNet : PublishedNetwork
{
    /// <summary>18 or 34. Default 18.</summary>
    public int Depth { get; init; } = 18;

    /// <summary>Channels of the first stage. Default 64, as published.</summary>
    public int Width { get; init; } = 64;

    /// <summary>
    /// Whether trained stages normalize with their batch and keep running statistics, instead of with the published constants. An average of weights
    /// (EMA) does not average these statistics. Frozen stages never do. Default false.
    /// </summary>
    public bool TrainedStatistics { get; init; }

    internal override ImageSize? InputSize => null;

    internal override ImageScaling Scaling => ImageScaling.ImageNet;

    internal override ImageResampling Resampling => ImageResampling.Bilinear;

    internal override int MapChannels => 8 * Width;

    internal override int SummaryWidth => 8 * Width;

    internal override int StageCount => 4;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (ResNet.BlocksOf(Depth) is null) yield return $"{nameof(Depth)} {Depth} must be 18 or 34.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1; 64 is published.";
    }

    internal override ImageSize MapOf(ImageSize seen) => new(ResNet.MapExtent(seen.Height), ResNet.MapExtent(seen.Width));

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) =>
        new ResNetTrunk(new ResNet(Depth, TrainedStatistics ? ResNetNorm.Batch : ResNetNorm.FrozenBatch, Width, frozenStages));
}

/// <summary>
/// The ResNets for CIFAR-10 of the repository akamaster/pytorch_resnet_cifar10 (<c>resnet20-*.th</c> to <c>resnet110-*.th</c>): a pretrained network small
/// enough for any machine. The classifier is left out.
/// </summary>
public sealed record PublishedCifarResNet : PublishedNetwork
{
    /// <summary>6 n + 2: 20, 32, 44, 56 or 110. Default 20.</summary>
    public int Depth { get; init; } = 20;

    /// <summary>Channels of the first stage. Default 16, as published.</summary>
    public int Width { get; init; } = 16;

    /// <summary>As in <see cref="PublishedResNet"/>. Default false.</summary>
    public bool TrainedStatistics { get; init; }

    internal override ImageSize? InputSize => new(32, 32);

    internal override ImageScaling Scaling => ImageScaling.ImageNet;

    internal override ImageResampling Resampling => ImageResampling.Bilinear;

    internal override int MapChannels => 4 * Width;

    internal override int SummaryWidth => 4 * Width;

    internal override int StageCount => 3;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!CifarResNet.IsDepth(Depth)) yield return $"{nameof(Depth)} {Depth} must be 6 n + 2: 20, 32, 44, 56 or 110.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1; 16 is published.";
    }

    internal override ImageSize MapOf(ImageSize seen) => new(CifarResNet.MapExtent(seen.Height), CifarResNet.MapExtent(seen.Width));

    internal override PublishedTrunk Create(bool withSummary, int? frozenStages) =>
        new ResNetTrunk(new CifarResNet(Depth, TrainedStatistics ? ResNetNorm.Batch : ResNetNorm.FrozenBatch, Width, frozenStages));
}

/// <summary>Either ResNet: its names are the published ones.</summary>
internal sealed class ResNetTrunk : PublishedTrunk
{
    private readonly nn.Module<Tensor, Tensor> network;

    public ResNetTrunk(nn.Module<Tensor, Tensor> network)
        : base(nameof(ResNetTrunk))
    {
        this.network = network;
        RegisterComponents();
    }

    public override Tensor Map(Tensor images) => network.forward(images);

    public override Tensor Summary(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        return network.forward(images).mean([2L, 3L]).MoveToOuterDisposeScope();
    }

    public override Dictionary<string, Tensor> Targets() => network.state_dict().Where(pair => !TorchvisionNames.IsLeftOut(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value);

    // The repository's checkpoints hold training state beside the weights, and "linear" is its classifier.
    public override string? NameOf(string published) => TorchvisionNames.Of(published) is { } name && !name.StartsWith("linear.", StringComparison.Ordinal) ? name : null;
}
