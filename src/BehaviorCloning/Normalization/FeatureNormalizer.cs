using BehaviorCloning.Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Normalization;

/// <summary>
/// Normalizes a feature or actions, and undoes it. Its numbers are buffers: they are saved with the weights, so that a policy's
/// file is all a robot needs.
/// </summary>
public sealed class FeatureNormalizer : nn.Module
{
    private readonly Tensor center;
    private readonly Tensor scale;
    private readonly Tensor inverse;
    private readonly Tensor minimum;
    private readonly Tensor maximum;

    /// <summary>A normalizer that changes nothing, to be filled from a file.</summary>
    /// <param name="shape">Extents of one value of the feature.</param>
    public FeatureNormalizer(IReadOnlyList<int> shape)
        : base(nameof(FeatureNormalizer))
    {
        ArgumentNullException.ThrowIfNull(shape);
        long[] extents = [.. shape.Select(extent => (long)extent)];
        center = zeros(extents);
        scale = ones(extents);
        inverse = ones(extents);
        minimum = zeros(extents);
        maximum = zeros(extents);
        RegisterComponents();
    }

    /// <summary>Fits a normalizer to data.</summary>
    /// <param name="what">What is normalized, for messages: "feature 'gripper'".</param>
    /// <param name="shape">Extents of one value of the feature.</param>
    /// <param name="config">How.</param>
    /// <param name="statistics">The training data's.</param>
    /// <param name="warnings">Receives what had to be guarded.</param>
    /// <exception cref="ArgumentException">The statistics are of another size, or not finite.</exception>
    public static FeatureNormalizer Fit(string what, IReadOnlyList<int> shape, NormalizerConfig config, FeatureStatistics statistics, ICollection<NormalizationWarning> warnings)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(statistics);
        string[] problems = [.. statistics.Problems().Concat(config.Problems())];
        if (problems.Length > 0) throw new ArgumentException($"The statistics of {what} cannot be used: {string.Join(" ", problems)}", nameof(statistics));
        int size = shape.Aggregate(1, (product, extent) => product * extent);
        if (statistics.Dimension != size)
            throw new ArgumentException($"The statistics of {what} have {statistics.Dimension} dimensions, but it has {size}. They are of other data.", nameof(statistics));

        Scaling fitted = config.Fit(what, statistics, warnings);
        var normalizer = new FeatureNormalizer(shape);
        Fill(normalizer.center, fitted.Center);
        Fill(normalizer.scale, fitted.Scale);
        Fill(normalizer.inverse, [.. fitted.Scale.Select(s => s == 0 ? 0 : 1 / s)]);
        Fill(normalizer.minimum, statistics.Minimum);
        Fill(normalizer.maximum, statistics.Maximum);
        return normalizer;
    }

    /// <summary>Raw units to numbers of order one.</summary>
    /// <param name="raw">[..., feature shape].</param>
    public Tensor Normalize(Tensor raw)
    {
        using Tensor centered = raw.sub(center);
        return centered.mul(inverse);
    }

    /// <summary>Back to raw units.</summary>
    /// <param name="normalized">[..., feature shape].</param>
    public Tensor Denormalize(Tensor normalized)
    {
        using Tensor scaled = normalized.mul(scale);
        return scaled.add(center);
    }

    /// <summary>For people: what each dimension's smallest and largest training value become, and come back as.</summary>
    public IEnumerable<string> Explain(string what)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        float[][] columns = [.. new[]
        {
            minimum, Normalize(minimum), Denormalize(Normalize(minimum)),
            maximum, Normalize(maximum), Denormalize(Normalize(maximum)), scale,
        }.Select(t => t.to(float32).cpu().flatten().contiguous()).Select(Values)];
        string[] lines = new string[columns[0].Length];
        for (int d = 0; d < lines.Length; d++)
        {
            string note = columns[6][d] == 0 ? "   (constant: always 0, and back to this value)" : "";
            lines[d] = $"{what}[{d}]: {columns[0][d]:g6} -> {columns[1][d]:g6} -> {columns[2][d]:g6};  {columns[3][d]:g6} -> {columns[4][d]:g6} -> {columns[5][d]:g6}{note}";
        }

        return lines;
    }

    private static float[] Values(Tensor tensor) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();

    private static void Fill(Tensor buffer, IReadOnlyList<double> values)
    {
        Span<float> destination = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(buffer.bytes);
        for (int i = 0; i < destination.Length; i++) destination[i] = (float)values[i];
    }
}
