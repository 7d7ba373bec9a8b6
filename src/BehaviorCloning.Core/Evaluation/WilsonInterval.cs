namespace BehaviorCloning.Evaluation;

/// <summary>
/// How well a success share is known: the Wilson score interval of a binomial proportion (Wilson, 1927).
/// Unlike share ± standard error it stays inside [0, 1] and does not collapse to a point at 0 or all successes.
/// </summary>
/// <remarks>
/// With share p of n trials the interval is
/// <code>(p + z²/2n ± z·sqrt(p(1 − p)/n + z²/4n²)) / (1 + z²/n)</code>
/// 10 of 10 successes still allow a true share of .72; for ± .05 around one half it takes about 380 trials.
/// </remarks>
public readonly record struct WilsonInterval
{
    /// <summary>Computes the interval.</summary>
    /// <param name="successes">How many trials succeeded.</param>
    /// <param name="trials">How many trials there were, at least 1.</param>
    /// <param name="z">Standard normal quantile of the coverage wanted: 1.96 for 95 %.</param>
    /// <exception cref="ArgumentOutOfRangeException">The counts contradict each other, or z is not positive.</exception>
    public WilsonInterval(int successes, int trials, double z = 1.96)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (!(z > 0) || double.IsInfinity(z)) throw new ArgumentOutOfRangeException(nameof(z), z, "z must be positive and finite; 1.96 gives 95 % coverage.");
        Successes = successes;
        Trials = trials;
        double z2 = z * z / trials;
        double center = (Share + (z2 / 2)) / (1 + z2);
        double half = z / (1 + z2) * Math.Sqrt(((Share * (1 - Share)) + (z2 / 4)) / trials);

        // At the ends the formula gives 0 and 1 exactly; floating point would leave 1e-17.
        Low = successes == 0 ? 0 : center - half;
        High = successes == trials ? 1 : center + half;
    }

    /// <summary>How many trials succeeded.</summary>
    public int Successes { get; }

    /// <summary>How many trials there were.</summary>
    public int Trials { get; }

    /// <summary>The observed share.</summary>
    public double Share => (double)Successes / Trials;

    /// <summary>Lower end.</summary>
    public double Low { get; }

    /// <summary>Upper end.</summary>
    public double High { get; }

    /// <summary>For people: <c>34 of 50 (.54 to .79)</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Successes} of {Trials} ({Low:.00} to {High:.00})");
}
