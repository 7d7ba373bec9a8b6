using System.Globalization;

namespace BehaviorCloning.Dagger;

/// <summary>Asks an expert for labels, with patience but not forever, and lets nothing through that is no action.</summary>
internal sealed class Labeler(IExpert expert, ActionSpec actions, LabelingOptions options)
{
    /// <summary>How often the expert was asked again.</summary>
    public int Retries { get; private set; }

    /// <summary>Whether the expert may still be at work on the environment, which then can be neither stepped nor disposed.</summary>
    public bool IsHanging { get; private set; }

    /// <summary>The expert's action, or why there is none.</summary>
    public (float[]? Action, string? Fault) Ask(Observation observation, IEnvironment environment)
    {
        for (int attempt = 0; ; attempt++)
        {
            string fault;
            try
            {
                float[] answer = Answer(observation, environment);
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

    private float[] Answer(Observation observation, IEnvironment environment)
    {
        if (options.TimeLimit is not { } limit) return expert.Act(observation, environment);
        // On a thread of its own: in a pool whose threads all wait for labels nobody would be left to give them.
        Task<float[]> asked = Task.Factory.StartNew(() => expert.Act(observation, environment), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return asked.WaitAsync(limit).GetAwaiter().GetResult();
    }

    private string? FaultOf(float[]? answer)
    {
        if (answer is null) return "the expert answered null";
        if (answer.Length != actions.Dimension) return $"the expert's action has {answer.Length} values, '{actions.Name}' takes {actions.Dimension}";
        int bad = Array.FindIndex(answer, value => !float.IsFinite(value));
        return bad < 0 ? null : $"the expert's action is {answer[bad].ToString(CultureInfo.InvariantCulture)} in dimension {bad}";
    }
}
