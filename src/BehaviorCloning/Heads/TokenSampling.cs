using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// How a token is chosen from its logits: divided by the temperature, then only the <see cref="TopK"/> likeliest, then of those only the
/// likeliest that together reach <see cref="TopP"/> (nucleus sampling, arXiv 1904.09751), then one is drawn.
/// </summary>
public sealed record TokenSampling
{
    /// <summary>Below 1 likelier tokens become likelier still; 0 always takes the likeliest (greedy). Default 1: the learned distribution.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How many of the likeliest tokens stay. Default 0: all.</summary>
    public int TopK { get; init; }

    /// <summary>The probability that the tokens that stay must reach together. Default 1: all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Every fault of these options.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature))) yield return $"{nameof(Temperature)} {Temperature} must be finite and not negative; 0 takes the likeliest token.";
        if (TopK < 0) yield return $"{nameof(TopK)} {TopK} must not be negative; 0 keeps all tokens.";
        if (!(TopP is > 0 and <= 1)) yield return $"{nameof(TopP)} {TopP} must be above 0 and at most 1; 1 keeps all tokens.";
    }

    /// <summary>The numbers that <see cref="Draw"/> decides by, for a whole sequence at once, drawn where the generator lives so that a seed gives the same tokens on every device.</summary>
    /// <returns>[count, B], or null where nothing is drawn.</returns>
    internal Tensor? Uniform(long count, long batch, Device device, Generator? random)
    {
        if (Temperature == 0) return null;
        return SeededDraw.Uniform([count, batch], device, random, ScalarType.Float64);
    }

    /// <summary>Chooses a token a row.</summary>
    /// <param name="logits">[B, V]; minus infinity where a token is forbidden.</param>
    /// <param name="uniform">[B] in [0, 1), from <see cref="Uniform"/>; null when greedy.</param>
    /// <returns>[B], int64.</returns>
    internal Tensor Draw(Tensor logits, Tensor? uniform)
    {
        if (uniform is null) return logits.argmax(-1);
        using DisposeScope scope = NewDisposeScope();
        // In double: the last of the sums must not round to below a number that is drawn.
        Tensor cumulative = nn.functional.softmax(Filter(logits.to(ScalarType.Float64)), -1).cumsum(-1);
        Tensor threshold = uniform.unsqueeze(-1).mul(cumulative.narrow(-1, -1, 1));
        // The first token whose sum exceeds the threshold; forbidden ones add nothing and are passed over.
        return cumulative.le(threshold).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Logits as they are sampled from: scaled, and minus infinity where a token falls out.</summary>
    internal Tensor Filter(Tensor logits)
    {
        Tensor scaled = Temperature == 1 ? logits : logits.div(Temperature);
        if (TopK > 0 && TopK < logits.size(-1))
        {
            Tensor smallest = scaled.topk(TopK).values.narrow(-1, -1, 1);
            scaled = scaled.masked_fill(scaled.lt(smallest), double.NegativeInfinity);
        }

        if (TopP < 1)
        {
            (Tensor sorted, Tensor order) = scaled.sort(-1, descending: true);
            Tensor probability = nn.functional.softmax(sorted, -1);
            // A token falls out where those before it suffice.
            Tensor reached = probability.cumsum(-1).sub(probability).ge(TopP);
            scaled = scaled.masked_fill(reached.scatter(-1, order, reached), double.NegativeInfinity);
        }

        return scaled;
    }
}
