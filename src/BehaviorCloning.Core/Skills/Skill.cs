using System.Globalization;

namespace BehaviorCloning.Skills;

/// <summary>
/// Something a robot can do, small enough to have a name: a policy or a controller, when it may start, and when it is done. Keeps nothing of an episode:
/// that lives in a <see cref="SkillRun"/>.
/// </summary>
/// <example><code>
/// var reach = Skill.Of("reach_cup", "Move the open gripper around the cup.", policy) with
/// {
///     MayStart = observation => observation["gripper"].Span[0] > 0.5f ? null : "the gripper is closed",
///     IsDone = observation => observation["cup_distance"].Span[0] &lt; 0.02f,
///     StepLimit = 100,
/// };
/// </code></example>
public sealed record Skill
{
    private Skill(string name, string description, ActionSpec actions, Func<Func<Observation, float[]>> begin)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        if (!IsName(name)) throw new ArgumentException($"'{name}' is no name of a skill: small letters, digits and underscores, a letter first, at most 40, as in 'reach_cup'.", nameof(name));
        (Name, Description, Actions, Begin) = (name, description, actions, begin);
    }

    /// <summary>What it is called, by programs and language models: small letters, digits and underscores.</summary>
    public string Name { get; }

    /// <summary>What it does, in words that a person or a language model can choose by.</summary>
    public string Description { get; }

    /// <summary>What its actions are.</summary>
    public ActionSpec Actions { get; }

    /// <summary>
    /// What it must observe: what its policy must be shown, and for a controller, which cannot be asked, nothing unless told here. List also what
    /// <see cref="MayStart"/> and <see cref="IsDone"/> look at, so that a robot without it is refused before anything moves.
    /// </summary>
    public ObservationSpec Observations { get; init; } = new();

    /// <summary>Precondition: null where the skill may start, otherwise why not. Default: always.</summary>
    public Func<Observation, string?> MayStart { get; init; } = _ => null;

    /// <summary>Termination: whether the skill has done what it is for. Default: never, so that it runs to its <see cref="StepLimit"/>.</summary>
    public Func<Observation, bool> IsDone { get; init; } = _ => false;

    /// <summary>Control steps after which it is broken off. Default 200.</summary>
    public int StepLimit { get; init; } = 200;

    internal Func<Func<Observation, float[]>> Begin { get; }

    /// <summary>A skill that a policy carries out, its chunks executed as far as its execution horizon.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does.</param>
    /// <param name="policy">Who does it. Not disposed.</param>
    public static Skill Of(string name, string description, IPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new Skill(name, description, policy.Actions, () =>
        {
            var history = new ObservationHistory(policy.Horizons.Observation);
            ActionChunk? chunk = null;
            int index = 0;
            return observation =>
            {
                history.Push(observation);
                if (chunk is null || index >= policy.Horizons.Execution) (chunk, index) = (policy.Predict(history), 0);
                return chunk[index++].ToArray();
            };
        }) { Observations = policy.Observations };
    }

    /// <summary>A skill that a controller carries out.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does.</param>
    /// <param name="actions">What its actions are.</param>
    /// <param name="begin">Makes a controller at its beginning: a function from what is observed to Da values in raw units.</param>
    public static Skill Of(string name, string description, ActionSpec actions, Func<Func<Observation, float[]>> begin)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(begin);
        return new Skill(name, description, actions, begin);
    }

    /// <summary>Starts it.</summary>
    /// <param name="observation">What is observed now.</param>
    /// <exception cref="InvalidOperationException">The precondition is not met; the message says why.</exception>
    public SkillRun Start(Observation observation) => WhyNot(observation) is { } reason
        ? throw new InvalidOperationException($"Skill '{Name}' may not start: {reason}.")
        : new SkillRun(this);

    /// <summary>Why it may not start now, or null. A precondition that fails to tell counts as not met.</summary>
    public string? WhyNot(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        try
        {
            return MayStart(observation);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"its precondition threw {e.GetType().Name}: {e.Message}";
        }
    }

    internal static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 40 } && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    internal string? FaultOf(float[]? action)
    {
        if (action is null) return "it gave no action";
        if (action.Length != Actions.Dimension) return $"its action has {action.Length} values, '{Actions.Name}' takes {Actions.Dimension}";
        int bad = FiniteCheck.FirstNonFinite(action);
        return bad < 0 ? null : $"its action is {action[bad].ToString(CultureInfo.InvariantCulture)} in dimension {bad}";
    }
}
