using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>A few numbers to an image: <see cref="LatentImageEncoder"/> the other way round, with transposed convolutions of 4 x 4 and stride 2, which tile evenly.</summary>
public sealed class LatentImageDecoder : nn.Module<Tensor, Tensor>
{
    private readonly Linear input;
    private readonly ModuleList<ConvTranspose2d> convolutions;
    private readonly ModuleList<GroupNorm> norms;
    private readonly LatentImageOptions options;
    private readonly int latents;

    /// <summary>Builds the network.</summary>
    /// <param name="options">Its sizes.</param>
    /// <param name="latents">Z: numbers an image.</param>
    /// <exception cref="ArgumentException">The sizes do not fit; the message lists every fault.</exception>
    public LatentImageDecoder(LatentImageOptions options, int latents)
        : base(nameof(LatentImageDecoder))
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Checked();
        this.latents = latents;
        int[] channels = [.. Enumerable.Range(0, options.Stages).Reverse().Select(options.ChannelsOf), 3];
        input = nn.Linear(latents, options.MapChannels * options.MapHeight * options.MapWidth);
        norms = new ModuleList<GroupNorm>([.. channels.SkipLast(1).Select(count => nn.GroupNorm(LatentImageOptions.GroupsOf(count), count))]);
        convolutions = new ModuleList<ConvTranspose2d>([.. Enumerable.Range(0, options.Stages).Select(i => nn.ConvTranspose2d(channels[i], channels[i + 1], 4, stride: 2, padding: 1))]);
        RegisterComponents();
    }

    /// <summary>Images.</summary>
    /// <param name="input">[B, Z].</param>
    /// <returns>[B, 3, H, W]; nothing keeps them inside the range of the images learned.</returns>
    public override Tensor forward(Tensor input)
    {
        ShapeContract.Require(input, nameof(input), -1, latents);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = this.input.forward(input).view(-1, options.MapChannels, options.MapHeight, options.MapWidth);
        for (int i = 0; i < convolutions.Count; i++) x = convolutions[i].forward(nn.functional.relu(norms[i].forward(x)));
        return x.MoveToOuterDisposeScope();
    }
}
