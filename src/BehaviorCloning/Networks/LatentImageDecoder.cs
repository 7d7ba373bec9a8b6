using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A few numbers to an image: <see cref="LatentImageEncoder"/> the other way round, with transposed convolutions of 4 x 4 and stride 2, which tile evenly. What it makes is
/// added to the mean image, so that nothing is spent on what is always there.
/// </summary>
public sealed class LatentImageDecoder : nn.Module<Tensor, Tensor>
{
    private readonly Linear input;
    private readonly ModuleList<ConvTranspose2d> convolutions;
    private readonly ModuleList<GroupNorm> norms;
    private readonly Tensor meanImage;
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
        meanImage = zeros(3, options.Height, options.Width).DetachFromDisposeScope();
        register_buffer(nameof(meanImage), meanImage);
        RegisterComponents();
    }

    /// <summary>Starts from a mean image. Until then it is 0.</summary>
    /// <param name="mean">[3, H, W].</param>
    public void SetMean(Tensor mean)
    {
        ShapeContract.Require(mean, nameof(mean), 3, options.Height, options.Width);
        using IDisposable noGradient = no_grad();
        meanImage.copy_(mean);
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
        return x.add(meanImage).MoveToOuterDisposeScope();
    }
}
