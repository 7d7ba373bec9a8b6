using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// Scores many candidate chunks for each context: minus the energy, so higher is better. The network of the IBC paper (arXiv
/// 2109.00137): a linear layer, pre-activation residual blocks without normalization <c>h += W2 drop(relu(W1 drop(relu(h))))</c>, a linear
/// layer to one number; weights and biases start from N(0, 0.05^2).
/// </summary>
/// <remarks>
/// The first layer, over context and chunk side by side, is kept as two, so that the context's part is computed once for all candidates. The
/// last has no bias: adding a constant to all scores changes nothing.
/// </remarks>
public sealed class EnergyNetwork : nn.Module
{
    private readonly Linear context;
    private readonly Linear chunk;
    private readonly ModuleList<Linear> first;
    private readonly ModuleList<Linear> second;
    private readonly Linear output;
    private readonly double dropout;

    /// <summary>Builds the network.</summary>
    /// <param name="contextSize">Numbers of a context.</param>
    /// <param name="chunkSize">Numbers of a chunk.</param>
    /// <param name="width">Of the hidden layers.</param>
    /// <param name="blocks">Residual blocks, two layers each.</param>
    /// <param name="dropout">Share of the activations dropped in training.</param>
    public EnergyNetwork(int contextSize, int chunkSize, int width, int blocks, double dropout)
        : base(nameof(EnergyNetwork))
    {
        this.dropout = dropout;
        context = nn.Linear(contextSize, width);
        chunk = nn.Linear(chunkSize, width, hasBias: false);
        first = Layers();
        second = Layers();
        output = nn.Linear(width, 1, hasBias: false);
        RegisterComponents();
        foreach (Parameter parameter in parameters()) nn.init.normal_(parameter, 0, 0.05);

        ModuleList<Linear> Layers() => new([.. Enumerable.Range(0, blocks).Select(_ => nn.Linear(width, width))]);
    }

    /// <summary>The context's part of the first layer, to be met by any number of candidates.</summary>
    /// <param name="flatContext">[B, context size].</param>
    /// <returns>[B, 1, width].</returns>
    public Tensor Prepare(Tensor flatContext)
    {
        using Tensor part = context.forward(flatContext);
        return part.unsqueeze(1);
    }

    /// <summary>Scores candidates, differentiably.</summary>
    /// <param name="prepared">What <see cref="Prepare"/> returned for the contexts.</param>
    /// <param name="candidates">[B, n, chunk size].</param>
    /// <returns>[B, n].</returns>
    public Tensor Score(Tensor prepared, Tensor candidates)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = chunk.forward(candidates).add(prepared);
        for (int i = 0; i < first.Count; i++) h = h.add(second[i].forward(Activate(first[i].forward(Activate(h)))));
        return output.forward(h).squeeze(-1).MoveToOuterDisposeScope();
    }

    private Tensor Activate(Tensor h)
    {
        Tensor active = h.relu();
        return dropout > 0 ? nn.functional.dropout(active, dropout, training) : active;
    }
}
