namespace BehaviorCloning.Training;

/// <summary>
/// How fast the moving average of the weights follows them. The averaged weights are what is validated, saved and run.
/// </summary>
public abstract record EmaConfig
{
    /// <summary>The share of the old average that is kept at an update.</summary>
    /// <param name="counter">Updates made before this one, 0 at the first.</param>
    public abstract double DecayAt(long counter);

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public abstract IEnumerable<string> Problems();
}

/// <summary>
/// Diffusion Policy's average: with e = counter - UpdateAfter - 1, decay = 0 if e &lt;= 0, else 1 - (1 + e / InverseGamma)^-Power, kept
/// between Minimum and Maximum. The first two updates copy the weights; the third keeps 0.405.
/// </summary>
public sealed record PowerEmaConfig : EmaConfig
{
    /// <summary>Default 0.75: decay reaches 0.999 after 10,000 updates and 0.9999 after 215,000.</summary>
    public double Power { get; init; } = 0.75;

    /// <summary>Stretches the beginning. Default 1.</summary>
    public double InverseGamma { get; init; } = 1;

    /// <summary>Updates that only copy. Default 0.</summary>
    public long UpdateAfter { get; init; }

    /// <summary>The lowest decay once averaging has begun. Default 0.</summary>
    public double Minimum { get; init; }

    /// <summary>The highest decay. Default 0.9999.</summary>
    public double Maximum { get; init; } = 0.9999;

    /// <inheritdoc/>
    public override double DecayAt(long counter)
    {
        long e = Math.Max(0, counter - UpdateAfter - 1);
        return e == 0 ? 0 : Math.Clamp(1 - Math.Pow(1 + (e / InverseGamma), -Power), Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!(Power > 0)) yield return $"EMA power {Power} must be positive: 0.75 for long runs, 2/3 for very long ones.";
        if (!(InverseGamma > 0)) yield return $"EMA inverse gamma {InverseGamma} must be positive; 1 is usual.";
        if (UpdateAfter < 0) yield return $"EMA update-after {UpdateAfter} must not be negative.";
        if (!(Minimum >= 0 && Minimum <= Maximum && Maximum < 1)) yield return $"EMA decay limits {Minimum} to {Maximum} must satisfy 0 <= minimum <= maximum < 1.";
    }
}

/// <summary>No average: the live weights are the policy.</summary>
public sealed record NoEmaConfig : EmaConfig
{
    /// <inheritdoc/>
    public override double DecayAt(long counter) => 0;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => [];
}

/// <summary>
/// min(Maximum, (1 + n) / (10 + n)) at the n-th update, n = 1 at the first (as torch-ema and TensorFlow count): short runs average
/// over about a tenth of their length.
/// </summary>
public sealed record WarmupEmaConfig : EmaConfig
{
    /// <summary>The highest decay. Default 0.999.</summary>
    public double Maximum { get; init; } = 0.999;

    /// <inheritdoc/>
    public override double DecayAt(long counter) => Math.Min(Maximum, (2.0 + counter) / (11.0 + counter));

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (!(Maximum >= 0 && Maximum < 1)) yield return $"EMA maximum decay {Maximum} must be at least 0 and below 1.";
    }
}
