using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Images cut into square patches, and patches on one scale each, as masked autoencoders predict them (He et al., arXiv 2111.06377).</summary>
public static class ImagePatches
{
    // Of a patch of one color, which has no deviation.
    private const float Floor = 1e-6f;

    /// <summary>Cuts images.</summary>
    /// <param name="images">[B, 3, H, W]; H and W multiples of the patch size.</param>
    /// <param name="patchSize">Edge of a patch in pixels.</param>
    /// <returns>[B, patches, patchSize * patchSize * 3]: patches row by row, in each the pixels row by row, the three channels of a pixel side by side.</returns>
    public static Tensor Cut(Tensor images, int patchSize)
    {
        ArgumentNullException.ThrowIfNull(images);
        using DisposeScope scope = NewDisposeScope();
        long batch = images.size(0), rows = images.size(2) / patchSize, columns = images.size(3) / patchSize;
        return images.view(batch, 3, rows, patchSize, columns, patchSize).permute(0, 2, 4, 3, 5, 1).reshape(batch, rows * columns, patchSize * patchSize * 3).MoveToOuterDisposeScope();
    }

    /// <summary>Puts patches together again.</summary>
    /// <param name="patches">As <see cref="Cut"/> returns them.</param>
    /// <param name="rows">Rows of patches.</param>
    /// <param name="columns">Columns of patches.</param>
    /// <param name="patchSize">Edge of a patch in pixels.</param>
    /// <returns>[B, 3, H, W].</returns>
    public static Tensor Join(Tensor patches, int rows, int columns, int patchSize)
    {
        ArgumentNullException.ThrowIfNull(patches);
        using DisposeScope scope = NewDisposeScope();
        return patches.view(-1, rows, columns, patchSize, patchSize, 3).permute(0, 5, 1, 3, 2, 4).reshape(-1, 3, rows * patchSize, columns * patchSize).MoveToOuterDisposeScope();
    }

    /// <summary>Mean and deviation of each patch over its pixels and channels, [B, patches, 1] each.</summary>
    /// <param name="patches">[B, patches, values].</param>
    public static (Tensor Mean, Tensor Deviation) Scale(Tensor patches)
    {
        ArgumentNullException.ThrowIfNull(patches);
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = patches.mean([-1L], keepdim: true), deviation = patches.var(-1, unbiased: true, keepdim: true).add(Floor).sqrt();
        return (mean.MoveToOuterDisposeScope(), deviation.MoveToOuterDisposeScope());
    }
}
