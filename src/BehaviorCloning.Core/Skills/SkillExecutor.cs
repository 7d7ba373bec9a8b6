namespace BehaviorCloning.Skills;

/// <summary>
/// Runs skills on a robot as a planner chooses them, under a real-time loop: the planner thinks on the thread pool while the loop goes on.
/// It is checked as <see cref="SkillRunner"/> checks it, against what is observed when its answer is taken up.
/// </summary>
/// <remarks>
/// A planner that answers while step 4 passes:
/// <code>
/// // step       0  1  2  3  4  5  6  7
/// // skill      A  A  A  .  .  B  B  B      at 3 A has ended; the planner is asked with the observation of 3
/// // planner             [-----]            B is checked against, and starts with, the observation of 5
/// </code>
/// <para>Between two skills there is at least one step without any, however fast the planner: there <see cref="Waiting"/> acts, or the robot holds.
/// The world moves meanwhile, so a skill that could start when it was chosen may be refused when it should. A plan that is over
/// (<see cref="Report"/>) gives no more actions: let the loop's stop condition ask for it, otherwise the guard's watchdog stops the robot.</para>
/// <para>One thread calls <see cref="Begin"/> and <see cref="TryAct"/>; everything else may be called from any. A skill gives each action as an array of its own,
/// so a step allocates what the running skill allocates. A skill infers inside the step, so its inference must fit into one.</para>
/// </remarks>
/// <example><code>
/// using var executor = new SkillExecutor(library, planner, "Put the cup on the shelf.") { Waiting = "stay" };
/// var loop = new ControlLoop(robot, executor, new() { RateHz = 50, StopWhen = (_, _) => executor.Report is not null });
/// loop.Run();
/// </code></example>
public sealed class SkillExecutor : IActionExecutor
{
    private readonly Lock gate = new(); // Begin against Dispose; a step does not need it.
    private readonly SkillLibrary library;
    private readonly ISkillPlanner planner;
    private readonly string goal;
    private readonly Skill? waiting;
    private volatile Episode? episode;
    private bool disposed;

    /// <summary>Executes plans; asks nothing before <see cref="Begin"/>.</summary>
    /// <param name="library">The skills there are.</param>
    /// <param name="planner">Who chooses. Not disposed.</param>
    /// <param name="goal">What is to be achieved, in words.</param>
    public SkillExecutor(SkillLibrary library, ISkillPlanner planner, string goal)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(planner);
        ArgumentNullException.ThrowIfNull(goal);
        (this.library, this.planner, this.goal) = (library, planner, goal);
    }

    /// <summary>Skills after which a plan is ended. Default 50.</summary>
    public int MostSkills { get; init; } = 50;

    /// <summary>
    /// The skill that acts while the planner thinks, begun anew each time; no part of the plan. Where it may not start or has ended, and always
    /// where this is null (default), there is no action: the robot holds, and the guard's watchdog stops it after
    /// <c>GuardOptions.StaleLimit</c> steps, which a language model will take.
    /// </summary>
    /// <exception cref="ArgumentException">The library has no such skill.</exception>
    public string? Waiting
    {
        get => waiting?.Name;
        init => waiting = value is null ? null : library.Find(value) ?? throw new ArgumentException($"Waiting '{value}' is no skill. There are: {library.Names}.", nameof(value));
    }

    /// <inheritdoc/>
    public ObservationSpec Observations => library.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => library.Actions;

    /// <summary>0: a skill decides each action when its step has come.</summary>
    public int QueueDepth => 0;

    /// <summary>The skills of this episode that have ended, in order.</summary>
    public IReadOnlyList<SkillRecord> Past => episode?.Plan.Past ?? [];

    /// <summary>The name of the skill that runs; null while the planner thinks and when the plan is over.</summary>
    public string? Current => episode?.Plan.Current;

    /// <summary>What became of this episode's plan; null until it is over.</summary>
    public PlanReport? Report => episode?.Plan.Report;

    /// <summary>Completes with the question that the planner is thinking about, if there is one: for tests that must not sleep.</summary>
    internal Task Thinking => (Task?)episode?.Thinking ?? Task.CompletedTask;

    /// <summary>Cancels the last episode's question and asks the planner for the first skill, without waiting for either.</summary>
    /// <param name="observation">What is observed while the robot still stands.</param>
    public void Begin(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            episode?.Cancel();
            episode = new Episode(new SkillPlan(library, planner, goal, MostSkills), waiting);
            episode.Ask(observation);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException"><see cref="Begin"/> was not called; or the waiting skill has failed, which is told once.</exception>
    public bool TryAct(Observation observation, Span<float> action)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return (episode ?? throw new InvalidOperationException($"There is no plan. Call {nameof(Begin)} before the first step.")).TryAct(observation, action);
    }

    /// <summary>Cancels the planner's question, and does not wait for a planner that does not heed that. There are no actions any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            episode?.Cancel();
        }
    }

    // All that an episode has: an answer that comes late finds nothing of the next one.
    private sealed class Episode(SkillPlan plan, Skill? waiting)
    {
        private readonly CancellationTokenSource cancel = new();
        private volatile Task<(SkillChoice? Choice, string? Fault)>? thinking;
        private SkillRun? wait;

        public SkillPlan Plan => plan;

        public Task<(SkillChoice? Choice, string? Fault)>? Thinking => thinking;

        public void Ask(Observation observation)
        {
            if (plan.MayGoOn()) thinking = Task.Run(() => plan.AskAsync(observation, cancel.Token), cancel.Token);
        }

        // Asynchronously: what a planner does when it is cancelled is done on a thread of the pool.
        public void Cancel() => _ = cancel.CancelAsync();

        public bool TryAct(Observation observation, Span<float> action)
        {
            if (plan.Report is not null || cancel.IsCancellationRequested) return false;
            if (thinking is { IsCompleted: true, IsCanceled: false } answer)
            {
                (thinking, wait) = (null, null);
                plan.TakeUp(answer.GetAwaiter().GetResult(), observation);
            }

            float[]? next = plan.Next(observation);
            if (next is null)
            {
                if (thinking is null && plan.Report is null) Ask(observation);
                if (plan.Report is not null) return false;
                plan.Steps++;
                next = NextWhileWaiting(observation);
            }

            next?.CopyTo(action);
            return next is not null;
        }

        private float[]? NextWhileWaiting(Observation observation)
        {
            if (waiting is null || (wait is null && waiting.WhyNot(observation) is not null)) return null;
            wait ??= new SkillRun(waiting);
            bool ended = wait.Outcome != SkillOutcome.Running;
            float[]? action = wait.Next(observation);
            if (!ended && wait.Outcome == SkillOutcome.Failed) throw new InvalidOperationException($"The robot holds, since the waiting skill '{waiting.Name}' failed: {wait.Fault}.");
            return action;
        }
    }
}
