using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Dagger;

/// <summary>One episode of a round: who drove, what the expert would have done, and how it ended.</summary>
/// <param name="Seed">The environment's seed.</param>
/// <param name="Steps">Every labeled step, in order.</param>
/// <param name="Success">Whether the task was solved.</param>
/// <param name="Retries">How often the expert had to be asked again.</param>
/// <param name="Fault">Why the expert broke the episode off, or null. What was labeled before is kept.</param>
public sealed record MixedEpisode(long Seed, IReadOnlyList<LabeledStep> Steps, bool Success, int Retries, string? Fault);

/// <summary>A control step with the expert's label.</summary>
/// <param name="Observation">What was observed.</param>
/// <param name="Plan">The expert's action, whoever drove, and those that it would have taken next, as far as it was asked for them.</param>
/// <param name="Executed">What was done.</param>
/// <param name="ByExpert">Whether that was the expert's action.</param>
/// <param name="Reward">What it led to.</param>
public sealed record LabeledStep(Observation Observation, IReadOnlyList<float[]> Plan, float[] Executed, bool ByExpert, double Reward)
{
    /// <summary>The expert's action.</summary>
    public float[] Label => Plan[0];
}

/// <summary>
/// Plays an episode with the mixed policy: in every control step, or every stretch of some, the expert drives with probability beta, the
/// learner otherwise, and the expert labels what was observed in either case.
/// </summary>
/// <remarks>
/// A learner that predicts chunks keeps its clock while the expert drives, and is asked again when its chunk is used up:
/// <code>
/// // Te = 3, stretches of 1, expert drives at steps 1 and 4:
/// //   step            0   1   2   3   4   5
/// //   executed        c0  E   c2  c'0 E   c'2      (c from the inference at 0, c' from that at 3)
/// //   label           e0  e1  e2  e3  e4  e5       (always the expert's)
/// </code>
/// </remarks>
public static class MixedRollout
{
    /// <summary>Plays one episode.</summary>
    /// <param name="environment">The world; is reset.</param>
    /// <param name="expert">Labels every step.</param>
    /// <param name="learner">Drives where the expert does not; may be null where beta is 1.</param>
    /// <param name="beta">Probability that the expert drives a step.</param>
    /// <param name="environmentSeed">Starts the episode.</param>
    /// <param name="randomSeed">Draws who drives, and the learner's noise where it is a <see cref="LearnedPolicy"/>: the episode does not depend on what was played before.</param>
    /// <param name="labeling">How long the expert is waited for.</param>
    /// <param name="stretch">Control steps for which whoever drives goes on driving.</param>
    /// <param name="planSteps">Actions that the expert is asked for at every step; more than one only of an <see cref="IPlanningExpert"/>.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public static MixedEpisode Play(
        IEnvironment environment, IExpert expert, IPolicy? learner, double beta, long environmentSeed, long randomSeed,
        LabelingOptions? labeling = null, int stretch = 1, int planSteps = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(expert);
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(beta, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stretch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(planSteps, 1);
        if (planSteps > 1 && expert is not IPlanningExpert) throw new ArgumentException($"{expert.GetType().Name} knows its next action only (it is no {nameof(IPlanningExpert)}), but {planSteps} were asked for.", nameof(expert));
        if (learner is null && beta < 1) throw new ArgumentException($"Beta is {beta}, but there is no learner to drive the other steps.", nameof(learner));
        return Play(environment, new Labeler(expert, environment.Actions, labeling ?? new(), planSteps), learner, beta, environmentSeed, randomSeed, stretch, null, int.MaxValue, cancellationToken);
    }

    internal static MixedEpisode Play(
        IEnvironment environment, Labeler labeler, IPolicy? learner, double beta, long environmentSeed, long randomSeed, int stretch, Observation? start, int mostSteps, CancellationToken cancellationToken)
    {
        var drivers = new RandomStream(RandomStreams.SeedOf(randomSeed, "who drives"));
        List<LabeledStep> steps = [];
        Observation observation = environment.Reset(environmentSeed);
        if (start is not null) observation = ((IStateResettable)environment).ResetToObserved(start);
        ObservationHistory? history = learner is null ? null : new(learner.Horizons.Observation);
        ActionChunk? chunk = null;
        int index = 0;
        bool byExpert = false;
        for (int step = 0; step < Math.Min(environment.StepLimit, mostSteps); step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (IReadOnlyList<float[]>? plan, string? fault) = labeler.Ask(observation, environment);
            if (plan is null) return new(environmentSeed, steps, false, labeler.Retries, $"step {step}, seed {environmentSeed}: {fault}");

            history?.Push(observation);
            if (step % stretch == 0) byExpert = drivers.NextUniform() < beta;
            if (chunk is null || index >= learner!.Horizons.Execution) (chunk, index) = (null, 0);
            if (!byExpert) chunk ??= SeededInference.Predict(learner!, [history!], randomSeed, $"learner {step}")[0];
            float[] executed = byExpert ? plan[0] : chunk![index].ToArray();
            if (chunk is not null) index++;
            StepResult result = environment.Step(executed);
            steps.Add(new(observation, plan, executed, byExpert, result.Reward));
            observation = result.Observation;
            if (result.Success || result.Terminated) return new(environmentSeed, steps, result.Success, labeler.Retries, null);
        }

        return new(environmentSeed, steps, false, labeler.Retries, null);
    }
}
