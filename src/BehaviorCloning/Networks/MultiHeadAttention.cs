using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Scaled dot-product attention with several heads, as PyTorch's MultiheadAttention, batch first: softmax(q k' / sqrt(width / heads)) v.
/// The rows of the input layer are query, key and value in this order.
/// </summary>
public sealed class MultiHeadAttention : nn.Module
{
    private readonly Linear input;
    private readonly Linear output;
    private readonly int width;
    private readonly int heads;
    private readonly double dropout;

    /// <summary>Builds the layer.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="heads">Attention heads; must divide the width.</param>
    /// <param name="dropout">Share of the attention weights dropped in training.</param>
    public MultiHeadAttention(int width, int heads, double dropout = 0)
        : base(nameof(MultiHeadAttention))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(width % heads, 0, nameof(width));
        this.width = width;
        this.heads = heads;
        this.dropout = dropout;
        input = nn.Linear(width, 3 * width);
        output = nn.Linear(width, width);
        nn.init.xavier_uniform_(input.weight);
        nn.init.zeros_(input.bias);
        nn.init.zeros_(output.bias);
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="query">[B, T, width].</param>
    /// <param name="key">[B, N, width]; may be the very same tensor as the query.</param>
    /// <param name="value">[B, N, width]; may be the very same tensor as the key.</param>
    /// <param name="allowed">True where a key may be attended to, [B, N], bool; null: all may.</param>
    /// <param name="causal">Whether query i may attend to keys 0 to i only; not together with <paramref name="allowed"/>.</param>
    /// <returns>[B, T, width].</returns>
    public Tensor Forward(Tensor query, Tensor key, Tensor value, Tensor? allowed = null, bool causal = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor q, k, v;
        if (ReferenceEquals(query, key) && ReferenceEquals(key, value))
        {
            Tensor[] all = input.forward(query).chunk(3, -1);
            (q, k, v) = (all[0], all[1], all[2]);
        }
        else if (ReferenceEquals(query, key))
        {
            Tensor[] both = Project(query, 0, 2).chunk(2, -1);
            (q, k, v) = (both[0], both[1], Project(value, 2, 1));
        }
        else
        {
            (q, k, v) = (Project(query, 0, 1), Project(key, 1, 1), Project(value, 2, 1));
        }

        Tensor? mask = allowed?.unsqueeze(1).unsqueeze(1);
        Tensor attended = nn.functional.scaled_dot_product_attention(Split(q), Split(k), Split(v), mask!, training ? dropout : 0, causal);
        return output.forward(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Project(Tensor x, int part, int count) =>
        nn.functional.linear(x, input.weight.narrow(0, part * width, count * width), input.bias!.narrow(0, part * width, count * width));

    private Tensor Split(Tensor x) => x.view(x.size(0), x.size(1), heads, width / heads).transpose(1, 2);
}
