using System.Globalization;

namespace BehaviorCloning.Evaluation;

/// <summary>
/// Compares two evaluations seed by seed. Both met the same episodes, so what is hard about an episode cancels, and far fewer are needed
/// than to compare two shares with their intervals.
/// </summary>
/// <remarks>
/// Success is compared by McNemar's exact test: of the episodes that only one of the two solved, each is equally likely to
/// have solved one if they are equally good, so the count is binomial with one half. Scores are compared by the percentile bootstrap
/// of the mean difference (<see cref="BootstrapInterval"/>), over seeds. Neither says anything of other training runs: train several and compare each.
/// </remarks>
public sealed record PairedComparison
{
    private PairedComparison(string control, string treatment, IReadOnlyList<(RolloutResult Control, RolloutResult Treatment)> pairs)
    {
        Control = control;
        Treatment = treatment;
        Episodes = pairs.Count;
        OnlyControl = pairs.Count(pair => pair.Control.Success && !pair.Treatment.Success);
        OnlyTreatment = pairs.Count(pair => !pair.Control.Success && pair.Treatment.Success);
        SuccessGain = (double)(OnlyTreatment - OnlyControl) / Episodes;
        McNemarP = ExactP(OnlyControl, OnlyTreatment);
        double[] gains = [.. pairs.Select(pair => pair.Treatment.Score - pair.Control.Score)];
        (ScoreGain, ScoreGainLow, ScoreGainHigh) = BootstrapInterval.Of(gains);
    }

    /// <summary>What is compared with.</summary>
    public string Control { get; }

    /// <summary>What is compared.</summary>
    public string Treatment { get; }

    /// <summary>Seeds that both played.</summary>
    public int Episodes { get; }

    /// <summary>Episodes that only the control solved.</summary>
    public int OnlyControl { get; }

    /// <summary>Episodes that only the treatment solved.</summary>
    public int OnlyTreatment { get; }

    /// <summary>Success share of the treatment minus that of the control.</summary>
    public double SuccessGain { get; }

    /// <summary>How likely so uneven a count is if both are equally good: McNemar's exact two-sided p.</summary>
    public double McNemarP { get; }

    /// <summary>Mean score of the treatment minus that of the control.</summary>
    public double ScoreGain { get; }

    /// <summary>Lower end of its 95 % bootstrap interval.</summary>
    public double ScoreGainLow { get; }

    /// <summary>Upper end.</summary>
    public double ScoreGainHigh { get; }

    /// <summary>Compares two evaluations.</summary>
    /// <exception cref="ArgumentException">They did not play the same seeds; the message says which differ.</exception>
    public static PairedComparison Of(EvaluationReport control, EvaluationReport treatment)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(treatment);
        var other = treatment.Episodes.ToDictionary(episode => episode.Seed);
        long[] missing = [.. control.Episodes.Select(e => e.Seed).Where(seed => !other.ContainsKey(seed)).Concat(other.Keys.Except(control.Episodes.Select(e => e.Seed)))];
        if (missing.Length > 0)
            throw new ArgumentException($"'{control.Name}' and '{treatment.Name}' did not play the same seeds: {missing.Length} were played by one only ({string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", ..." : "")}). Evaluate both on the same.", nameof(treatment));
        return new PairedComparison(control.Name, treatment.Name, [.. control.Episodes.Select(episode => (episode, other[episode.Seed]))]);
    }

    /// <summary>
    /// How many episodes it takes to see a gain in success with 95 % confidence and a given power, both played on the same seeds
    /// (Connor 1987): n = (z_a sqrt(d) + z_b sqrt(d - g²))² / g², where g is the gain and d the share of episodes that only one of the two solves.
    /// </summary>
    /// <param name="controlShare">Success share of the control.</param>
    /// <param name="treatmentShare">Success share that is hoped for.</param>
    /// <param name="power">Probability to see it. Default .8.</param>
    /// <returns>For policies that fail independently, the worst case; it takes fewer where they fail at the same episodes.</returns>
    public static int MinimumEpisodes(double controlShare, double treatmentShare, double power = 0.8)
    {
        foreach (double share in new[] { controlShare, treatmentShare, power })
        {
            if (!(share >= 0 && share <= 1)) throw new ArgumentOutOfRangeException(nameof(controlShare), share, "Shares and power lie between 0 and 1.");
        }

        double gain = Math.Abs(treatmentShare - controlShare);
        if (gain == 0) throw new ArgumentException("No number of episodes shows a gain of nothing.", nameof(treatmentShare));
        double discordant = (controlShare * (1 - treatmentShare)) + (treatmentShare * (1 - controlShare));
        double zb = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, power);
        double root = (1.959964 * Math.Sqrt(discordant)) + (zb * Math.Sqrt(Math.Max(discordant - (gain * gain), 0)));
        return (int)Math.Ceiling(root * root / (gain * gain));
    }

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Treatment} against {Control}, {Episodes} episodes: success {SuccessGain:+0.000;-0.000;0.000} (only one solved {OnlyTreatment} against {OnlyControl}, p = {McNemarP:0.####}), score {ScoreGain:+0.000;-0.000;0.000} ({ScoreGainLow:+0.000;-0.000;0.000} to {ScoreGainHigh:+0.000;-0.000;0.000})");

    private static double ExactP(int a, int b)
    {
        int n = a + b;
        return n == 0 ? 1 : Math.Min(1, 2 * MathNet.Numerics.Distributions.Binomial.CDF(0.5, n, Math.Min(a, b)));
    }
}
