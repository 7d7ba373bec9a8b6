namespace BehaviorCloning.Simulation;

/// <summary>
/// Drives round the obstacle on a way that it chooses once, when it is made: one expert demonstrates one episode. Its steps depend on where
/// the point is, so it also shows the way back after a push, and off the middle it goes on on the side where the point is.
/// </summary>
/// <example><code>
/// var expert = new ForkInTheRoadExpert(new() { Seed = seed });
/// StepResult result = environment.Step(expert.Act(observation, environment));
/// </code></example>
public sealed class ForkInTheRoadExpert : IExpert
{
    private const double Height = 0.32;         // of its way, at the obstacle's middle
    private const double LookAhead = 0.08;
    private const double SideIsClear = 0.06;    // off the middle by this, the other side is no longer an option
    private const int StepsBetweenWhims = 5;
    private static readonly (double X, double Y) WrongGoal = (0.4, -0.7);
    private readonly NumpyRandomState random;
    private readonly int pause;
    private double whim;

    /// <summary>Makes an expert, which draws its choices now.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public ForkInTheRoadExpert(ForkInTheRoadExpertOptions? options = null)
    {
        Options = options ?? new();
        string[] problems = [.. Options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));

        // Unlike the environment's numbers of the same seed: the start must not tell the way.
        random = new NumpyRandomState((Options.Seed ^ 0x9E3779B9) & uint.MaxValue);
        bool left = random.NextDouble() < 0.5;
        Way = left || Options.Ways == ForkInTheRoadWays.Left ? Way.Left : Way.Right;
        IsCorrupted = random.NextDouble() < Options.CorruptedShare;
        pause = random.NextInteger(0, Options.LongestPause + 1);
    }

    /// <summary>The options it was made with.</summary>
    public ForkInTheRoadExpertOptions Options { get; }

    /// <summary>The way it has chosen.</summary>
    public Way Way { get; }

    /// <summary>Whether its demonstration is one of the corrupted ones.</summary>
    public bool IsCorrupted { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The environment is not a <see cref="ForkInTheRoadEnvironment"/>.</exception>
    public float[] Act(Observation observation, IEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (environment is not ForkInTheRoadEnvironment fork)
            throw new ArgumentException($"This expert knows the way in a {nameof(ForkInTheRoadEnvironment)} only; got {environment?.GetType().Name ?? "null"}.", nameof(environment));
        if (fork.StepCount < pause) return [0, 0];
        ReadOnlySpan<float> position = observation[ForkInTheRoadEnvironment.Position].Span;
        (double x, double y) = (position[0], position[1]);
        if (!IsCorrupted)
        {
            (double targetX, double targetY) = Ahead(x, y);
            return Towards(targetX - x, targetY - y, Options.Speed);
        }

        if (Options.Corruption == ForkInTheRoadCorruption.WrongGoal)
            return Towards(WrongGoal.X - x, WrongGoal.Y - y, ForkInTheRoadEnvironment.LongestStep);
        if ((fork.StepCount - pause) % StepsBetweenWhims == 0) whim = random.NextDouble() * Math.Tau;
        return Towards(Math.Cos(whim), Math.Sin(whim), Options.Speed);
    }

    // A point further along half a sine wave from start to goal.
    private (double X, double Y) Ahead(double x, double y)
    {
        double aheadX = x + LookAhead;
        if (aheadX >= ForkInTheRoadEnvironment.GoalX) return (ForkInTheRoadEnvironment.GoalX, 0);
        double side = Math.Abs(y) > SideIsClear ? Math.Sign(y) : Way == Way.Left ? 1 : -1;
        return (aheadX, side * Height * Math.Sin(Math.PI * Math.Max(aheadX, 0) / ForkInTheRoadEnvironment.GoalX));
    }

    private static float[] Towards(double dx, double dy, double length)
    {
        double scale = length / Math.Max(Math.Sqrt((dx * dx) + (dy * dy)), 1e-9);
        return [(float)(scale * dx), (float)(scale * dy)];
    }
}
