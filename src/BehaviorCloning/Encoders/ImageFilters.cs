using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// What <see cref="ImageAugmentation"/> does to images [N, 3, H, W] of 0..1, each with a factor of its own [N]. The formulas are those of
/// torchvision's functional transforms on float images.
/// </summary>
internal static class ImageFilters
{
    /// <summary>factor * x, within 0..1.</summary>
    public static Tensor Brightness(Tensor images, Tensor factor) => images.mul(PerImage(factor)).clamp(0f, 1f);

    /// <summary>Away from or towards the mean gray of the image, within 0..1.</summary>
    public static Tensor Contrast(Tensor images, Tensor factor) => Blend(images, Gray(images).mean([1L, 2L, 3L], keepdim: true), factor);

    /// <summary>Away from or towards each pixel's gray, within 0..1.</summary>
    public static Tensor Saturation(Tensor images, Tensor factor) => Blend(images, Gray(images), factor);

    /// <summary>Turns hues by a share of the circle, -0.5..0.5: to hue, saturation and value, and back.</summary>
    public static Tensor Hue(Tensor images, Tensor turn)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor value = images.amax([1L], keepdim: true), range = value.sub(images.amin([1L], keepdim: true));
        Tensor saturation = range.div(value.clamp_min(1e-12f));

        // Where red is largest the hue lies around 0, where green around 2, where blue around 4 sixths; a gray's hue is 0.
        Tensor safe = range.clamp_min(1e-12f);
        Tensor red = images.narrow(1, 0, 1), green = images.narrow(1, 1, 1), blue = images.narrow(1, 2, 1);
        Tensor sixths = where(red.eq(value), green.sub(blue).div(safe), where(green.eq(value), blue.sub(red).div(safe).add(2f), red.sub(green).div(safe).add(4f)));
        sixths = sixths.add(PerImage(turn).mul(6f)).remainder(6f);

        // value - value saturation max(0, min(k, 4 - k, 1)) with k = (n + sixths) mod 6 and n = 5, 3, 1 for red, green, blue.
        Tensor k = sixths.add(tensor(new float[] { 5, 3, 1 }).to(images.device).view(1, 3, 1, 1)).remainder(6f);
        Tensor part = k.minimum(k.neg().add(4f)).clamp(0f, 1f);
        return value.sub(value.mul(saturation).mul(part)).MoveToOuterDisposeScope();
    }

    /// <summary>Gaussian blur, edges reflected.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="sigma">The Gaussian's deviation in pixels, [N].</param>
    /// <param name="kernel">Its window, odd; half of it must be less than the image's extents.</param>
    public static Tensor Blur(Tensor images, Tensor sigma, int kernel)
    {
        using DisposeScope scope = NewDisposeScope();
        int half = kernel / 2;
        long height = images.size(2), width = images.size(3);
        Tensor places = arange(-half, half + 1, ScalarType.Float32, images.device).unsqueeze(0).div(sigma.unsqueeze(1));
        Tensor weights = places.square().mul(-0.5f).exp();
        weights = weights.div(weights.sum(1, keepdim: true));
        Tensor padded = nn.functional.pad(images, [half, half, half, half], PaddingModes.Reflect);

        // A sum of shifted images, along one axis and then the other: what a convolution with a kernel for each image would cost far more for.
        return Along(3, width, Along(2, height, padded)).MoveToOuterDisposeScope();

        Tensor Along(int axis, long extent, Tensor x)
        {
            Tensor sum = x.narrow(axis, 0, extent).mul(PerImage(weights.select(1, 0)));
            for (int i = 1; i < kernel; i++) sum.addcmul_(x.narrow(axis, i, extent), PerImage(weights.select(1, i)), 1f);
            return sum;
        }
    }

    /// <summary>Sets a rectangle of each image to 0.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="top">The rectangle's first row, [N].</param>
    /// <param name="left">Its first column, [N].</param>
    /// <param name="height">Its rows, [N]; 0 for none.</param>
    /// <param name="width">Its columns, [N].</param>
    public static Tensor Erase(Tensor images, Tensor top, Tensor left, Tensor height, Tensor width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = Inside(images.size(2), top, height).unsqueeze(2), columns = Inside(images.size(3), left, width).unsqueeze(1);
        return images.masked_fill(rows.logical_and(columns).unsqueeze(1), 0f).MoveToOuterDisposeScope();

        Tensor Inside(long extent, Tensor first, Tensor count)
        {
            Tensor place = arange(extent, ScalarType.Float32, images.device).unsqueeze(0), from = first.unsqueeze(1);
            return place.ge(from).logical_and(place.lt(from.add(count.unsqueeze(1))));
        }
    }

    private static Tensor PerImage(Tensor factor) => factor.view(-1, 1, 1, 1);

    private static Tensor Blend(Tensor images, Tensor other, Tensor factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor share = PerImage(factor);
        return images.mul(share).add(other.mul(share.neg().add(1f))).clamp(0f, 1f).MoveToOuterDisposeScope();
    }

    private static Tensor Gray(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = tensor(new[] { 0.2989f, 0.587f, 0.114f }).to(images.device).view(1, 3, 1, 1);
        return images.mul(weights).sum(1, keepdim: true).MoveToOuterDisposeScope();
    }
}
