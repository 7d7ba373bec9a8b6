namespace BehaviorCloning.Dagger;

/// <summary>What a gate may look at in a control step.</summary>
/// <param name="Observation">What is observed now.</param>
/// <param name="History">What the learner sees.</param>
/// <param name="Proposed">The action the learner would take.</param>
/// <param name="Environment">The world, for gates that ask an expert.</param>
/// <param name="Step">Control steps since the episode began.</param>
/// <param name="LastReward">What the step before was worth, or 0 in the first.</param>
/// <param name="Intervening">Whether the expert has control.</param>
public readonly record struct GateView(
    Observation Observation, ObservationHistory History, ReadOnlyMemory<float> Proposed, IEnvironment Environment, int Step, double LastReward, bool Intervening);

/// <summary>What a gate wants.</summary>
public enum GateDecision
{
    /// <summary>The learner drives.</summary>
    Learner,

    /// <summary>The world stands still until somebody decides. Only worlds that wait, as simulators do, can pause.</summary>
    Pause,

    /// <summary>The expert drives, and what it does is learned from.</summary>
    Expert,
}

/// <summary>
/// Decides who has control: the seam for a person's key, a console, a pedal, or a rule. Asked once a control step, and while paused again
/// and again.
/// </summary>
public interface IInterventionGate
{
    /// <summary>Who shall act now.</summary>
    GateDecision Decide(in GateView view);
}

/// <summary>A gate made of a function: a key that is held, a pedal.</summary>
/// <param name="decide">Who shall act now.</param>
public sealed class FunctionGate(Func<GateView, GateDecision> decide) : IInterventionGate
{
    /// <inheritdoc/>
    public GateDecision Decide(in GateView view) => decide(view);
}

/// <summary>
/// Takes over when the learner's action is too far from what the expert would do, and gives back when it is near again (SafeDAgger, Zhang
/// and Cho 2017). Asks the expert in every step, so it is for experts that are programs.
/// </summary>
/// <param name="expert">Whom to compare with.</param>
/// <param name="takeOver">Distance between the actions, in raw units, above which the expert takes over.</param>
/// <param name="giveBack">Distance below which it gives back; smaller, so that control does not flicker.</param>
public sealed class DisagreementGate(IExpert expert, double takeOver, double giveBack) : IInterventionGate
{
    /// <inheritdoc/>
    public GateDecision Decide(in GateView view)
    {
        float[] wanted = expert.Act(view.Observation, view.Environment);
        double sum = 0;
        for (int i = 0; i < wanted.Length; i++) sum += Math.Pow(wanted[i] - view.Proposed.Span[i], 2);
        return Math.Sqrt(sum) > (view.Intervening ? giveBack : takeOver) ? GateDecision.Expert : GateDecision.Learner;
    }
}

/// <summary>Takes over for a while when the best reward has not risen for too long: the learner is stuck.</summary>
/// <param name="patience">Control steps without progress.</param>
/// <param name="duration">Control steps that the expert then drives.</param>
/// <param name="leastGain">What counts as progress.</param>
public sealed class ProgressGate(int patience, int duration, double leastGain = 1e-3) : IInterventionGate
{
    private double best;
    private int since, left;

    /// <inheritdoc/>
    public GateDecision Decide(in GateView view)
    {
        if (view.Step == 0) (best, since, left) = (double.NegativeInfinity, 0, 0);
        if (view.LastReward > best + leastGain || double.IsNegativeInfinity(best)) (best, since) = (Math.Max(best, view.LastReward), 0);
        else since++;
        if (left > 0 && --left == 0) since = 0;
        else if (left == 0 && since >= patience) left = duration;
        return left > 0 ? GateDecision.Expert : GateDecision.Learner;
    }
}

/// <summary>Takes over when an ensemble of learners doubts, and gives back below a share of the threshold.</summary>
/// <param name="doubt">The ensemble.</param>
/// <param name="threshold">Doubt above which the expert takes over: see <see cref="EnsembleDoubt.Threshold"/>.</param>
/// <param name="giveBackShare">Share of the threshold below which it gives back. Default 0.8.</param>
public sealed class DoubtGate(EnsembleDoubt doubt, double threshold, double giveBackShare = 0.8) : IInterventionGate
{
    /// <inheritdoc/>
    public GateDecision Decide(in GateView view) =>
        doubt.Of(view.History) > (view.Intervening ? giveBackShare : 1) * threshold ? GateDecision.Expert : GateDecision.Learner;
}
