namespace BehaviorCloning.Simulation;

/// <summary>
/// One decision an episode: two numbers whose sizes follow from what is seen and whose signs must agree. Both signs are right equally often, so each
/// number alone is as likely to be positive as negative, and all that there is to know lies in their being joined.
/// </summary>
/// <remarks>
/// With cue c, uniform in [0, 1), a right action is s (0.4 + 0.4 c) and s (0.8 - 0.4 c), s = +1 or -1, each within <see cref="Tolerance"/>.
/// <code>
/// //   sign of the first   +   +   -   -       a model that draws both numbers by themselves, each right but for
/// //   sign of the second  +   -   +   -       its sign, and each sign by a fair coin, succeeds in two cases of
/// //   right               x           x       four: chance is exactly 1/2
/// </code>
/// The reward is 1 for success, 1/2 where both sizes are right and the signs disagree, and 0 otherwise.
/// </remarks>
public sealed class CoupledAxesEnvironment : IEnvironment
{
    /// <summary>Feature: the cue, in [0, 1).</summary>
    public const string Cue = "cue";

    /// <summary>How far each number may be off. The smallest right number is twice as large, so its sign is never in doubt.</summary>
    public const double Tolerance = 0.2;

    /// <summary>The success of right sizes with signs that are fair and independent: exactly one half.</summary>
    public const double Chance = 0.5;

    private float cue;
    private bool over = true;

    /// <summary>What an action is: two numbers.</summary>
    public static ActionSpec ActionSpec { get; } = new("axes", 2) { Minimum = [-1, -1], Maximum = [1, 1], Names = ["first", "second"] };

    /// <inheritdoc/>
    public ObservationSpec Observations { get; } = new(new FeatureSpec(Cue, 1));

    /// <inheritdoc/>
    public ActionSpec Actions => ActionSpec;

    /// <inheritdoc/>
    public double ControlRateHz => 10;

    /// <inheritdoc/>
    public int StepLimit => 1;

    /// <summary>The sizes that are right for a cue.</summary>
    public static (double First, double Second) SizesFor(double cue) => (0.4 + (0.4 * cue), 0.8 - (0.4 * cue));

    /// <inheritdoc/>
    /// <param name="seed">0 to 4294967295.</param>
    public Observation Reset(long seed)
    {
        cue = (float)new NumpyRandomState(seed).NextDouble();
        over = false;
        return Observe();
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (over) throw new InvalidOperationException("No episode is running: reset the environment first.");
        if (action.Length != 2) throw new ArgumentException($"An action has 2 values; got {action.Length}.", nameof(action));
        if (!float.IsFinite(action[0]) || !float.IsFinite(action[1])) throw new ArgumentException($"The action ({action[0]}, {action[1]}) is not finite.", nameof(action));
        over = true;
        (double first, double second) = SizesFor(cue);
        bool sized = Math.Abs(Math.Abs(action[0]) - first) <= Tolerance && Math.Abs(Math.Abs(action[1]) - second) <= Tolerance;
        bool success = sized && action[0] > 0 == action[1] > 0;
        return new(Observe(), success ? 1 : sized ? 0.5 : 0, success, Terminated: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Observation Observe() => new() { [Cue] = new[] { cue } };
}
