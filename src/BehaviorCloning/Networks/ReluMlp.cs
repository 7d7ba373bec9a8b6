using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Linear layers with ReLU between them: the plain multilayer perceptron of published architectures.</summary>
public sealed class ReluMlp : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Linear> layers;

    /// <summary>Builds the network.</summary>
    /// <param name="inputWidth">Size of the input's last dimension.</param>
    /// <param name="widths">Width of each layer; the last is the output's.</param>
    public ReluMlp(int inputWidth, params ReadOnlySpan<int> widths)
        : base(nameof(ReluMlp))
    {
        var list = new List<Linear>();
        foreach (int width in widths)
        {
            list.Add(nn.Linear(inputWidth, width));
            inputWidth = width;
        }

        layers = new ModuleList<Linear>([.. list]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = input;
        for (int i = 0; i < layers.Count; i++) h = layers[i].forward(i == 0 ? h : nn.functional.relu(h));
        return h.MoveToOuterDisposeScope();
    }

    /// <summary>Orthogonal weights and no biases, as VQ-BeT starts its autoencoder.</summary>
    internal ReluMlp StartOrthogonal()
    {
        foreach (Linear layer in layers)
        {
            nn.init.orthogonal_(layer.weight);
            nn.init.zeros_(layer.bias);
        }

        return this;
    }
}
