namespace BehaviorCloning.Dagger;

/// <summary>
/// How often the expert drives in each round: beta_i of pi_i = beta_i expert + (1 - beta_i) learner (Ross, Gordon and Bagnell 2011),
/// drawn anew for every control step, or stretch of some (<see cref="DaggerOptions.Stretch"/>). DAgger's guarantee needs the mean of the betas to go to zero.
/// </summary>
public sealed class BetaSchedule
{
    private readonly Func<int, double> at;

    private BetaSchedule(string name, Func<int, double> at)
    {
        Name = name;
        this.at = at;
    }

    /// <summary>Only the expert in round 0, only the learner afterwards: no parameter, and the paper's recommendation.</summary>
    public static BetaSchedule FirstRoundOnly { get; } = new("first round only", round => round == 0 ? 1 : 0);

    /// <summary>Only the expert in round 0, with this probability afterwards: for learners that execute chunks.</summary>
    /// <param name="beta">Between 0 and 1.</param>
    public static BetaSchedule FirstRoundThen(double beta) => Of(FormattableString.Invariant($"1, then {beta}"), round => round == 0 ? 1 : beta);

    /// <summary>For people: what kind it is.</summary>
    public string Name { get; }

    /// <summary>p to the power of the round: 1, p, p², ... The paper's Super Mario used p = 0.5.</summary>
    /// <param name="p">Between 0 and 1.</param>
    public static BetaSchedule Exponential(double p) => p is >= 0 and <= 1
        ? new(FormattableString.Invariant($"exponential {p}"), round => Math.Pow(p, round))
        : throw new ArgumentOutOfRangeException(nameof(p), p, "The base must lie between 0 and 1; the paper used 0.5.");

    /// <summary>From 1 down to 0 in a number of rounds, 0 afterwards: (n - round) / n.</summary>
    /// <param name="rounds">n, at least 1; the imitation project uses 15.</param>
    public static BetaSchedule Linear(int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        return new($"linear in {rounds} rounds", round => Math.Clamp((double)(rounds - round) / rounds, 0, 1));
    }

    /// <summary>The same in every round; 1 is behavior cloning.</summary>
    public static BetaSchedule Constant(double beta) => Of(FormattableString.Invariant($"constant {beta}"), _ => beta);

    /// <summary>Any other.</summary>
    /// <param name="name">What it is called in reports.</param>
    /// <param name="at">Beta of a round from 0, between 0 and 1.</param>
    public static BetaSchedule Of(string name, Func<int, double> at)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(at);
        return new(name, at);
    }

    /// <summary>Beta of a round.</summary>
    /// <exception cref="InvalidOperationException">A schedule of one's own gave no probability.</exception>
    public double At(int round)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        double beta = at(round);
        return beta is >= 0 and <= 1
            ? beta
            : throw new InvalidOperationException($"The schedule '{Name}' says {beta} for round {round}; a probability lies between 0 and 1.");
    }
}
