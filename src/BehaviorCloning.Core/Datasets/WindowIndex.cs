namespace BehaviorCloning.Datasets;

/// <summary>
/// Numbers the training windows of a dataset: one for every step of every episode, none left out at either end. Memory grows with
/// the number of episodes, never with the number of windows.
/// </summary>
/// <remarks>
/// <code>
/// // To = 2, Tp = 4, an episode of 6 steps with rows r0..r5 and actions a0..a5:
/// //   t   observations   actions          inside episode
/// //   0   r0 r0          a0 a1 a2 a3      1 1 1 1
/// //   3   r2 r3          a3 a4 a5 a5      1 1 1 0
/// //   5   r4 r5          a5 a5 a5 a5      1 0 0 0
/// </code>
/// Before the episode its first row is repeated, as <see cref="ObservationHistory"/> does on the robot; behind it the last action
/// is repeated and flagged as outside, so that a loss can leave it out. diffusion_policy pads alike but keeps no flags, and LeRobot
/// drops the last steps of each episode; here nothing is dropped.
/// </remarks>
public sealed class WindowIndex
{
    private readonly long[] starts;     // starts[e] is the number of the first window of episode e; one more entry at the end
    private readonly int[] guide;       // guide[b] is the episode of window b << shift: the search starts there
    private readonly int shift;

