using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class LossCases
{
    public static void Define(CaseTable table)
    {
        foreach ((string name, nn.Reduction reduction) in new[] { ("mean", nn.Reduction.Mean), ("sum", nn.Reduction.Sum), ("none", nn.Reduction.None) })
        {
            table.Op($"mse_loss.{name}", (x, y) => nn.functional.mse_loss(x, y, reduction));
            table.Op($"l1_loss.{name}", (x, y) => nn.functional.l1_loss(x, y, reduction));
            table.Op($"smooth_l1_loss.{name}", (x, y) => nn.functional.smooth_l1_loss(x, y, reduction, 0.7));
            table.Op($"huber_loss.{name}", (x, y) => nn.functional.huber_loss(x, y, 0.7, reduction));
            table.Op($"cross_entropy.{name}", (x, y) => nn.functional.cross_entropy(x, y, reduction: reduction));
            table.Op($"nll_loss.{name}", (x, y) => nn.functional.nll_loss(x, y, reduction: reduction));
            table.Op($"binary_cross_entropy.{name}", (x, y) => nn.functional.binary_cross_entropy(x, y, reduction: reduction));
            table.Op($"binary_cross_entropy_with_logits.{name}", (x, y) => nn.functional.binary_cross_entropy_with_logits(x, y, reduction: reduction));
            table.Op($"kl_div.{name}", (x, y) => nn.functional.kl_div(x, y, reduction: reduction));
            table.Op($"gaussian_nll_loss.{name}", (x, y, v) => nn.functional.gaussian_nll_loss(x, y, v, reduction: reduction));
            table.Op($"poisson_nll_loss.{name}", (x, y) => nn.functional.poisson_nll_loss(x, y, reduction: reduction));
        }

        table.Op("smooth_l1_loss.default", (x, y) => nn.functional.smooth_l1_loss(x, y));
        table.Op("huber_loss.default", (x, y) => nn.functional.huber_loss(x, y));
        table.Op("cross_entropy.options", (x, y, w) => nn.functional.cross_entropy(x, y, w, 1, label_smoothing: 0.1));
        table.Op("cross_entropy.probabilities", (x, y) => nn.functional.cross_entropy(x, y));
        table.Op("cross_entropy.sequence", (x, y) => nn.functional.cross_entropy(x, y));
        table.Op("nll_loss.weight", (x, y, w) => nn.functional.nll_loss(x, y, w));
        table.Op("binary_cross_entropy.weight", (x, y, w) => nn.functional.binary_cross_entropy(x, y, w));
        table.Op("binary_cross_entropy_with_logits.weights", (x, y, w, p) => nn.functional.binary_cross_entropy_with_logits(x, y, w, pos_weights: p));
        table.Op("kl_div.probabilities", (x, y) => nn.functional.kl_div(x, y, false));
        table.Op("gaussian_nll_loss.full", (x, y, v) => nn.functional.gaussian_nll_loss(x, y, v, true));
        table.Op("poisson_nll_loss.full", (x, y) => nn.functional.poisson_nll_loss(x, y, full: true));
        table.Op("cosine_embedding_loss", (a, b, y) => nn.functional.cosine_embedding_loss(a, b, y, 0.1));
    }
}
