using Microsoft.Extensions.AI;

namespace BehaviorCloning.Skills;

/// <summary>A cart on a line: a cup at 1, a shelf at -1. The action is how far it goes; the gripper follows the second value. Solved when the cup is at the shelf.</summary>
internal sealed class Shelf : IEnvironment
{
    public static readonly ActionSpec ActionSpec = new("cart", 2);
    private float x, holds;

    public ObservationSpec Observations { get; } = new(new FeatureSpec("x", 1), new FeatureSpec("holds", 1));

    public ActionSpec Actions => ActionSpec;

    public double ControlRateHz => 10;

    public int StepLimit { get; init; } = 200;

    /// <summary>All skills that solve the task, and one that does nothing.</summary>
    public static SkillLibrary Library { get; } = new(
        Go("go_to_cup", "Drive to the cup.", 1),
        Go("go_to_shelf", "Drive to the shelf.", -1),
        Skill.Of("grasp", "Close the gripper around the cup.", ActionSpec, () => _ => [0, 1]) with
        {
            MayStart = seen => seen["x"].Span[0] > 0.95f ? null : "the cup is out of reach",
            IsDone = seen => seen["holds"].Span[0] > 0.5f,
            StepLimit = 5,
        },
        Skill.Of("release", "Open the gripper.", ActionSpec, () => _ => [0, -1]) with { IsDone = seen => seen["holds"].Span[0] < 0.5f, StepLimit = 5 },
        Skill.Of("wait", "Do nothing for a moment.", ActionSpec, () => _ => [0, 0]) with { StepLimit = 2 });

    public Observation Reset(long seed)
    {
        (x, holds) = (0, 0);
        return Observe();
    }

    public StepResult Step(ReadOnlySpan<float> action)
    {
        x += action[0];
        holds = action[1] > 0 && x > 0.9f ? 1 : action[1] < 0 ? 0 : holds;
        bool solved = holds == 0 && action[1] < 0 && x < -0.9f;
        return new(Observe(), solved ? 1 : 0, solved, solved);
    }

    public void Dispose()
    {
    }

    private static Skill Go(string name, string description, float target) =>
        Skill.Of(name, description, ActionSpec, () => seen => [Math.Clamp(target - seen["x"].Span[0], -0.1f, 0.1f), 0]) with { IsDone = seen => Math.Abs(seen["x"].Span[0] - target) < 0.01f, StepLimit = 30 };

    private Observation Observe() => new() { ["x"] = new[] { x }, ["holds"] = new[] { holds } };
}

/// <summary>A language model that says what it is told to, one answer after another, the last one again and again.</summary>
internal sealed class ScriptedModel(params string[] answers) : IChatClient
{
    /// <summary>What it was asked, talk by talk.</summary>
    public List<IReadOnlyList<ChatMessage>> Asked { get; } = [];

    public Func<CancellationToken, Task<ChatResponse>>? Instead { get; init; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Asked.Add([.. messages]);
        return Instead?.Invoke(cancellationToken) ?? Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answers[Math.Min(Asked.Count, answers.Length) - 1])));
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A plan is not read before it is whole.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
