using BehaviorCloning.Datasets;
using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Dagger;

/// <summary>How control passes between learner and expert.</summary>
public sealed record InterventionOptions
{
    /// <summary>Control steps over which the executed action goes over from one to the other, so that nothing jerks. Default 3; 0 switches at once.</summary>
    public int HandoverSteps { get; init; } = 3;

    /// <summary>Time between two questions to the gate while paused. Default 20 ms.</summary>
    public TimeSpan PausePoll { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the expert is waited for. Default: forever, as befits a person.</summary>
    public LabelingOptions Labeling { get; init; } = new() { TimeLimit = null };

    /// <summary>Every fault of these options, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (HandoverSteps < 0) yield return $"HandoverSteps {HandoverSteps} must not be negative.";
        if (PausePoll < TimeSpan.Zero) yield return $"PausePoll {PausePoll} must not be negative.";
        foreach (string problem in Labeling.Problems()) yield return problem;
    }
}

/// <summary>What became of an episode with interventions.</summary>
/// <param name="Result">Score, success, steps, as of any rollout.</param>
/// <param name="Interventions">First step of each intervention and how many steps it took.</param>
/// <param name="DoubtsAtInterventions">The ensemble's doubt when each began, where there is an ensemble.</param>
public sealed record InterventionEpisode(RolloutResult Result, IReadOnlyList<(int Start, int Steps)> Interventions, IReadOnlyList<double> DoubtsAtInterventions);

