using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation;

/// <summary>
/// A point must get round an obstacle to a goal, and both ways round are equally good. What is seen at the start does not tell which
/// way an expert will take, so whoever predicts the mean of both drives into the obstacle.
/// </summary>
/// <remarks>
/// <code>
/// //          . - - - .            yard: -0.3 .. 1.1 by -0.6 .. 0.6
/// //        /   ___    \           obstacle: radius 0.22 around (0.4, 0)
/// //   S --    (   )    --> G      goal: radius 0.1 around (0.8, 0)
/// //        \   ¯¯¯    /           start: (0, y), y uniform within 0.01 of 0
/// //          ' - - - '            action: a step in x and in y, cut to a length of 0.1
/// </code>
/// The reward is 1 at the goal and falls with the distance to it, to 0 at the start and beyond. An episode ends at the goal (success), when the way of a step touches
/// the obstacle, and outside the yard. The world is its own mirror image across the x axis.
/// </remarks>
public sealed class ForkInTheRoadEnvironment : IEnvironment
{
    /// <summary>Feature: the point's x and y.</summary>
    public const string Position = "position";

    /// <summary>Where the obstacle's center is on the x axis.</summary>
    public const double ObstacleX = 0.4;

    /// <summary>The obstacle's radius.</summary>
    public const double ObstacleRadius = 0.22;

    /// <summary>Where the goal's center is on the x axis.</summary>
    public const double GoalX = 0.8;

    /// <summary>The goal's radius.</summary>
    public const double GoalRadius = 0.1;

    /// <summary>The farthest that a step goes; longer actions are cut to it.</summary>
    public const double LongestStep = 0.1;

    /// <summary>Half the width of the strip in which episodes start.</summary>
    public const double StartWidth = 0.01;

    internal const double YardLeft = -0.3, YardRight = 1.1, YardHalfHeight = 0.6;
    private NumpyRandomState random = new(0);
    private double x, y;
    private bool over = true;

    /// <summary>Makes the environment. It must be reset before it is stepped.</summary>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public ForkInTheRoadEnvironment(ForkInTheRoadOptions? options = null)
    {
        Options = options ?? new();
        string[] problems = [.. Options.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    /// <summary>What an action is: a step in x and in y.</summary>
    public static ActionSpec ActionSpec { get; } = new("step", 2)
    {
        Minimum = [(float)-LongestStep, (float)-LongestStep],
        Maximum = [(float)LongestStep, (float)LongestStep],
        Names = ["x", "y"],
    };

    /// <summary>The world's symmetry: left becomes right.</summary>
    public static PlanarMirror Mirror { get; } = new()
    {
        Features = new Dictionary<string, PlanarQuantity> { [Position] = PlanarQuantity.Point },
        Actions = PlanarQuantity.Vector,
    };

    /// <summary>The options it was made with.</summary>
    public ForkInTheRoadOptions Options { get; }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec(Position, 2));

    /// <inheritdoc/>
    public ActionSpec Actions => ActionSpec;

    /// <inheritdoc/>
    public double ControlRateHz => 10;

    /// <inheritdoc/>
    public int StepLimit => Options.StepLimit;

    /// <summary>Control steps since the episode began.</summary>
    public int StepCount { get; private set; }

    /// <summary>Which way an episode took: on which side it passed the obstacle's middle. Null where it did not get that far.</summary>
    /// <param name="observations">What was observed, in order.</param>
    public static Way? WayOf(IEnumerable<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        Observation? passed = observations.FirstOrDefault(observation => observation[Position].Span[0] >= ObstacleX);
        return passed is null ? null : passed[Position].Span[1] > 0 ? Way.Left : Way.Right;
    }

    /// <inheritdoc/>
    /// <param name="seed">0 to 4294967295.</param>
    public Observation Reset(long seed)
    {
        random = new NumpyRandomState(seed);
        (x, y) = (0, StartWidth * ((2 * random.NextDouble()) - 1));
        (StepCount, over) = (0, false);
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (over) throw new InvalidOperationException("No episode is running: reset the environment first.");
        if (action.Length != 2) throw new ArgumentException($"An action has 2 values (steps in x and y); got {action.Length}.", nameof(action));
        double dx = action[0], dy = action[1], length = Math.Sqrt((dx * dx) + (dy * dy));
        if (!double.IsFinite(length)) throw new ArgumentException($"The action ({action[0]}, {action[1]}) is not finite.", nameof(action));
        double scale = length > LongestStep ? LongestStep / length : 1;
        (double fromX, double fromY) = (x, y);
        x += scale * dx;
        y += scale * dy;
        if (Options.Wind > 0)
        {
            x += Options.Wind * random.NextNormal();
            y += Options.Wind * random.NextNormal();
        }

        StepCount++;
        bool touched = DistanceTo(ObstacleX, fromX, fromY) < ObstacleRadius;
        bool arrived = !touched && DistanceTo(GoalX, fromX, fromY) < GoalRadius;
        bool outside = x is < YardLeft or > YardRight || Math.Abs(y) > YardHalfHeight;
        over = touched || arrived || outside;
        double left = Math.Sqrt(((x - GoalX) * (x - GoalX)) + (y * y));
        return new(Observe(), arrived ? 1 : Math.Max(0, 1 - (left / GoalX)), arrived, over);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // From a point of the x axis to the nearest point of the way of the step, so that a long step cannot jump over the obstacle.
    private double DistanceTo(double centerX, double fromX, double fromY)
    {
        double dx = x - fromX, dy = y - fromY, squared = (dx * dx) + (dy * dy);
        double along = squared == 0 ? 0 : Math.Clamp((((centerX - fromX) * dx) - (fromY * dy)) / squared, 0, 1);
        double nearX = fromX + (along * dx) - centerX, nearY = fromY + (along * dy);
        return Math.Sqrt((nearX * nearX) + (nearY * nearY));
    }

    private Observation Observe() => new() { [Position] = new[] { (float)x, (float)y } };
}
