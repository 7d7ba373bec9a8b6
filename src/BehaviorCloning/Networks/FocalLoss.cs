using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>The focal loss of a classification (arXiv 1708.02002): what is right already counts less, so that rare classes are learned.</summary>
public static class FocalLoss
{
    /// <summary><c>-(1 - p)^gamma log p</c>, with p the probability of the right class.</summary>
    /// <param name="logits">[B, classes].</param>
    /// <param name="target">The right class, [B], int64.</param>
    /// <param name="gamma">How much less: 0 is the cross-entropy, otherwise at least 1, below which certainty has no gradient. BeT and VQ-BeT take 2.</param>
    /// <returns>[B].</returns>
    public static Tensor Of(Tensor logits, Tensor target, double gamma)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(target);
        if (!IsSound(gamma)) throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "The exponent of a focal loss is 0 or at least 1.");
        using DisposeScope scope = NewDisposeScope();
        Tensor log = logits.log_softmax(-1).gather(-1, target.unsqueeze(-1)).squeeze(-1);
        if (gamma == 0) return log.neg().MoveToOuterDisposeScope();
        // 1 - p by expm1, exact where p is near 1; a power of a negative rounding error would be NaN.
        Tensor wrong = log.expm1().neg().clamp_min(0f);
        return wrong.pow(gamma).mul(log).neg().MoveToOuterDisposeScope();
    }

    /// <summary>Whether an exponent can be used: 0, or at least 1 and finite.</summary>
    internal static bool IsSound(double gamma) => gamma == 0 || (gamma >= 1 && double.IsFinite(gamma));
}
