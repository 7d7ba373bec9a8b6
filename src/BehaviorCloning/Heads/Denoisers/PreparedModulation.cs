using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>The scales, shifts and gates of a denoiser's layers at every time it was prepared for.</summary>
internal sealed class PreparedModulation
{
    // Up to this many rows all times are one product. Beyond, one time at a time is as fast and stays in the cache: for 500 histories and
    // ten times the whole would be 60 MB.
    private const int RowLimit = 64;

    private readonly Tensor[] conditions;
    private readonly Tensor[][]? parts;
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly int count;
    private readonly bool perToken;

    /// <summary>Prepares them, in the caller's dispose scope.</summary>
    /// <param name="conditions">[times, B, K], or [times, K] where the batch is one vector.</param>
    /// <param name="weight">Of the layer that makes modulations, [count * width, K].</param>
    /// <param name="bias">Of the layer.</param>
    /// <param name="count">How many modulations there are.</param>
    /// <param name="perToken">Whether a dimension of 1 is put before the last, to meet tokens.</param>
    public PreparedModulation(Tensor conditions, Tensor weight, Tensor bias, int count, bool perToken)
    {
        this.conditions = conditions.unbind();
        this.weight = weight;
        this.bias = bias;
        this.count = count;
        this.perToken = perToken;
        if (conditions.numel() / conditions.size(-1) <= RowLimit)
            parts = [.. nn.functional.linear(conditions, weight, bias).unbind().Select(Split)];
    }

    /// <summary>All modulations of a time, each [B, width], [B, 1, width] or [width].</summary>
    public Tensor[] At(int timeIndex) => parts is not null ? parts[timeIndex] : Split(nn.functional.linear(conditions[timeIndex], weight, bias));

    private Tensor[] Split(Tensor modulation) => (perToken ? modulation.unsqueeze(-2) : modulation).chunk(count, -1);
}
