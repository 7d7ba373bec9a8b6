using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// The small ResNets for images of 32 x 32 (He et al., arXiv 1512.03385, section 4.2): a 3 x 3 convolution and three stages of 16, 32 and 64 channels,
/// whose shortcuts drop every second pixel and pad channels with zeros (option A). Depth is 6 n + 2: 20, 32, 44, 56, 110.
/// </summary>
public sealed class CifarResNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly ModuleList<CifarBlock> layer1;
    private readonly ModuleList<CifarBlock> layer2;
    private readonly ModuleList<CifarBlock> layer3;
    private readonly Linear? linear;

    /// <summary>Builds the network.</summary>
    /// <param name="depth">6 n + 2.</param>
    /// <param name="norm">How it normalizes.</param>
    /// <param name="width">Channels of the first stage; 16 as published.</param>
    /// <param name="frozenStages">The first layer and this many of the three stages are not trained, and normalize with constants; null: all is trained.</param>
    /// <param name="classes">Classes of <see cref="Logits"/>; 0: there is no classifier.</param>
    public CifarResNet(int depth = 20, ResNetNorm norm = ResNetNorm.Batch, int width = 16, int? frozenStages = null, int classes = 0)
        : base(nameof(CifarResNet))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (!IsDepth(depth)) throw new ArgumentOutOfRangeException(nameof(depth), depth, "A ResNet for CIFAR has depth 6 n + 2: 20, 32, 44, 56, 110.");
        int blocks = (depth - 2) / 6;
        Channels = 4 * width;
        conv1 = nn.Conv2d(3, width, 3, padding: 1, bias: false);
        bn1 = ResNet.Norm(NormOf(0), width);
        layer1 = Stage(width, width, 1);
        layer2 = Stage(width, 2 * width, 2);
        layer3 = Stage(2 * width, 4 * width, 3);
        if (classes > 0) linear = nn.Linear(Channels, classes);
        RegisterComponents();
        foreach ((_, Parameter parameter) in named_parameters().Where(p => p.parameter.dim() == 4))
            nn.init.kaiming_normal_(parameter, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
        nn.Module[] parts = [conv1, layer1, layer2, layer3];
        foreach (nn.Module part in parts.Take(1 + (frozenStages ?? -1))) part.Freeze();

        ResNetNorm NormOf(int stage) => stage <= frozenStages ? ResNetNorm.FrozenBatch : norm;
        ModuleList<CifarBlock> Stage(int from, int to, int stage) =>
            new([.. Enumerable.Range(0, blocks).Select(i => new CifarBlock(i == 0 ? from : to, to, i == 0 && from != to ? 2 : 1, NormOf(stage)))]);
    }

    /// <summary>Channels of the feature map.</summary>
    public int Channels { get; }

    /// <summary>Whether there is a network of this depth.</summary>
    public static bool IsDepth(int depth) => depth >= 8 && (depth - 2) % 6 == 0;

    /// <summary>Extent of the feature map of an image of the given extent: two halvings, rounded up.</summary>
    public static int MapExtent(int extent) => (((extent + 1) / 2) + 1) / 2;

    /// <summary>Feature maps.</summary>
    /// <param name="input">[B, 3, H, W].</param>
    /// <returns>[B, Channels, H / 4, W / 4], rounded up.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = nn.functional.relu(bn1.forward(conv1.forward(input)));
        foreach (ModuleList<CifarBlock> stage in new[] { layer1, layer2, layer3 })
        {
            foreach (CifarBlock block in stage) x = block.forward(x);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Scores of the classes it was built for.</summary>
    /// <param name="images">[B, 3, H, W].</param>
    /// <returns>[B, classes].</returns>
    public Tensor Logits(Tensor images)
    {
        if (linear is null) throw new InvalidOperationException("This network was built without a classifier. Build it with a number of classes.");
        using DisposeScope scope = NewDisposeScope();
        return linear.forward(forward(images).mean([2L, 3L])).MoveToOuterDisposeScope();
    }
}

/// <summary>Two 3 x 3 convolutions and a shortcut without weights.</summary>
internal sealed class CifarBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly Conv2d conv2;
    private readonly nn.Module<Tensor, Tensor> bn2;
    private readonly int added;
    private readonly int stride;

    public CifarBlock(int from, int to, int stride, ResNetNorm norm)
        : base(nameof(CifarBlock))
    {
        this.stride = stride;
        added = to - from;
        conv1 = nn.Conv2d(from, to, 3, stride: stride, padding: 1, bias: false);
        bn1 = ResNet.Norm(norm, to);
        conv2 = nn.Conv2d(to, to, 3, padding: 1, bias: false);
        bn2 = ResNet.Norm(norm, to);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = bn2.forward(conv2.forward(nn.functional.relu(bn1.forward(conv1.forward(input)))));
        Tensor shortcut = input;
        if (stride > 1) shortcut = shortcut.slice(2, 0, shortcut.size(2), stride).slice(3, 0, shortcut.size(3), stride);
        // Half of the new channels before the old ones, half behind.
        if (added > 0) shortcut = nn.functional.pad(shortcut, [0, 0, 0, 0, added / 2, added - (added / 2)]);
        return nn.functional.relu(x.add(shortcut)).MoveToOuterDisposeScope();
    }
}