    /// <summary>Numbers the windows.</summary>
    /// <param name="episodeLengths">Steps of each episode.</param>
    /// <param name="horizons">To and Tp of the windows.</param>
    /// <exception cref="ArgumentException">There is no episode, one is empty, or none is as long as Tp. The message lists every fault.</exception>
    public WindowIndex(IReadOnlyList<int> episodeLengths, Horizons horizons)
    {
        ArgumentNullException.ThrowIfNull(episodeLengths);
        ArgumentNullException.ThrowIfNull(horizons);
        Horizons = horizons;
        string[] problems = [.. horizons.Problems(), .. Problems(episodeLengths, horizons)];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems));

        starts = new long[episodeLengths.Count + 1];
        for (int e = 0; e < episodeLengths.Count; e++) starts[e + 1] = starts[e] + episodeLengths[e];

        // One guide entry for about every mean episode length: the search that remains is over one or two episodes.
        while ((Count >> shift) > episodeLengths.Count) shift++;
        guide = new int[(Count >> shift) + 2];
        for (int b = 0, e = 0; b < guide.Length; b++)
        {
            while (e < episodeLengths.Count - 1 && starts[e + 1] <= (long)b << shift) e++;
            guide[b] = e;
        }
    }

    /// <summary>To and Tp of the windows.</summary>
    public Horizons Horizons { get; }

    /// <summary>How many windows there are: the steps of all episodes together.</summary>
    public long Count => starts[^1];

    /// <summary>How many episodes there are.</summary>
    public int EpisodeCount => starts.Length - 1;

    /// <summary>The window of a number, in the order of episodes and steps.</summary>
    public Window this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int bucket = (int)(index >> shift), low = guide[bucket], high = guide[bucket + 1];
            while (low < high)
            {
                int middle = (low + high + 1) >>> 1;
                if (starts[middle] <= index) low = middle;
                else high = middle - 1;
            }

            return new Window(low, (int)(index - starts[low]));
        }
    }

    /// <summary>Numbers the windows of a dataset.</summary>
    public static WindowIndex Over(IEpisodeSource episodes, Horizons horizons)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return new WindowIndex([.. Enumerable.Range(0, episodes.EpisodeCount).Select(episodes.EpisodeLength)], horizons);
    }

    /// <summary>Copies the rows of steps t-To+1 to t, oldest first; steps before the episode repeat its first row.</summary>
    /// <param name="rows">A feature of one whole episode, row-major [length, size].</param>
    /// <param name="size">Values a row.</param>
    /// <param name="step">t.</param>
    /// <param name="observationHorizon">To.</param>
    /// <param name="destination">Receives [To, size].</param>
    public static void CopyObservations<T>(ReadOnlySpan<T> rows, int size, int step, int observationHorizon, Span<T> destination)
    {
        int oldest = step - observationHorizon + 1, missing = Math.Max(-oldest, 0);
        for (int row = 0; row < missing; row++) rows[..size].CopyTo(destination[(row * size)..]);
        rows[((oldest + missing) * size)..((step + 1) * size)].CopyTo(destination[(missing * size)..]);
    }

    /// <summary>Copies the actions of steps t to t+Tp-1; steps behind the episode repeat its last action.</summary>
    /// <param name="rows">The actions of one whole episode, row-major [length, size].</param>
    /// <param name="size">Da.</param>
    /// <param name="step">t.</param>
    /// <param name="predictionHorizon">Tp.</param>
    /// <param name="destination">Receives [Tp, Da].</param>
    public static void CopyActions<T>(ReadOnlySpan<T> rows, int size, int step, int predictionHorizon, Span<T> destination)
    {
        int length = rows.Length / size, inside = Math.Min(predictionHorizon, length - step);
        rows.Slice(step * size, inside * size).CopyTo(destination);
        for (int row = inside; row < predictionHorizon; row++) rows[((length - 1) * size)..].CopyTo(destination[(row * size)..]);
    }

    /// <summary>How many actions of the chunk t to t+Tp-1 can be learned from; the others are not to be scored.</summary>
    /// <remarks>
    /// The last is the episode's, or behind it where its last action may be held. And a label holds for the state it was given in: behind a
    /// step that a learner drove, labels are for where the learner went and not for where this chunk leads.
    /// <code>
    /// // Tp = 4, L = learner drove, E = expert drove
    /// //   step      0  1  2  3  4  5
    /// //   actor     E  E  L  E  E  E
    /// //   learned   3  2  1  3  2  1
    /// </code>
    /// </remarks>
    /// <param name="episodeLength">Steps in the episode.</param>
    /// <param name="actors">Who drove each of them (<see cref="StepActor"/>), or nothing where the expert did.</param>
    /// <param name="step">t.</param>
    /// <param name="predictionHorizon">Tp.</param>
    /// <param name="holdsAfterEnd">Whether the repeated last action counts as well.</param>
    /// <returns>1 to Tp.</returns>
    public static int LearnedActions(int episodeLength, ReadOnlySpan<float> actors, int step, int predictionHorizon, bool holdsAfterEnd = false)
    {
        int inside = Math.Min(predictionHorizon, episodeLength - step);
        int learner = actors.IsEmpty ? -1 : actors.Slice(step, inside).IndexOf(StepActor.Learner);
        return learner >= 0 ? learner + 1 : holdsAfterEnd ? predictionHorizon : inside;
    }

    /// <summary>Copies the frames of steps t-To+1 to t, oldest first; steps before the episode repeat its first frame.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="feature">Its image feature.</param>
    /// <param name="step">t.</param>
    /// <param name="observationHorizon">To.</param>
    /// <param name="destination">Receives To frames.</param>
    public static void CopyFrames(Episode episode, string feature, int step, int observationHorizon, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(episode);
        int frame = destination.Length / observationHorizon;
        int oldest = step - observationHorizon + 1, missing = Math.Max(-oldest, 0);
        episode.ReadFrames(feature, oldest + missing, observationHorizon - missing, destination[(missing * frame)..]);
        for (int row = 0; row < missing; row++) destination.Slice(missing * frame, frame).CopyTo(destination[(row * frame)..]);
    }

    private static IEnumerable<string> Problems(IReadOnlyList<int> lengths, Horizons horizons)
    {
        if (lengths.Count == 0)
        {
            yield return "There is no episode to take windows from.";
            yield break;
        }

        for (int e = 0; e < lengths.Count; e++)
        {
            if (lengths[e] < 1) yield return $"Episode {e} has {lengths[e]} steps; every episode needs at least 1.";
        }

        // A short episode among longer ones is padded. But if none reaches Tp, the chunk's last actions are padding in every
        // window: they would never be trained, and a robot would execute whatever an untrained output says.
        if (lengths.Max() < horizons.Prediction)
            yield return $"The longest of {lengths.Count} episodes has {lengths.Max()} steps, but the prediction horizon is {horizons.Prediction}: the last {horizons.Prediction - Math.Max(lengths.Max(), 0)} actions of a chunk would never be trained. Shorten the horizon, or record longer episodes.";
    }
}
