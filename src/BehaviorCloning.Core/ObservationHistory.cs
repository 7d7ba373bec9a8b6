namespace BehaviorCloning;

/// <summary>
/// What a policy remembers of the running episode: the last <c>To</c> observations, oldest first, and any state of its own
/// (a recurrent policy's hidden state). One history an episode: a policy keeps nothing else between steps, so that one policy
/// serves many episodes at once.
/// </summary>
/// <remarks>
/// Before <c>To</c> observations have come, the first one is repeated:
/// <code>
/// // To = 3, pushed so far: a, b
/// //   index   0  1  2
/// //   holds   a  a  b
/// </code>
/// </remarks>
public sealed class ObservationHistory
{
    private readonly Observation[] ring;
    private int pushed;

    /// <summary>An empty history of the given length.</summary>
    /// <param name="observationHorizon">To, at least 1.</param>
    public ObservationHistory(int observationHorizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(observationHorizon, 1);
        ring = new Observation[observationHorizon];
    }

    /// <summary>To: how many observations a policy sees.</summary>
    public int Length => ring.Length;

    /// <summary>How many observations were pushed since the episode began.</summary>
    public int StepCount => pushed;

    /// <summary>The policy's own state for this episode. A policy sets it; <see cref="Clear"/> forgets it.</summary>
    public object? PolicyState { get; set; }

    /// <summary>The observation at an index, 0 the oldest and <c>Length - 1</c> the newest.</summary>
    /// <exception cref="InvalidOperationException">Nothing was pushed yet.</exception>
    public Observation this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
            if (pushed == 0) throw new InvalidOperationException("The history is empty. Push the first observation of the episode before predicting.");
            int step = Math.Max(pushed - Length + index, 0);
            return ring[step % Length];
        }
    }

    /// <summary>The newest observation.</summary>
    public Observation Newest => this[Length - 1];

    /// <summary>Adds the observation of a new control step.</summary>
    public void Push(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ring[pushed % Length] = observation;
        pushed++;
    }

    /// <summary>Starts a new episode: forgets observations and policy state.</summary>
    public void Clear()
    {
        Array.Clear(ring);
        pushed = 0;
        PolicyState = null;
    }
}