/// <summary>
/// HG-DAgger (Kelly et al. 2019): the learner drives until the gate hands over to the expert, who has full control until it gives back. Only
/// the interventions are learned from: each is stored as an episode of its own, whose actions are the expert's.
/// </summary>
/// <remarks>
/// With <c>HandoverSteps</c> = 2 and an intervention over steps 3 to 6:
/// <code>
/// // step          2    3      4      5    6    7      8      9
/// // gate          L    E      E      E    E    L      L      L
/// // executed      l   2/3 l  1/3 l   e    e   2/3 e  1/3 e   l
/// //                   1/3 e  2/3 e            1/3 l  2/3 l
/// // stored             e      e      e    e
/// </code>
/// </remarks>
/// <param name="recorder">Where interventions go; made with <see cref="Annotations"/>.</param>
/// <param name="learner">Who drives otherwise.</param>
/// <param name="corrector">Who corrects: a person behind an input device, or a program.</param>
/// <param name="gate">Who decides.</param>
/// <param name="doubt">Whose doubt is recorded when an intervention begins, or null.</param>
/// <param name="options">How control passes.</param>
public sealed class InterventionSession(
    EpisodeRecorder recorder, IPolicy learner, IExpert corrector, IInterventionGate gate, EnsembleDoubt? doubt = null, InterventionOptions? options = null)
{
    private readonly InterventionOptions options = Sound(options ?? new());

    /// <summary>What the store of interventions is annotated with.</summary>
    public static ObservationSpec Annotations(ActionSpec actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        return new(
            new FeatureSpec(DemonstrationRecorder.ExecutedAction, actions.Dimension), new FeatureSpec(RoundStore.Actor, 1), new FeatureSpec(RoundStore.LabelerName, 1),
            new FeatureSpec("reward", 1), new FeatureSpec("step", 1), new FeatureSpec("seed", 1));
    }

    /// <summary>Plays an episode.</summary>
    /// <param name="environment">The world; is reset.</param>
    /// <param name="seed">Of the episode.</param>
    /// <param name="watch">Told after every step what was done, to draw it. Where the learner thought again, the action proposed is the new one.</param>
    /// <param name="cancellationToken">Stops between steps and in a pause. What was corrected so far is stored.</param>
    /// <exception cref="LabelingFailedException">The corrector fails while it has control. What it did before is stored.</exception>
    public InterventionEpisode Play(IEnvironment environment, long seed, Action<GateView, StepResult>? watch = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var labeler = new Labeler(corrector, environment.Actions, options.Labeling);
        var history = new ObservationHistory(learner.Horizons.Observation);
        List<(int Start, int Steps)> interventions = [];
        List<double> doubts = [];
        Observation observation = environment.Reset(seed);
        ActionChunk? chunk = null;
        int index = 0, steps = 0, started = -1;
        double expertShare = 0, score = double.NegativeInfinity, lastReward = 0;
        bool success = false, over = environment.StepLimit < 1;
        try
        {
            while (!over)
            {
                history.Push(observation);
                if (chunk is null || index >= learner.Horizons.Execution) (chunk, index) = (learner.Predict(history), 0);
                var view = new GateView(observation, history, chunk[index].ToArray(), environment, steps, lastReward, started >= 0);
                bool intervenes = Decide(view, cancellationToken) == GateDecision.Expert;
                if (intervenes && started < 0)
                {
                    started = steps;
                    if (doubt is not null) doubts.Add(doubt.Of(history));
                }
                else if (!intervenes && started >= 0)
                {
                    Finish(interventions, ref started, steps);

                    // What was planned before does not follow from where the expert has led.
                    (chunk, index) = (learner.Predict(history), 0);
                }

                double rate = 1.0 / (options.HandoverSteps + 1);
                expertShare = Math.Clamp(expertShare + (intervenes ? rate : -rate), 0, 1);
                if (expertShare < 1e-9) expertShare = 0;
                float[]? label = null;
                if (intervenes || expertShare > 0)
                {
                    (IReadOnlyList<float[]>? plan, string? fault) = labeler.Ask(observation, environment);
                    label = plan?[0];
                    if (label is null) throw new LabelingFailedException($"Step {steps}, seed {seed}: {fault}. The interventions up to here are stored.");
                }

                float[] executed = Blend(chunk[index], label, expertShare);
                StepResult result = environment.Step(executed);
                if (intervenes) Store(observation, label!, executed, result.Reward, steps, seed);
                watch?.Invoke(view with { Intervening = intervenes, Proposed = chunk[index].ToArray() }, result);
                index++;
                steps++;
                score = Math.Max(score, result.Reward);
                (observation, lastReward, success) = (result.Observation, result.Reward, success || result.Success);
                over = result.Success || result.Terminated || steps >= environment.StepLimit;
            }
        }
        finally
        {
            if (started >= 0) Finish(interventions, ref started, steps);
        }

        return new InterventionEpisode(new RolloutResult(seed, steps == 0 ? 0 : score, success, steps), interventions, doubts);
    }

    private static InterventionOptions Sound(InterventionOptions options)
    {
        string[] problems = [.. options.Problems()];
        return problems.Length == 0 ? options : throw new ArgumentException(string.Join(" ", problems), nameof(options));
    }

    private GateDecision Decide(GateView view, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (gate.Decide(view) is var decision && decision != GateDecision.Pause) return decision;
            cancellationToken.WaitHandle.WaitOne(options.PausePoll);
        }
    }

    private static float[] Blend(ReadOnlySpan<float> learned, float[]? label, double expertShare)
    {
        if (label is null) return learned.ToArray();
        float[] blended = new float[label.Length];
        for (int i = 0; i < blended.Length; i++) blended[i] = (float)((expertShare * label[i]) + ((1 - expertShare) * learned[i]));
        return blended;
    }

    private void Store(Observation observation, float[] label, float[] executed, double reward, int step, long seed) =>
        recorder.Append(observation, label, new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal)
        {
            [DemonstrationRecorder.ExecutedAction] = executed,
            [RoundStore.Actor] = new[] { RoundStore.Expert },
            [RoundStore.LabelerName] = new[] { RoundStore.Expert },
            ["reward"] = new[] { (float)reward },
            ["step"] = new float[] { step },
            ["seed"] = new float[] { seed },
        });

    private void Finish(List<(int Start, int Steps)> interventions, ref int started, int steps)
    {
        if (recorder.StepCount > 0)
        {
            interventions.Add((started, recorder.StepCount));
            recorder.FinishEpisode();
        }

        started = -1;
    }
}
