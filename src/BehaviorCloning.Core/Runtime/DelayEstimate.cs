namespace BehaviorCloning.Runtime;

/// <summary>
/// The delay to plan with: the LARGEST of the last few that were measured (Real-Time Chunking, Algorithm 1). A delay is a number of
/// consumed actions, never a time, and an old spike is forgotten once it has left the queue.
/// </summary>
public sealed class DelayEstimate
{
    private readonly int[] queue;
    private int count;
    private int next;

    /// <summary>A queue that holds one initial guess.</summary>
    /// <param name="initial">d before anything was measured.</param>
    /// <param name="capacity">b: how many measurements are remembered.</param>
    public DelayEstimate(int initial, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initial);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        queue = new int[capacity];
        Add(initial);
    }

    /// <summary>The largest delay remembered.</summary>
    public int Conservative
    {
        get
        {
            int largest = 0;
            for (int i = 0; i < count; i++) largest = Math.Max(largest, queue[i]);
            return largest;
        }
    }

    /// <summary>Remembers a measured delay; the oldest beyond the capacity is forgotten.</summary>
    public void Add(int delay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        queue[next] = delay;
        next = (next + 1) % queue.Length;
        count = Math.Min(count + 1, queue.Length);
    }
}
