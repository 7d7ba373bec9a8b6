using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// What can be read from features by a straight line: ridge regression on standardized features. If a linear probe finds the block's position in an encoder's output, so can
/// a policy's head; if it does not, the head has to dig for it.
/// </summary>
/// <remarks>
/// <code>
/// W = argmin |X W - Y|² / n + ridge |W|²      X features and Y targets, standardized with the mean and deviation of the n training examples
/// R² = 1 - |Y - X W|² / |Y - mean of Y|²      on held-out examples: 1 perfect, 0 no better than their mean
/// </code>
/// Each target's ridge is the one of <see cref="Ridges"/> with the smallest error on validation examples. A feature that does not vary in training is left out. One eigenvalue decomposition, of
/// features or of examples, whichever are fewer, serves all ridges.
/// </remarks>
public sealed class LinearProbe
{
    private readonly double[] weights;
    private readonly double[] featureMeans;
    private readonly double[] targetMeans;

    private LinearProbe(double[] weights, double[] featureMeans, double[] targetMeans, double[] chosen)
    {
        (this.weights, this.featureMeans, this.targetMeans, Chosen) = (weights, featureMeans, targetMeans, chosen);
    }

    /// <summary>The strengths that are tried: 1e-6 to 1000, ten times each.</summary>
    public static IReadOnlyList<double> Ridges { get; } = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

    /// <summary>The strength that was best for each target on validation examples.</summary>
    public IReadOnlyList<double> Chosen { get; }

    /// <summary>Fits a probe.</summary>
    /// <param name="training">What the weights are fitted to.</param>
    /// <param name="validation">What the ridge is chosen by; other examples.</param>
    /// <exception cref="ArgumentException">The two do not fit together, there are fewer than two training examples, or a target does not vary in training; the message lists every fault.</exception>
    public static LinearProbe Fit(ProbeExamples training, ProbeExamples validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<string> faults = [];
        if (training.FeatureCount != validation.FeatureCount || training.TargetCount != validation.TargetCount)
            faults.Add($"Training examples have {training.FeatureCount} features and {training.TargetCount} targets, validation examples {validation.FeatureCount} and {validation.TargetCount}.");
        if (training.Count < 2) faults.Add($"There are {training.Count} training examples; expected at least 2.");
        (Tensor targetMean, Tensor targetScale) = Moments(Matrix(training.Targets, training.Count));
        int[] constant = [.. Doubles(targetScale).Select((scale, i) => (scale, i)).Where(t => t.scale == 0).Select(t => t.i)];
        if (constant.Length > 0) faults.Add($"Targets {string.Join(", ", constant)} do not vary in training: there is nothing to read.");
        if (faults.Count > 0) throw new ArgumentException($"A probe cannot be fitted: {string.Join(" ", faults)}", nameof(training));

        (Tensor featureMean, Tensor featureScale) = Moments(Matrix(training.Features, training.Count));
        Tensor x = Matrix(training.Features, training.Count).sub(featureMean).mul(featureScale), y = Matrix(training.Targets, training.Count).sub(targetMean).mul(targetScale);
        Tensor held = Matrix(validation.Features, validation.Count).sub(featureMean).mul(featureScale), wanted = Matrix(validation.Targets, validation.Count).sub(targetMean).mul(targetScale);
        bool isWide = training.FeatureCount > training.Count;
        // X' X = V S V' and W = V (S + n ridge)^-1 V' X' Y; where examples are fewer, X X' = U S U' and W = X' U (S + n ridge)^-1 U' Y.
        (Tensor values, Tensor vectors) = linalg.eigh(isWide ? x.matmul(x.t()) : x.t().matmul(x));
        Tensor seen = isWide ? vectors.t().matmul(y) : vectors.t().matmul(x.t().matmul(y));
        Tensor basis = isWide ? x.t().matmul(vectors) : vectors, heldBasis = held.matmul(basis);
        double[] best = [.. Enumerable.Repeat(double.PositiveInfinity, training.TargetCount)], chosen = new double[training.TargetCount];
        foreach (double ridge in Ridges)
        {
            double[] errors = Doubles(heldBasis.matmul(Shrunk(ridge)).sub(wanted).square().mean([0L]));
            for (int t = 0; t < errors.Length; t++)
            {
                if (errors[t] < best[t]) (best[t], chosen[t]) = (errors[t], ridge);
            }
        }

        if (best.Any(error => !double.IsFinite(error))) throw new ArgumentException("A probe cannot be fitted: features are so large that their products are not finite.", nameof(training));
        Tensor shrunk = cat([.. chosen.Select((ridge, t) => Shrunk(ridge).narrow(1, t, 1))], 1);
        return new LinearProbe(Doubles(basis.matmul(shrunk).mul(featureScale.unsqueeze(1)).div(targetScale)), Doubles(featureMean), Doubles(targetMean), chosen);

        Tensor Shrunk(double ridge) => seen.div(values.clamp_min(0.0).add(ridge * training.Count).unsqueeze(1));
    }

    /// <summary>What the probe reads.</summary>
    /// <param name="features">[count, features], row by row.</param>
    /// <returns>[count, targets].</returns>
    public double[] Predict(float[] features)
    {
        ArgumentNullException.ThrowIfNull(features);
        int inputs = featureMeans.Length, outputs = targetMeans.Length;
        if (features.Length % inputs != 0) throw new ArgumentException($"{features.Length} numbers are no whole number of rows of {inputs} features.", nameof(features));
        double[] read = new double[features.Length / inputs * outputs];
        for (int row = 0; row < features.Length / inputs; row++)
        {
            Span<double> result = read.AsSpan(row * outputs, outputs);
            targetMeans.CopyTo(result);
            for (int i = 0; i < inputs; i++)
            {
                double value = features[(row * inputs) + i] - featureMeans[i];
                for (int o = 0; o < outputs; o++) result[o] += value * weights[(i * outputs) + o];
            }
        }

        return read;
    }

    /// <summary>R² of each target on examples that were neither fitted to nor chosen by.</summary>
    public double[] Explained(ProbeExamples test)
    {
        ArgumentNullException.ThrowIfNull(test);
        double[] read = Predict(test.Features);
        int targets = test.TargetCount;
        return [.. Enumerable.Range(0, targets).Select(t =>
        {
            double[] truth = [.. Enumerable.Range(0, test.Count).Select(i => (double)test.Targets[(i * targets) + t])];
            double mean = truth.Average();
            return 1 - (truth.Select((value, i) => Math.Pow(value - read[(i * targets) + t], 2)).Sum() / truth.Sum(value => Math.Pow(value - mean, 2)));
        })];
    }

    // [count, n] in 64 bits: eigenvalues of many alike frames reach far down.
    private static Tensor Matrix(float[] values, int count) => tensor(values, [count, values.Length / count]).to(ScalarType.Float64);

    // Mean, and one over the deviation: 0 for what does not vary beyond rounding.
    private static (Tensor Mean, Tensor Scale) Moments(Tensor values)
    {
        Tensor mean = values.mean([0L]), deviation = values.sub(mean).square().mean([0L]).sqrt();
        Tensor varies = deviation.gt(mean.abs().mul(1e-6).add(1e-12));
        return (mean, where(varies, deviation.clamp_min(1e-300).reciprocal(), zeros_like(deviation)));
    }

    private static double[] Doubles(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.contiguous().bytes).ToArray();
}
