using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// Convolutions that each halve a sensor's picture, along one axis or two, and a linear layer over all that is left: it keeps where something is.
/// </summary>
internal sealed class SmallConvolution : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> convolutions;
    private readonly ModuleList<GroupNorm> norms;
    private readonly Linear output;
    private readonly long[] padding;
    private readonly PaddingModes mode;

    /// <summary>Builds the network.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="extents">Its rows and columns, or its beams.</param>
    /// <param name="config">Channels of the layers, kernel, width of the output; circular for beams that go all around.</param>
    public SmallConvolution(int inputs, IReadOnlyList<int> extents, ConvolutionEncoderConfig config)
        : base(nameof(SmallConvolution))
    {
        bool isLine = extents.Count == 1;
        padding = [.. Enumerable.Repeat((long)config.Kernel / 2, 2 * extents.Count)];
        mode = isLine && config.Circular ? PaddingModes.Circular : PaddingModes.Constant;
        convolutions = new ModuleList<nn.Module<Tensor, Tensor>>([.. config.Channels.Select((channels, i) =>
        {
            int from = i == 0 ? inputs : config.Channels[i - 1];
            return isLine ? (nn.Module<Tensor, Tensor>)nn.Conv1d(from, channels, config.Kernel, stride: 2) : nn.Conv2d(from, channels, config.Kernel, stride: 2);
        })]);
        norms = new ModuleList<GroupNorm>([.. config.Channels.Select(channels => nn.GroupNorm(1, channels))]);
        int places = extents.Aggregate(1, (product, extent) => product * ConvolutionEncoderConfig.MapExtent(extent, config.Channels.Count));
        output = nn.Linear(places * config.Channels[^1], config.Width);
        RegisterComponents();
    }

    /// <summary>The last map, [N, channels, ...halved extents].</summary>
    public Tensor Map(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input;
        for (int i = 0; i < convolutions.Count; i++)
            x = nn.functional.relu(norms[i].forward(convolutions[i].forward(nn.functional.pad(x, padding, mode))));
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Vectors.</summary>
    /// <param name="input">[N, channels, beams] or [N, channels, height, width].</param>
    /// <returns>[N, Width].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return output.forward(Map(input).flatten(1)).MoveToOuterDisposeScope();
    }
}
