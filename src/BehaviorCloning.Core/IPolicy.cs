namespace BehaviorCloning;

/// <summary>
/// Turns what was observed into the actions to take. Everything a policy remembers of an episode lives in the episode's
/// <see cref="ObservationHistory"/>, so a new history is a reset and one policy serves many episodes.
/// </summary>
public interface IPolicy
{
    /// <summary>What the policy must be shown.</summary>
    ObservationSpec Observations { get; }

    /// <summary>What it produces.</summary>
    ActionSpec Actions { get; }

    /// <summary>How far it looks back, predicts and acts.</summary>
    Horizons Horizons { get; }

    /// <summary>Predicts the chunk whose index 0 belongs to the newest observation in the history.</summary>
    /// <exception cref="ArgumentException">The observations do not fit; the message lists every fault.</exception>
    ActionChunk Predict(ObservationHistory history);

    /// <summary>Predicts for several episodes at once. A learned policy does it in one inference.</summary>
    /// <returns>One chunk a history, in their order.</returns>
    IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories) => [.. histories.Select(Predict)];
}
