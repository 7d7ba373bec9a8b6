using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// A multilayer perceptron of pre-normalized residual blocks, <c>h += W2 silu(W1 LN(h))</c>, which stays trainable at any depth.
/// </summary>
public sealed class ResidualMlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear input;
    private readonly ModuleList<ResidualMlpBlock> blocks;
    private readonly Linear output;
    private readonly long[] normalized;
    private readonly double dropout;

    /// <summary>Builds the network.</summary>
    /// <param name="inputWidth">Size of the input's last dimension.</param>
    /// <param name="width">Width of the hidden state.</param>
    /// <param name="blockCount">Residual blocks, two linear layers each.</param>
    /// <param name="outputWidth">Size of the output's last dimension.</param>
    /// <param name="dropout">Share of a block's output dropped in training.</param>
    public ResidualMlp(int inputWidth, int width, int blockCount, int outputWidth, double dropout = 0)
        : base(nameof(ResidualMlp))
    {
        this.dropout = dropout;
        normalized = [width];
        input = nn.Linear(inputWidth, width);
        blocks = new ModuleList<ResidualMlpBlock>([.. Enumerable.Range(0, blockCount).Select(_ => new ResidualMlpBlock(width))]);
        output = nn.Linear(width, outputWidth);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = this.input.forward(input);
        foreach (ResidualMlpBlock block in blocks)
        {
            Tensor y = block.forward(nn.functional.layer_norm(h, normalized));
            if (dropout > 0) y = nn.functional.dropout(y, dropout, training);
            h = h.add(y);
        }

        return output.forward(nn.functional.layer_norm(h, normalized)).MoveToOuterDisposeScope();
    }

    /// <summary>The same numbers for inference, without dropout; a batch of one is a vector all the way (see <see cref="LinearInference"/>).</summary>
    /// <param name="input">[B, input width].</param>
    internal Tensor Infer(Tensor input)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        bool single = input.size(0) == 1;
        Tensor h = this.input.Infer(single ? input.squeeze(0) : input);
        foreach (ResidualMlpBlock block in blocks) h.add_(block.Infer(nn.functional.layer_norm(h, normalized)));
        Tensor result = output.Infer(nn.functional.layer_norm(h, normalized));
        return (single ? result.unsqueeze(0) : result).MoveToOuterDisposeScope();
    }
}

/// <summary>Two linear layers of equal width with SiLU between. The second starts at zero, so that the block starts as the identity.</summary>
public sealed class ResidualMlpBlock : nn.Module<Tensor, Tensor>
{
    private readonly Linear first;
    private readonly Linear second;

    /// <summary>Builds a block.</summary>
    public ResidualMlpBlock(int width)
        : base(nameof(ResidualMlpBlock))
    {
        first = nn.Linear(width, width);
        second = nn.Linear(width, width);
        nn.init.zeros_(second.weight);
        nn.init.zeros_(second.bias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using Tensor hidden = first.forward(input);
        using Tensor active = nn.functional.silu(hidden);
        return second.forward(active);
    }

    /// <summary>The same numbers for inference, [..., width] or one vector: activates in place, so it has no gradient.</summary>
    internal Tensor Infer(Tensor input)
    {
        using Tensor hidden = first.Infer(input);
        return second.Infer(hidden.silu_());
    }
}
