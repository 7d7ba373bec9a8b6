using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Where on a feature map each of K learned patterns is seen (Finn et al., arXiv 1509.06113, as in robomimic): a 1 x 1 convolution to K maps, a softmax over
/// each, and the expected position under it.
/// </summary>
public sealed class SpatialSoftmax : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d keypoints;
    private readonly Tensor grid;
    private readonly int height;
    private readonly int width;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the map.</param>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="keypoints">K.</param>
    public SpatialSoftmax(int channels, int height, int width, int keypoints)
        : base(nameof(SpatialSoftmax))
    {
        this.height = height;
        this.width = width;
        this.keypoints = nn.Conv2d(channels, keypoints, 1);
        // Row by row (x, y), both from -1 to 1.
        float[] positions = new float[height * width * 2];
        for (int i = 0; i < height * width; i++)
        {
            positions[2 * i] = Coordinate(i % width, width);
            positions[(2 * i) + 1] = Coordinate(i / width, height);
        }

        grid = tensor(positions, [height * width, 2]).DetachFromDisposeScope();
        register_buffer(nameof(grid), grid, persistent: false);
        RegisterComponents();
    }

    /// <summary>Expected positions.</summary>
    /// <param name="input">[B, channels, height, width].</param>
    /// <returns>[B, 2 K]: x and y of the first pattern, then of the next; -1 is left or top, 1 right or bottom.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        if (input.size(2) != height || input.size(3) != width)
            throw new ArgumentException($"The feature map is {input.size(2)} x {input.size(3)}, but this layer was built for {height} x {width}.", nameof(input));
        Tensor weights = nn.functional.softmax(keypoints.forward(input).flatten(2), -1);
        return nn.functional.linear(weights, grid.t()).flatten(1).MoveToOuterDisposeScope();
    }

    private static float Coordinate(int index, int extent) => extent == 1 ? -1 : (float)(-1 + (2.0 * index / (extent - 1)));
}
