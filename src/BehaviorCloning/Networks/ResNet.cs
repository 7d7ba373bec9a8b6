using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>How a ResNet normalizes.</summary>
public enum ResNetNorm
{
    /// <summary>Within groups of 16 channels. Independent of the batch, and at peace with averaged weights: the choice for training from nothing.</summary>
    Group,

    /// <summary>With the statistics of the published weights, which are never trained. The choice for pretrained weights and small batches.</summary>
    FrozenBatch,

    /// <summary>Over the batch in training, with running statistics in use. These are buffers, which an average of weights does not average.</summary>
    Batch,
}

/// <summary>
/// The trunk of ResNet-18 and -34 (He et al., arXiv 1512.03385), without pooling and classifier: images to feature maps of a 32nd of their size. Names
/// are torchvision's, so that published weights load.
/// </summary>
public sealed class ResNet : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly ModuleList<ResNetBlock> layer1;
    private readonly ModuleList<ResNetBlock> layer2;
    private readonly ModuleList<ResNetBlock> layer3;
    private readonly ModuleList<ResNetBlock> layer4;
    private readonly ModuleList<Linear>? film;

    /// <summary>Builds the network.</summary>
    /// <param name="depth">18 or 34.</param>
    /// <param name="norm">How it normalizes.</param>
    /// <param name="width">Channels of the first stage; 64 as published. The last stage has 8 times as many.</param>
    /// <param name="frozenStages">
    /// The first layer and this many stages are not trained, and normalize with constants whatever <paramref name="norm"/> says; null: all is trained.
    /// </param>
    /// <param name="conditionWidth">Width of a vector that modulates every stage (see <see cref="Forward"/>); 0: there is none.</param>
    public ResNet(int depth = 18, ResNetNorm norm = ResNetNorm.Group, int width = 64, int? frozenStages = null, int conditionWidth = 0)
        : base(nameof(ResNet))
    {
        int[] blocks = BlocksOf(depth) ?? throw new ArgumentOutOfRangeException(nameof(depth), depth, "A ResNet of basic blocks has depth 18 or 34.");
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Channels = 8 * width;
        conv1 = nn.Conv2d(3, width, 7, stride: 2, padding: 3, bias: false);
        bn1 = Norm(NormOf(0), width);
        layer1 = Stage(width, width, blocks[0], NormOf(1));
        layer2 = Stage(width, 2 * width, blocks[1], NormOf(2));
        layer3 = Stage(2 * width, 4 * width, blocks[2], NormOf(3));
        layer4 = Stage(4 * width, 8 * width, blocks[3], NormOf(4));
        if (conditionWidth > 0) film = new ModuleList<Linear>([.. Enumerable.Range(0, 4).Select(stage => Modulation(conditionWidth, width << stage))]);
        RegisterComponents();
        foreach ((_, Parameter parameter) in named_parameters().Where(p => p.parameter.dim() == 4))
            nn.init.kaiming_normal_(parameter, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
        nn.Module[] parts = [conv1, layer1, layer2, layer3, layer4];
        foreach (nn.Module part in parts.Take(1 + (frozenStages ?? -1))) part.Freeze();

        ResNetNorm NormOf(int stage) => stage <= frozenStages ? ResNetNorm.FrozenBatch : norm;
    }

    /// <summary>Channels of the feature map.</summary>
    public int Channels { get; }

    /// <summary>Extent of the feature map of an image of the given extent: five halvings, rounded up.</summary>
    public static int MapExtent(int extent)
    {
        for (int i = 0; i < 5; i++) extent = (extent + 1) / 2;
        return extent;
    }

    /// <summary>Feature maps.</summary>
    /// <param name="input">Images, [B, 3, H, W].</param>
    /// <returns>[B, Channels, H / 32, W / 32], rounded up.</returns>
    public override Tensor forward(Tensor input) => Forward(input);

    /// <summary>
    /// Feature maps, modulated: behind each stage channel c becomes (1 + a_c) x_c + b_c, with a and b linear in a condition and zero at the start (FiLM,
    /// Perez et al., arXiv 1709.07871; begun as the identity, as RT-1 does, arXiv 2212.06817).
    /// </summary>
    /// <param name="images">[B, 3, H, W].</param>
    /// <param name="condition">[B, condition width]; null exactly where the network was built without.</param>
    /// <returns>[B, Channels, H / 32, W / 32], rounded up.</returns>
    public Tensor Forward(Tensor images, Tensor? condition = null)
    {
        if ((condition is null) != (film is null)) throw new ArgumentException(film is null ? "This network was built without a condition." : "This network was built for a condition; give it.", nameof(condition));
        using DisposeScope scope = NewDisposeScope();
        Tensor x = nn.functional.relu(bn1.forward(conv1.forward(images)));
        x = nn.functional.max_pool2d(x, 3, stride: 2, padding: 1);
        ModuleList<ResNetBlock>[] stages = [layer1, layer2, layer3, layer4];
        for (int i = 0; i < stages.Length; i++)
        {
            foreach (ResNetBlock block in stages[i]) x = block.forward(x);
            if (film is null) continue;
            Tensor[] modulation = film[i].forward(condition!).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
            x = x.addcmul(x, modulation[0], 1f).add(modulation[1]);
        }

        return x.MoveToOuterDisposeScope();
    }

    internal static int[]? BlocksOf(int depth) => depth switch { 18 => [2, 2, 2, 2], 34 => [3, 4, 6, 3], _ => null };

    internal static nn.Module<Tensor, Tensor> Norm(ResNetNorm norm, int channels) => norm switch
    {
        ResNetNorm.Group => nn.GroupNorm(Math.Max(1, channels / 16), channels),
        ResNetNorm.FrozenBatch => new FrozenBatchNorm(channels),
        _ => nn.BatchNorm2d(channels),
    };

    private static Linear Modulation(int conditionWidth, int channels)
    {
        Linear layer = nn.Linear(conditionWidth, 2 * channels);
        nn.init.zeros_(layer.weight);
        nn.init.zeros_(layer.bias);
        return layer;
    }

    private static ModuleList<ResNetBlock> Stage(int from, int to, int blocks, ResNetNorm norm) =>
        new([.. Enumerable.Range(0, blocks).Select(i => new ResNetBlock(i == 0 ? from : to, to, i == 0 && from != to ? 2 : 1, norm))]);
}

