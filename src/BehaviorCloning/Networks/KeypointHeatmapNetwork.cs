using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Images to a heatmap for each keypoint, a cell for 4 x 4 pixels: convolutions down to an eighth, where a map's place has seen most of the image,
/// and back up to a quarter beside what was seen there.
/// </summary>
/// <remarks>
/// <code>
/// image + margin -> 5 x 5, /2 -> 3 x 3, /2 (a quarter: kept) -> 3 x 3, /2 -> 2 residual blocks, the second dilated -> 1 x 1, x2 -+
///                                    kept ----------------------------------------------------------------- + -> 3 x 3 -> 1 x 1 -> K maps
/// </code>
/// </remarks>
public sealed class KeypointHeatmapNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>Pixels of the image along a cell of a heatmap.</summary>
    public const int Stride = 4;

    /// <summary>Pixels added around the image, so that a point at its border has a whole peak on the heatmap.</summary>
    public const int Margin = 8;

    private readonly Conv2d half, quarter, eighth, up, merge, maps;
    private readonly ModuleList<Conv2d> inner;
    private readonly ModuleList<GroupNorm> norms;
    private readonly Tensor columns;
    private readonly Tensor rows;
    private readonly int height;
    private readonly int width;

    /// <summary>Builds the network.</summary>
    /// <param name="keypoints">K.</param>
    /// <param name="height">Rows of the image, a multiple of 8.</param>
    /// <param name="width">Columns of the image, a multiple of 8.</param>
    /// <param name="channels">Channels at half the size; the deeper maps have 2 and 4 times as many.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public KeypointHeatmapNetwork(int keypoints, int height, int width, int channels)
        : base(nameof(KeypointHeatmapNetwork))
    {
        if (keypoints < 1 || channels < 1 || height < 8 || width < 8 || height % 8 != 0 || width % 8 != 0)
            throw new ArgumentException($"{keypoints} keypoints, {channels} channels and an image of {height} x {width} make no network: at least one of each, and multiples of 8.");
        (this.height, this.width) = (height, width);
        int c = channels;
        half = nn.Conv2d(3, c, 5, stride: 2, padding: 2);
        quarter = nn.Conv2d(c, 2 * c, 3, stride: 2, padding: 1);
        eighth = nn.Conv2d(2 * c, 4 * c, 3, stride: 2, padding: 1);
        inner = new ModuleList<Conv2d>([.. Enumerable.Range(0, 4).Select(i => nn.Conv2d(4 * c, 4 * c, 3, padding: i < 2 ? 1 : 2, dilation: i < 2 ? 1 : 2))]);
        up = nn.Conv2d(4 * c, 2 * c, 1);
        merge = nn.Conv2d(2 * c, 2 * c, 3, padding: 1);
        maps = nn.Conv2d(2 * c, keypoints, 1);
        norms = new ModuleList<GroupNorm>([.. new[] { c, 2 * c, 4 * c, 4 * c, 4 * c, 4 * c, 4 * c, 2 * c }.Select(n => nn.GroupNorm(Math.Max(1, c / 8), n))]);
        MapWidth = (width + (2 * Margin)) / Stride;
        MapHeight = (height + (2 * Margin)) / Stride;
        columns = Centers(MapWidth);
        rows = Centers(MapHeight);
        register_buffer(nameof(columns), columns, persistent: false);
        register_buffer(nameof(rows), rows, persistent: false);
        RegisterComponents();
    }

    /// <summary>Columns of a heatmap.</summary>
    public int MapWidth { get; }

    /// <summary>Rows of a heatmap.</summary>
    public int MapHeight { get; }

    /// <summary>Logarithms of heatmaps, up to a constant each.</summary>
    /// <param name="input">Images, [B, 3, H, W], of order one.</param>
    /// <returns>[B, K, MapHeight, MapWidth].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        if (input.dim() != 4 || input.size(1) != 3 || input.size(2) != height || input.size(3) != width)
            throw new ArgumentException($"The images have shape [{string.Join(", ", input.shape)}], expected [B, 3, {height}, {width}].", nameof(input));
        Tensor kept = Active(1, quarter.forward(Active(0, half.forward(nn.functional.pad(input, [Margin, Margin, Margin, Margin])))));
        Tensor x = Active(2, eighth.forward(kept));
        for (int i = 0; i < inner.Count; i += 2) x = nn.functional.relu(x.add(norms[4 + i].forward(inner[i + 1].forward(Active(3 + i, inner[i].forward(x))))));
        x = nn.functional.interpolate(up.forward(x), [MapHeight, MapWidth], mode: InterpolationMode.Nearest);
        return maps.forward(Active(7, merge.forward(x.add(kept)))).MoveToOuterDisposeScope();
    }

    /// <summary>Expected positions under the heatmaps, for learning: in use a peak is read (<see cref="HeatmapPeak"/>).</summary>
    /// <param name="logits">[B, K, MapHeight, MapWidth].</param>
    /// <returns>[B, K, 2], x and y in pixels of the image.</returns>
    public Tensor ExpectedPositions(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = nn.functional.softmax(logits.flatten(2), -1).view(logits.shape);
        Tensor x = weights.sum(2).mul(columns).sum(-1), y = weights.sum(3).mul(rows).sum(-1);
        return stack([x, y], -1).MoveToOuterDisposeScope();
    }

    /// <summary>How far the heatmaps are from Gaussians around the true positions: cross-entropy, which also teaches them to spread over every place that may be true.</summary>
    /// <param name="logits">[B, K, MapHeight, MapWidth].</param>
    /// <param name="positions">[B, K, 2], pixels.</param>
    /// <param name="deviation">Of the Gaussians, pixels.</param>
    /// <returns>[B, K].</returns>
    public Tensor CrossEntropy(Tensor logits, Tensor positions, float deviation)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(positions);
        using DisposeScope scope = NewDisposeScope();
        Tensor along = Gaussian(columns, positions.select(-1, 0)), down = Gaussian(rows, positions.select(-1, 1));
        Tensor target = down.unsqueeze(-1).mul(along.unsqueeze(-2));
        return nn.functional.log_softmax(logits.flatten(2), -1).mul(target.flatten(2)).sum(-1).neg().MoveToOuterDisposeScope();

        Tensor Gaussian(Tensor centers, Tensor at) => nn.functional.softmax(centers.sub(at.unsqueeze(-1)).square().mul(-0.5f / (deviation * deviation)), -1);
    }

    /// <summary>Where a cell's coordinate lies in the image, in pixels.</summary>
    internal static double PixelOf(double cell) => (Stride * cell) + ((Stride - 1) / 2.0) - Margin;

    private Tensor Active(int norm, Tensor x) => nn.functional.relu(norms[norm].forward(x));

    private static Tensor Centers(int cells) => tensor(Enumerable.Range(0, cells).Select(i => (float)PixelOf(i)).ToArray()).DetachFromDisposeScope();
}
