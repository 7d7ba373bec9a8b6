using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Moves the codebooks of a <see cref="ResidualQuantizer"/> as running means of the vectors that chose each code (arXiv 1711.00937, appendix
/// A.1). A code that hardly anything chooses is dead, and starts again as a vector of the batch.
/// </summary>
public sealed class CodebookTraining : IDisposable
{
    private const double Smoothing = 1e-5;
    private readonly ResidualQuantizer quantizer;
    private readonly double decay;
    private readonly double deadCodeCount;
    private readonly Tensor counts;
    private readonly Tensor sums;
    private bool started;

    /// <summary>Prepares.</summary>
    /// <param name="quantizer">What is trained.</param>
    /// <param name="decay">Share of a running mean that an update keeps. VQ-BeT takes 0.8.</param>
    /// <param name="deadCodeCount">Codes whose running count of members in a batch is below are dead. VQ-BeT takes 2.</param>
    public CodebookTraining(ResidualQuantizer quantizer, double decay = 0.8, double deadCodeCount = 2)
    {
        ArgumentNullException.ThrowIfNull(quantizer);
        this.quantizer = quantizer;
        this.decay = decay;
        this.deadCodeCount = deadCodeCount;
        Tensor codebooks = quantizer.Codebooks;
        counts = zeros(codebooks.size(0), codebooks.size(1), device: codebooks.device).DetachFromDisposeScope();
        sums = zeros_like(codebooks).DetachFromDisposeScope();
    }

    /// <summary>Quantizes a batch, then moves the codebooks towards it.</summary>
    /// <param name="vectors">[B, width].</param>
    /// <param name="random">Draws where dead codes start again, and the first codebooks. Null: the engine's default generator.</param>
    /// <returns>
    /// The quantized vectors, [B, width], whose gradient goes straight through to <paramref name="vectors"/>; and the commitment loss, the
    /// mean square of what each level leaves over, summed over levels.
    /// </returns>
    public (Tensor Quantized, Tensor Commitment) Step(Tensor vectors, Generator? random = null)
    {
        ShapeContract.Require(vectors, nameof(vectors), -1, quantizer.Codebooks.size(2));
        using DisposeScope scope = NewDisposeScope();
        Tensor rest = vectors, commitment = zeros([], device: vectors.device), quantized = zeros_like(vectors);
        for (int level = 0; level < quantizer.Codebooks.size(0); level++)
        {
            Tensor values = rest.detach(), codebook = quantizer.Codebooks[level];
            if (!started) codebook.copy_(RandomRows(values, codebook.size(0), random));
            Tensor codes = KMeans.Nearest(values, codebook);
            Tensor chosen = codebook.index_select(0, codes);
            Move(level, codebook, codes, values, random);
            rest = rest.sub(chosen);
            commitment = commitment.add(rest.square().mean());
            quantized = quantized.add(chosen);
        }

        started = true;
        Tensor through = vectors.add(quantized.sub(vectors.detach()));
        return (through.MoveToOuterDisposeScope(), commitment.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        counts.Dispose();
        sums.Dispose();
    }

    private void Move(int level, Tensor codebook, Tensor codes, Tensor values, Generator? random)
    {
        using IDisposable noGradient = no_grad();
        Tensor count = counts[level], sum = sums[level];
        Tensor members = bincount(codes, minlength: codebook.size(0)).to(values.dtype);
        Tensor total = zeros_like(sum).index_add_(0, codes, values, 1);
        // The first running means are the first batch's.
        double keep = started ? decay : 0;
        count.mul_(keep).add_(members, 1 - keep);
        sum.mul_(keep).add_(total, 1 - keep);
        Tensor all = count.sum();
        Tensor smoothed = count.add(Smoothing).div(all.add(codebook.size(0) * Smoothing)).mul(all);
        codebook.copy_(sum.div(smoothed.unsqueeze(1)));

        Tensor dead = count.lt(deadCodeCount);
        if (!dead.any().ToBoolean()) return;
        Tensor again = dead.unsqueeze(1), rows = RandomRows(values, codebook.size(0), random);
        codebook.copy_(where(again, rows, codebook));
        sum.copy_(where(again, rows.mul(deadCodeCount), sum));
        count.masked_fill_(dead, deadCodeCount);
    }

    private static Tensor RandomRows(Tensor values, long count, Generator? random)
    {
        Tensor index = randint(values.size(0), [count], ScalarType.Int64, random?.device ?? values.device, generator: random);
        return values.index_select(0, index.to(values.device));
    }
}
