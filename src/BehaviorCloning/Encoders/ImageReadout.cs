using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>What is read from a feature map.</summary>
public abstract record ImageReadout
{
    /// <summary>Every fault of these options, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems() => [];

    /// <summary>How many numbers a vector read from a map has, or null where the map itself is passed on.</summary>
    internal abstract int? WidthOf(int channels);

    /// <summary>What reads vectors from maps [B, channels, height, width]; null where maps are passed on.</summary>
    internal abstract nn.Module<Tensor, Tensor>? Create(int channels, int height, int width);
}

/// <summary>Expected positions of learned patterns, then a linear layer: Diffusion Policy's. Says where things are in few numbers.</summary>
public sealed record SpatialSoftmaxReadout : ImageReadout
{
    /// <summary>Patterns looked for, two numbers each. Default 32.</summary>
    public int Keypoints { get; init; } = 32;

    /// <summary>Numbers an image. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Whether a ReLU follows, as in LeRobot's version. Default false, as in the original.</summary>
    public bool Rectified { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Keypoints < 1) yield return $"{nameof(Keypoints)} {Keypoints} must be at least 1.";
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
    }

    internal override int? WidthOf(int channels) => Width;

    internal override nn.Module<Tensor, Tensor> Create(int channels, int height, int width) => new KeypointReadout(this, channels, height, width);
}

/// <summary>The mean of each channel: says what is there, hardly where.</summary>
public sealed record AverageReadout : ImageReadout
{
    internal override int? WidthOf(int channels) => channels;

    internal override nn.Module<Tensor, Tensor> Create(int channels, int height, int width) => new AveragePooling();
}

/// <summary>
/// The network's own summary of an image: a vision transformer's class token, SigLIP's attention pooling, a ResNet's mean of each channel. What
/// published networks were trained to put in it, and the least that is left of where things are.
/// </summary>
public sealed record SummaryReadout : ImageReadout
{
    internal override int? WidthOf(int channels) => channels;

    internal override nn.Module<Tensor, Tensor>? Create(int channels, int height, int width) => null;
}

/// <summary>A learned query attends to all places of the map: one vector that looks where the task needs it to.</summary>
public sealed record AttentionReadout : ImageReadout
{
    /// <summary>Attention heads; must divide the map's channels. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Heads < 1) yield return $"{nameof(Heads)} {Heads} must be at least 1.";
    }

    internal override int? WidthOf(int channels) => channels;

    internal override nn.Module<Tensor, Tensor> Create(int channels, int height, int width) => new MapAttention(new TransformerBlockOptions(channels, Heads, 4 * channels));
}

/// <summary>
/// A linear layer with SiLU over the whole map, place by place and channel by channel: forgets nothing of where things are. Its weights grow with the map
/// (channels x height x width x <see cref="Width"/>), and an object in another place is another one to it.
/// </summary>
public sealed record DenseReadout : ImageReadout
{
    /// <summary>Numbers an image. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Width < 1) yield return $"{nameof(Width)} {Width} must be at least 1.";
    }

    internal override int? WidthOf(int channels) => Width;

    internal override nn.Module<Tensor, Tensor> Create(int channels, int height, int width) => new DenseMap(channels * height * width, Width);
}

/// <summary>A token a place of the map, for heads that attend to places: ACT's.</summary>
public sealed record FeatureMapReadout : ImageReadout
{
    internal override int? WidthOf(int channels) => null;

    internal override nn.Module<Tensor, Tensor>? Create(int channels, int height, int width) => null;
}

internal sealed class KeypointReadout : nn.Module<Tensor, Tensor>
{
    private readonly SpatialSoftmax pool;
    private readonly Linear output;
    private readonly bool rectified;

    public KeypointReadout(SpatialSoftmaxReadout options, int channels, int height, int width)
        : base(nameof(KeypointReadout))
    {
        rectified = options.Rectified;
        pool = new SpatialSoftmax(channels, height, width, options.Keypoints);
        output = nn.Linear(2 * options.Keypoints, options.Width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = output.forward(pool.forward(input));
        return (rectified ? nn.functional.relu(x) : x).MoveToOuterDisposeScope();
    }
}

internal sealed class DenseMap : nn.Module<Tensor, Tensor>
{
    private readonly Linear output;

    public DenseMap(int inputs, int width)
        : base(nameof(DenseMap))
    {
        output = nn.Linear(inputs, width);
        RegisterComponents();
    }

    // In the order of feature maps' tokens, so that a layer learned on those fits here.
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.silu(output.forward(input.flatten(2).transpose(1, 2).flatten(1))).MoveToOuterDisposeScope();
    }
}

internal sealed class AveragePooling() : nn.Module<Tensor, Tensor>(nameof(AveragePooling))
{
    public override Tensor forward(Tensor input) => input.mean([2L, 3L]);
}

internal sealed class MapAttention : nn.Module<Tensor, Tensor>
{
    private readonly AttentionPooling pool;

    public MapAttention(TransformerBlockOptions options)
        : base(nameof(MapAttention))
    {
        pool = new AttentionPooling(options);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return pool.forward(input.flatten(2).transpose(1, 2)).MoveToOuterDisposeScope();
    }
}
