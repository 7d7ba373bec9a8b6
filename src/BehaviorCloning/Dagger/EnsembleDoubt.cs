namespace BehaviorCloning.Dagger;

/// <summary>
/// How much learners of different seeds differ: the norm of the diagonal of their outputs' covariance, HG-DAgger's doubt (Kelly et al. 2019).
/// </summary>
/// <param name="members">Policies of the same observations and actions, at least two. Borrowed.</param>
public sealed class EnsembleDoubt(IReadOnlyList<IPolicy> members)
{
    private readonly IReadOnlyList<IPolicy> members = members.Count >= 2
        ? members
        : throw new ArgumentException($"An ensemble needs at least two policies to differ; got {members.Count}.", nameof(members));

    /// <summary>The doubt about the next action: ||diag(C)||, with C the members' covariance (divisor n), in squared raw units.</summary>
    public double Of(ObservationHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return Of([.. members.Select(member => member.Predict(history)[0].ToArray())]);
    }

    /// <summary>The threshold of the paper: the mean of the last quarter of the doubts that were recorded at the instants when a person took over.</summary>
    /// <param name="doubtsAtInterventions">In the order of time.</param>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static double Threshold(IReadOnlyList<double> doubtsAtInterventions)
    {
        ArgumentNullException.ThrowIfNull(doubtsAtInterventions);
        if (doubtsAtInterventions.Count == 0) throw new ArgumentException("There was no intervention to take the threshold from. Let a person drive first.", nameof(doubtsAtInterventions));
        if (doubtsAtInterventions.Any(doubt => !double.IsFinite(doubt))) throw new ArgumentException("Every doubt must be finite.", nameof(doubtsAtInterventions));
        return doubtsAtInterventions.TakeLast((int)Math.Ceiling(doubtsAtInterventions.Count / 4.0)).Average();
    }

    internal static double Of(float[][] actions)
    {
        double sum = 0;
        for (int d = 0; d < actions[0].Length; d++)
        {
            double mean = actions.Average(action => (double)action[d]), variance = actions.Average(action => (action[d] - mean) * (action[d] - mean));
            sum += variance * variance;
        }

        return Math.Sqrt(sum);
    }
}
