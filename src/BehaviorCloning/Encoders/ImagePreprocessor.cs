using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>An image's size in pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record ImageSize(int Height, int Width);

/// <summary>What bytes 0..255 become before a network sees them.</summary>
public enum ImageScaling
{
    /// <summary>Divided by 255, then standardized with ImageNet's mean and deviation of each channel: what published weights expect.</summary>
    ImageNet,

    /// <summary>To -1..1: Diffusion Policy's, and SigLIP's.</summary>
    Symmetric,

    /// <summary>Divided by 255, then standardized with the mean and deviation that CLIP was trained with.</summary>
    Clip,
}

/// <summary>How images are resized. Both average over what a pixel covers where an image is made smaller.</summary>
public enum ImageFilter
{
    /// <summary>From the nearest 2 x 2 pixels.</summary>
    Bilinear,

    /// <summary>From the nearest 4 x 4 pixels: what CLIP, SigLIP and DINOv2 were trained with.</summary>
    Bicubic,
}

/// <summary>
/// Camera frames to a network's input: resize, crop (at random in training, the center in use), scale. All steps of one observation are cropped
/// alike, so that what moves between them has moved in the world.
/// </summary>
internal sealed class ImagePreprocessor : nn.Module
{
    private readonly Tensor scale;
    private readonly Tensor shift;
    private readonly ImageSize? resize;
    private readonly ImageSize? crop;
    private readonly ImageFilter filter;

    public ImagePreprocessor(ImageScaling scaling, ImageSize? resize, ImageSize? crop, ImageFilter filter = ImageFilter.Bilinear)
        : base(nameof(ImagePreprocessor))
    {
        this.resize = resize;
        this.crop = crop;
        this.filter = filter;
        (float[] mean, float[] deviation) = scaling switch
        {
            ImageScaling.Symmetric => ([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]),
            ImageScaling.Clip => ([0.48145466f, 0.4578275f, 0.40821073f], [0.26862954f, 0.26130258f, 0.27577711f]),
            _ => (new[] { 0.485f, 0.456f, 0.406f }, new[] { 0.229f, 0.224f, 0.225f }),
        };
        scale = tensor(deviation.Select(d => 1 / (255 * d)).ToArray()).DetachFromDisposeScope();
        shift = tensor(mean.Zip(deviation, (m, d) => -m / d).ToArray()).DetachFromDisposeScope();
        register_buffer(nameof(scale), scale, persistent: false);
        register_buffer(nameof(shift), shift, persistent: false);
        RegisterComponents();
    }

    /// <summary>Prepares frames.</summary>
    /// <param name="frames">[B, To, H, W, 3], uint8.</param>
    /// <param name="random">Draws where training crops. Null: the engine's default generator.</param>
    /// <returns>[B * To, 3, height, width], floats.</returns>
    public Tensor Prepare(Tensor frames, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        long batch = frames.size(0), steps = frames.size(1);
        Tensor x = frames;
        if (resize is not null)
        {
            x = x.to(float32).flatten(0, 1).permute(0, 3, 1, 2);
            InterpolationMode mode = filter == ImageFilter.Bicubic ? InterpolationMode.Bicubic : InterpolationMode.Bilinear;
            x = nn.functional.interpolate(x, [resize.Height, resize.Width], mode: mode, align_corners: false, antialias: true);
            // Cubic weights overshoot at edges; an image does not.
            if (filter == ImageFilter.Bicubic) x = x.clamp(0f, 255f);
            x = x.permute(0, 2, 3, 1).view(batch, steps, resize.Height, resize.Width, 3);
        }

        if (crop is not null) x = training ? RandomCrop(x, random) : CenterCrop(x);
        // Channels first before the arithmetic: bytes are a quarter of the floats to move.
        x = x.flatten(0, 1).permute(0, 3, 1, 2).contiguous().to(float32);
        return shift.view(-1, 1, 1).addcmul(x, scale.view(-1, 1, 1), 1f).MoveToOuterDisposeScope();
    }

    private Tensor CenterCrop(Tensor x)
    {
        // Half a pixel goes to the even side, as in torchvision.
        long top = (long)Math.Round((x.size(2) - crop!.Height) / 2.0), left = (long)Math.Round((x.size(3) - crop.Width) / 2.0);
        return x.narrow(2, top, crop.Height).narrow(3, left, crop.Width);
    }

    private Tensor RandomCrop(Tensor x, Generator? random)
    {
        long batch = x.size(0), steps = x.size(1);
        Device device = x.device;
        Tensor uniform = SeededDraw.Uniform([2, batch], device, random);
        Tensor rows = Offsets(uniform.select(0, 0), x.size(2), crop!.Height).view(-1, 1, crop.Height, 1);
        Tensor columns = Offsets(uniform.select(0, 1), x.size(3), crop.Width).view(-1, 1, 1, crop.Width);
        Tensor sample = arange(batch, ScalarType.Int64, device).view(-1, 1, 1, 1), step = arange(steps, ScalarType.Int64, device).view(1, -1, 1, 1);
        return x.index(sample, step, rows, columns);
    }

    // Every place where the crop fits is as likely: 0 .. extent - size.
    private static Tensor Offsets(Tensor uniform, long extent, int size)
    {
        Tensor first = uniform.mul((float)(extent - size + 1)).floor().to(ScalarType.Int64).clamp_max(extent - size);
        return first.unsqueeze(1).add(arange(size, ScalarType.Int64, uniform.device));
    }
}
