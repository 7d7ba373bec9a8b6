using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Images to a few numbers: convolutions that each halve the image, and a linear layer over all that is left, so that it keeps where things are.</summary>
/// <remarks>
/// <code>
/// // 96 x 96, 4 stages from 16 channels, 64 latents:
/// //   3 x 96 x 96 -> 16 x 48 x 48 -> 32 x 24 x 24 -> 64 x 12 x 12 -> 64 x 6 x 6 = the map -> 64
/// </code>
/// Each stage is a 4 x 4 convolution with stride 2, group norm and ReLU.
/// </remarks>
public sealed class LatentImageEncoder : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Conv2d> convolutions;
    private readonly ModuleList<GroupNorm> norms;
    private readonly Linear? output;
    private readonly LatentImageOptions options;

    /// <summary>Builds the network.</summary>
    /// <param name="options">Its sizes.</param>
    /// <param name="outputs">Numbers an image; null where only the map is read.</param>
    /// <exception cref="ArgumentException">The sizes do not fit; the message lists every fault.</exception>
    public LatentImageEncoder(LatentImageOptions options, int? outputs)
        : base(nameof(LatentImageEncoder))
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Checked();
        int[] channels = [3, .. Enumerable.Range(0, options.Stages).Select(options.ChannelsOf)];
        convolutions = new ModuleList<Conv2d>([.. Enumerable.Range(0, options.Stages).Select(i => nn.Conv2d(channels[i], channels[i + 1], 4, stride: 2, padding: 1))]);
        norms = new ModuleList<GroupNorm>([.. channels.Skip(1).Select(count => nn.GroupNorm(LatentImageOptions.GroupsOf(count), count))]);
        if (outputs is { } width) output = nn.Linear(options.MapChannels * options.MapHeight * options.MapWidth, width);
        RegisterComponents();
    }

    /// <summary>The last map.</summary>
    /// <param name="images">[B, 3, H, W], of order one.</param>
    /// <returns>[B, map channels, map height, map width].</returns>
    public Tensor Map(Tensor images)
    {
        ShapeContract.Require(images, nameof(images), -1, 3, options.Height, options.Width);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = images;
        for (int i = 0; i < convolutions.Count; i++) x = nn.functional.relu(norms[i].forward(convolutions[i].forward(x)));
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The numbers.</summary>
    /// <param name="input">[B, 3, H, W], of order one.</param>
    /// <returns>[B, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        if (output is null) throw new InvalidOperationException("This network was built for its map only.");
        using DisposeScope scope = NewDisposeScope();
        return output.forward(Map(input).flatten(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Makes some outputs a constant to begin with.</summary>
    /// <param name="first">The first of them; all that follow too.</param>
    /// <param name="value">The constant.</param>
    internal void Start(long first, float value)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        output!.weight.narrow(0, first, output.weight.size(0) - first).zero_();
        output.bias.narrow(0, first, output.bias.size(0) - first).fill_(value);
    }

    /// <summary>Keeps the first stages as they are; with all of them, the linear layer too.</summary>
    internal void Freeze(int stages)
    {
        for (int i = 0; i < stages; i++)
        {
            convolutions[i].Freeze();
            norms[i].Freeze();
        }

        if (stages == convolutions.Count) output.Freeze();
    }
}
