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
public enum ImageResampling
{
    /// <summary>From the nearest 2 x 2 pixels.</summary>
    Bilinear,

    /// <summary>From the nearest 4 x 4 pixels: what CLIP, SigLIP and DINOv2 were trained with.</summary>
    Bicubic,
}

/// <summary>
/// Camera frames to a network's input: resize, crop (at random in training, the center in use), augmentation (in training), scale. All steps of one
/// observation are treated alike, so that what moves between them has moved in the world.
/// </summary>
internal sealed class ImagePreprocessor : nn.Module
{
    private readonly Tensor scale;
    private readonly Tensor shift;
    private readonly ImageSize? resize;
    private readonly ImageSize? crop;
    private readonly ImageAugmentation? augmentation;
    private readonly ImageResampling resampling;

    public ImagePreprocessor(ImageScaling scaling, ImageSize? resize, ImageSize? crop, ImageAugmentation? augmentation = null, ImageResampling resampling = ImageResampling.Bilinear)
        : base(nameof(ImagePreprocessor))
    {
        this.resize = resize;
        this.crop = crop;
        this.augmentation = augmentation;
        this.resampling = resampling;
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
    /// <param name="random">Draws where training crops and how it augments. Null: the engine's default generator.</param>
    /// <returns>[B * To, 3, height, width], floats.</returns>
    public Tensor Prepare(Tensor frames, Generator? random)
    {
        using DisposeScope scope = NewDisposeScope();
        long batch = frames.size(0), steps = frames.size(1);
        ImageAugmentation? changes = training ? augmentation : null;
        Tensor x = frames;
        // Frames that have the size already would come out as they went in.
        if (resize is not null && (resize.Height != frames.size(2) || resize.Width != frames.size(3)))
        {
            x = x.to(float32).flatten(0, 1).permute(0, 3, 1, 2);
            InterpolationMode mode = resampling == ImageResampling.Bicubic ? InterpolationMode.Bicubic : InterpolationMode.Bilinear;
            x = nn.functional.interpolate(x, [resize.Height, resize.Width], mode: mode, align_corners: false, antialias: true);
            // Cubic weights overshoot at edges; an image does not.
            if (resampling == ImageResampling.Bicubic) x = x.clamp(0f, 255f);
            x = x.permute(0, 2, 3, 1).view(batch, steps, resize.Height, resize.Width, 3);
        }

        if (crop is not null) x = training ? RandomCrop(x, random) : CenterCrop(x);
        if (changes is { Shift: > 0 }) x = Shifted(x, changes.Shift, random);
        // Channels first before the arithmetic: bytes are a quarter of the floats to move.
        x = x.flatten(0, 1).permute(0, 3, 1, 2).contiguous().to(float32);
        if (changes is not null) x = Recolored(x, changes, batch, steps, random);
        x = shift.view(-1, 1, 1).addcmul(x, scale.view(-1, 1, 1), 1f);

        // Behind the scaling, where 0 is the mean color.
        if (changes is { EraseProbability: > 0 }) x = Erased(x, changes, batch, steps, random);
        return x.MoveToOuterDisposeScope();
    }

    private static Tensor Recolored(Tensor images, ImageAugmentation changes, long batch, long steps, Generator? random)
    {
        Tensor x = images.div(255f), before = x;
        if (changes.Brightness > 0) x = ImageFilters.Brightness(x, Factor(changes.Brightness));
        if (changes.Contrast > 0) x = ImageFilters.Contrast(x, Factor(changes.Contrast));
        if (changes.Saturation > 0) x = ImageFilters.Saturation(x, Factor(changes.Saturation));
        if (changes.Hue > 0) x = ImageFilters.Hue(x, Drawn(-changes.Hue, changes.Hue));
        if (changes.BlurProbability > 0)
        {
            Tensor chosen = Drawn(0, 1).lt((float)changes.BlurProbability), sigma = Drawn(changes.BlurSigmaMinimum, changes.BlurSigmaMaximum);
            x = where(chosen.view(-1, 1, 1, 1), ImageFilters.Blur(x, sigma, changes.BlurKernel), x);
        }

        return ReferenceEquals(x, before) ? images : x.mul(255f);

        Tensor Factor(double strength) => Drawn(Math.Max(0, 1 - strength), 1 + strength);

        Tensor Drawn(double from, double to) => PerFrame(SeededDraw.Uniform([batch], images.device, random), steps).mul((float)(to - from)).add((float)from);
    }

    private static Tensor Erased(Tensor images, ImageAugmentation changes, long batch, long steps, Generator? random)
    {
        Tensor uniform = SeededDraw.Uniform([5, batch], images.device, random);
        float rows = images.size(2), columns = images.size(3);
        Tensor chosen = uniform.select(0, 0).lt((float)changes.EraseProbability).to(ScalarType.Float32);
        Tensor area = uniform.select(0, 1).mul((float)(changes.EraseMaximum - changes.EraseMinimum)).add((float)changes.EraseMinimum).mul(rows * columns);
        float from = MathF.Log(0.3f), to = MathF.Log(3.3f);
        Tensor ratio = uniform.select(0, 2).mul(to - from).add(from).exp();
        Tensor height = area.mul(ratio).sqrt().round().clamp(1f, rows), width = area.div(ratio).sqrt().round().clamp(1f, columns);
        Tensor top = uniform.select(0, 3).mul(height.neg().add(rows + 1)).floor(), left = uniform.select(0, 4).mul(width.neg().add(columns + 1)).floor();
        return ImageFilters.Erase(images, PerFrame(top, steps), PerFrame(left, steps), PerFrame(height.mul(chosen), steps), PerFrame(width, steps));
    }

    // A number of each observation, for each of its frames.
    private static Tensor PerFrame(Tensor values, long steps) => values.unsqueeze(1).expand(values.size(0), steps).reshape(-1);

    private Tensor CenterCrop(Tensor x)
    {
        // Half a pixel goes to the even side, as in torchvision.
        long top = (long)Math.Round((x.size(2) - crop!.Height) / 2.0), left = (long)Math.Round((x.size(3) - crop.Width) / 2.0);
        return x.narrow(2, top, crop.Height).narrow(3, left, crop.Width);
    }

    private Tensor RandomCrop(Tensor x, Generator? random)
    {
        Tensor uniform = SeededDraw.Uniform([2, x.size(0)], x.device, random);
        return Window(x, Offsets(uniform.select(0, 0), x.size(2), crop!.Height), Offsets(uniform.select(0, 1), x.size(3), crop.Width));
    }

    // A window of the frame's own size that is moved by up to so many pixels; places outside repeat the edge.
    private static Tensor Shifted(Tensor x, int pixels, Generator? random)
    {
        Tensor uniform = SeededDraw.Uniform([2, x.size(0)], x.device, random);
        long height = x.size(2), width = x.size(3);
        Tensor rows = Offsets(uniform.select(0, 0), height + (2 * pixels), (int)height).sub(pixels).clamp(0, height - 1);
        Tensor columns = Offsets(uniform.select(0, 1), width + (2 * pixels), (int)width).sub(pixels).clamp(0, width - 1);
        return Window(x, rows, columns);
    }

    // rows [B, height] and columns [B, width] of each observation's frames.
    private static Tensor Window(Tensor x, Tensor rows, Tensor columns)
    {
        long batch = x.size(0), steps = x.size(1);
        Tensor sample = arange(batch, ScalarType.Int64, x.device).view(-1, 1, 1, 1), step = arange(steps, ScalarType.Int64, x.device).view(1, -1, 1, 1);
        return x.index(sample, step, rows.view(batch, 1, -1, 1), columns.view(batch, 1, 1, -1));
    }

    // Every place where the crop fits is as likely: 0 .. extent - size.
    private static Tensor Offsets(Tensor uniform, long extent, int size)
    {
        Tensor first = uniform.mul((float)(extent - size + 1)).floor().to(ScalarType.Int64).clamp_max(extent - size);
        return first.unsqueeze(1).add(arange(size, ScalarType.Int64, uniform.device));
    }
}
