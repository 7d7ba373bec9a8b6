namespace BehaviorCloning.Datasets;

/// <summary>What is done about a fault.</summary>
public enum Treatment
{
    /// <summary>Nothing: it is reported only.</summary>
    Keep,

    /// <summary>The steps are cut out. Inside an episode this leaves two episodes, so that no window reaches across.</summary>
    Cut,

    /// <summary>The steps stay to be seen, but weigh <see cref="DoctorOptions.Weight"/> in the loss.</summary>
    Weigh,

    /// <summary>The whole episode is left out.</summary>
    Drop,
}

/// <summary>What a <see cref="DatasetDoctor"/> looks for, and what it does about it. The defaults suit 5 to 100 Hz.</summary>
public sealed record DoctorOptions
{
    /// <summary>How long nothing may happen, in seconds: neither an observed value nor an action changes. Default 1.</summary>
    public double IdleSeconds { get; init; } = 1;

    /// <summary>How long all observed values may repeat exactly while the action changes, in seconds: a frozen sensor or a stalled robot. Default 0.5.</summary>
    public double StallSeconds { get; init; } = 0.5;

    /// <summary>What counts as no change, as a share of a dimension's 1 to 99 % range. Default 0.0005.</summary>
    public double Stillness { get; init; } = 5e-4;

    /// <summary>A change of an observed value from one step to the next is a jump from this many times the usual change: that which one step in a thousand exceeds or, if less, one episode in ten. Default 3.</summary>
    public double JumpFactor { get; init; } = 3;

    /// <summary>An episode is an outlier from this many robust standard deviations (1.4826 times the median distance from the median) of its length, or of a dimension's mean or range. Default 8.</summary>
    public double OutlierDeviations { get; init; } = 8;

    /// <summary>A step took too long from this many times the usual time between two. Default 1.5. Needs the annotation "timestamp", in seconds.</summary>
    public double GapFactor { get; init; } = 1.5;

    /// <summary>Features that are angles in radians, whose leap from one end of the circle to the other is no jump.</summary>
    public IReadOnlySet<string> Angles { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>Control steps a second where the dataset does not say. Default 10.</summary>
    public double DefaultRateHz { get; init; } = 10;

    /// <summary>What is done about idle stretches. Default: cut out.</summary>
    public Treatment Idle { get; init; } = Treatment.Cut;

    /// <summary>What is done about stalls. Default: cut out.</summary>
    public Treatment Stall { get; init; } = Treatment.Cut;

    /// <summary>What is done about jumps. Default: cut, before the step that follows the jump.</summary>
    public Treatment Jump { get; init; } = Treatment.Cut;

    /// <summary>What is done about gaps in time. Default: cut, before the step that came late.</summary>
    public Treatment Gap { get; init; } = Treatment.Cut;

    /// <summary>What is done about outlier episodes. Default: dropped.</summary>
    public Treatment Outlier { get; init; } = Treatment.Drop;

    /// <summary>What <see cref="Treatment.Weigh"/> lets a step weigh. Default 0.</summary>
    public double Weight { get; init; }

    /// <summary>Pieces shorter than this are left out after cutting. Default 2 steps.</summary>
    public int ShortestPiece { get; init; } = 2;

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        foreach ((string name, double value) in new[]
        {
            (nameof(IdleSeconds), IdleSeconds), (nameof(StallSeconds), StallSeconds), (nameof(JumpFactor), JumpFactor),
            (nameof(OutlierDeviations), OutlierDeviations), (nameof(DefaultRateHz), DefaultRateHz),
        })
        {
            if (!(value > 0 && double.IsFinite(value))) yield return $"{name} {value} must be positive.";
        }

        if (!(GapFactor > 1)) yield return $"GapFactor {GapFactor} must be above 1.";
        if (!(Stillness >= 0 && Stillness < 1)) yield return $"Stillness {Stillness} must be at least 0 and below 1.";
        if (!(Weight >= 0 && double.IsFinite(Weight))) yield return $"Weight {Weight} must be finite and not negative.";
        if (ShortestPiece < 1) yield return $"ShortestPiece {ShortestPiece} must be at least 1.";
    }
}
