using System.Globalization;

namespace BehaviorCloning.Dagger;

/// <summary>Asks an expert for labels, with patience but not forever, and lets nothing through that is no action.</summary>
/// <param name="expert">Who is asked.</param>
/// <param name="actions">What an action is.</param>
/// <param name="options">How patiently.</param>
/// <param name="planSteps">Actions that are asked for at every step; more than one of an <see cref="IPlanningExpert"/> only.</param>
internal sealed class Labeler(IExpert expert, ActionSpec actions, LabelingOptions options, int planSteps = 1)
{
    /// <summary>How often the expert was asked again.</summary>
    public int Retries { get; private set; }

    /// <summary>Whether the expert may still be at work on the environment, which then can be neither stepped nor disposed.</summary>
    public bool IsHanging { get; private set; }

    /// <summary>The expert's action and, where plans are asked for, those that it would take next; or why there is none.</summary>
    public (IReadOnlyList<float[]>? Plan, string? Fault) Ask(Observation observation, IEnvironment environment)
    {
        for (int attempt = 0; ; attempt++)
        {
            string fault;
            try
            {
                IReadOnlyList<float[]> answer = Answer(observation, environment);
                if (FaultOf(answer) is not { } wrong) return (answer, null);
                fault = wrong;
            }
            catch (TimeoutException)
            {
                IsHanging = true;
                return (null, string.Create(CultureInfo.InvariantCulture, $"the expert did not answer within {options.TimeLimit!.Value.TotalSeconds:0.###} s"));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                fault = $"the expert threw {e.GetType().Name}: {e.Message}";
            }

            if (attempt >= options.Retries) return (null, attempt == 0 ? fault : $"{fault} (asked {attempt + 1} times)");
            Retries++;
        }
    }

    private IReadOnlyList<float[]> Answer(Observation observation, IEnvironment environment)
    {
        if (options.TimeLimit is not { } limit) return Plan(observation, environment);
        // On a thread of its own: in a pool whose threads all wait for labels nobody would be left to give them.
        Task<IReadOnlyList<float[]>> asked = Task.Factory.StartNew(() => Plan(observation, environment), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return asked.WaitAsync(limit).GetAwaiter().GetResult();
    }

    private IReadOnlyList<float[]> Plan(Observation observation, IEnvironment environment) =>
        planSteps == 1 ? [expert.Act(observation, environment)] : ((IPlanningExpert)expert).Plan(observation, environment, planSteps);

    private string? FaultOf(IReadOnlyList<float[]>? plan)
    {
        if (plan is null) return "the expert's plan is null";
        if (plan.Count < 1 || plan.Count > planSteps) return string.Create(CultureInfo.InvariantCulture, $"the expert planned {plan.Count} actions, asked for were 1 to {planSteps}");
        return plan.Select(FaultOf).FirstOrDefault(fault => fault is not null);
    }

    private string? FaultOf(float[]? answer)
    {
        if (answer is null) return "the expert answered null";
        if (answer.Length != actions.Dimension) return $"the expert's action has {answer.Length} values, '{actions.Name}' takes {actions.Dimension}";
        int bad = Array.FindIndex(answer, value => !float.IsFinite(value));
        return bad < 0 ? null : $"the expert's action is {answer[bad].ToString(CultureInfo.InvariantCulture)} in dimension {bad}";
    }
}
