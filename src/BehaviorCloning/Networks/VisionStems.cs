using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Images [B, 3, H, W] to maps with a pixel a patch, [B, width, H / patch, W / patch].</summary>
internal static class VisionStems
{
    public static nn.Module<Tensor, Tensor> Create(VisionTransformerOptions options)
    {
        if (options.Stem == VisionStem.EarlyConvolution) return new EarlyConvolutions(options);
        Conv2d patches = nn.Conv2d(3, options.Width, options.PatchSize, stride: options.PatchSize, bias: options.PatchBias);
        Start(patches);
        return patches;
    }

    // As the linear layer over flattened pixels that it is.
    public static void Start(Conv2d layer)
    {
        double limit = Math.Sqrt(6.0 / (layer.weight.size(0) + (layer.weight.numel() / layer.weight.size(0))));
        nn.init.uniform_(layer.weight, -limit, limit);
        if (layer.bias is not null) nn.init.zeros_(layer.bias);
    }
}

/// <summary>Halving 3 x 3 convolutions with group norm and ReLU, channels doubling up to the width, then a 1 x 1 convolution.</summary>
internal sealed class EarlyConvolutions : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Conv2d> convolutions;
    private readonly ModuleList<GroupNorm> norms;
    private readonly Conv2d output;

    public EarlyConvolutions(VisionTransformerOptions options)
        : base(nameof(EarlyConvolutions))
    {
        int halvings = int.Log2(options.PatchSize), from = 3;
        List<Conv2d> layers = [];
        List<GroupNorm> groups = [];
        for (int i = 0; i < halvings; i++)
        {
            int to = options.Width >> (halvings - 1 - i);
            layers.Add(nn.Conv2d(from, to, 3, stride: 2, padding: 1, bias: false));
            nn.init.kaiming_normal_(layers[^1].weight, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
            groups.Add(nn.GroupNorm(GroupsOf(to), to));
            from = to;
        }

        convolutions = new ModuleList<Conv2d>([.. layers]);
        norms = new ModuleList<GroupNorm>([.. groups]);
        output = nn.Conv2d(from, options.Width, 1);
        VisionStems.Start(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input;
        for (int i = 0; i < convolutions.Count; i++) x = nn.functional.relu(norms[i].forward(convolutions[i].forward(x)));
        return output.forward(x).MoveToOuterDisposeScope();
    }

    // About 16 channels a group.
    private static int GroupsOf(int channels)
    {
        int groups = Math.Max(1, channels / 16);
        while (channels % groups != 0) groups--;
        return groups;
    }
}