/// <summary>A basic block: two 3 x 3 convolutions and a shortcut.</summary>
public sealed class ResNetBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly Conv2d conv2;
    private readonly nn.Module<Tensor, Tensor> bn2;
    private readonly ModuleList<nn.Module<Tensor, Tensor>>? downsample;

    /// <summary>Builds a block.</summary>
    /// <param name="from">Channels of its input.</param>
    /// <param name="to">Channels of its output.</param>
    /// <param name="stride">2 halves the map.</param>
    /// <param name="norm">How it normalizes.</param>
    public ResNetBlock(int from, int to, int stride, ResNetNorm norm)
        : base(nameof(ResNetBlock))
    {
        conv1 = nn.Conv2d(from, to, 3, stride: stride, padding: 1, bias: false);
        bn1 = ResNet.Norm(norm, to);
        conv2 = nn.Conv2d(to, to, 3, padding: 1, bias: false);
        bn2 = ResNet.Norm(norm, to);
        if (stride != 1 || from != to) downsample = new ModuleList<nn.Module<Tensor, Tensor>>(nn.Conv2d(from, to, 1, stride: stride, bias: false), ResNet.Norm(norm, to));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = bn2.forward(conv2.forward(nn.functional.relu(bn1.forward(conv1.forward(input)))));
        Tensor shortcut = downsample is null ? input : downsample[1].forward(downsample[0].forward(input));
        return nn.functional.relu(x.add(shortcut)).MoveToOuterDisposeScope();
    }
}

/// <summary>Batch normalization whose weight, bias and statistics are constants: y = (x - mean) / sqrt(variance + 1e-5) * weight + bias.</summary>
public sealed class FrozenBatchNorm : nn.Module<Tensor, Tensor>
{
    private static readonly Scalar Epsilon = 1e-5f;
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;

    /// <summary>A layer that changes nothing, to be filled from published weights.</summary>
    public FrozenBatchNorm(int channels)
        : base(nameof(FrozenBatchNorm))
    {
        weight = ones(channels).DetachFromDisposeScope();
        bias = zeros(channels).DetachFromDisposeScope();
        running_mean = zeros(channels).DetachFromDisposeScope();
        running_var = ones(channels).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scale = running_var.add(Epsilon).rsqrt().mul(weight);
        Tensor shift = bias.sub(running_mean.mul(scale));
        return input.mul(scale.view(-1, 1, 1)).add(shift.view(-1, 1, 1)).MoveToOuterDisposeScope();
    }
}
