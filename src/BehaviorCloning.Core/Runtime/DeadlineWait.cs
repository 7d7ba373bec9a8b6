namespace BehaviorCloning.Runtime;

/// <summary>
/// Waits until a moment of a clock: sleeps while it is far, then spins for at most <c>spin</c>. The spin lets the garbage collector in
/// and is bounded, because a tight loop can hold up every other thread's collection.
/// </summary>
internal sealed class DeadlineWait : IDisposable
{
    private readonly TimeProvider time;
    private readonly long spinTicks;
    private readonly ITimer? timer;
    private readonly AutoResetEvent? due;

    public DeadlineWait(TimeProvider time, TimeSpan spin)
    {
        this.time = time;
        spinTicks = (long)(spin.TotalSeconds * time.TimestampFrequency);
        // The system's clock sleeps in the kernel. Another clock says itself when it is time, so that tests need not sleep.
        if (time == TimeProvider.System) return;
        due = new AutoResetEvent(false);
        timer = time.CreateTimer(static state => ((AutoResetEvent)state!).Set(), due, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits; false where the wait was cancelled before.</summary>
    public bool Until(long timestamp, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (cancellationToken.IsCancellationRequested) return false;
            long left = timestamp - time.GetTimestamp();
            if (left <= 0) return true;
            if (left > spinTicks)
            {
                Sleep(left - spinTicks);
                continue;
            }

            // Each turn is some tens of nanoseconds; the clock decides when it is over.
            var spinner = default(SpinWait);
            while (time.GetTimestamp() < timestamp)
            {
                if (spinner.NextSpinWillYield) spinner.Reset();
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        due?.Dispose();
    }

    // In slices, so that a cancellation is heard within one.
    private void Sleep(long ticks)
    {
        double milliseconds = Math.Min(ticks * 1000.0 / time.TimestampFrequency, 100);
        if (timer is null)
        {
            if (milliseconds >= 1) Thread.Sleep((int)milliseconds);
            else Thread.Sleep(0);
            return;
        }

        timer.Change(TimeSpan.FromMilliseconds(Math.Max(milliseconds, 1e-3)), Timeout.InfiniteTimeSpan);
        due!.WaitOne();
    }
}
