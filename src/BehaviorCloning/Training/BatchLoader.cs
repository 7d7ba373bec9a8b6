using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>
/// Serves shuffled batches without end. A thread of its own fills batches ahead of their use, into tensors that are made once; frames that
/// must be decoded are decoded by several threads.
/// </summary>
/// <remarks>
/// <para>Memory: the batches made ahead and the one that is lent, <see cref="Bytes"/> in all, whatever the dataset's size. Decoding writes into
/// them directly and takes one image file's worth of working memory a thread.</para>
/// <para>An epoch is one permutation of all windows. A batch that an epoch's end cuts short is filled up from the next epoch, so that
/// every batch is full and every window is seen exactly once an epoch.</para>
/// <para>The whole state is (seed, windows served so far): the same two numbers continue with the very same batches.</para>
/// </remarks>
public sealed class BatchLoader : IDisposable
{
    private readonly WindowReader reader;
    private readonly ulong seed;
    private readonly BlockingCollection<TrainingBatch> free = [];
    private readonly BlockingCollection<TrainingBatch> filled = [];
    private readonly List<TrainingBatch> ring = [];
    private readonly CancellationTokenSource stop = new();
    private readonly TrainingBatch? deviceBatch;
    private readonly Thread producer;
    private readonly int workers;
    private TrainingBatch? lent;
    private ExceptionDispatchInfo? failure;

    /// <summary>Starts serving.</summary>
    /// <param name="reader">Where windows come from.</param>
    /// <param name="batchSize">Windows a batch.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="prefetchDepth">Batches made ahead, at least 1.</param>
    /// <param name="position">Windows served before, to go on from there.</param>
    /// <param name="device">Where batches are wanted; null: in the CPU's memory.</param>
    /// <param name="workers">Threads that fill a batch; the batches are the same with any number. Default 1, and with images one a core, at most 8.</param>
    public BatchLoader(WindowReader reader, int batchSize, ulong seed, int prefetchDepth = 3, long position = 0, Device? device = null, int? workers = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetchDepth, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        this.workers = workers ?? (reader.HasImages ? Math.Min(Environment.ProcessorCount, 8) : 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(this.workers, 1, nameof(workers));
        this.reader = reader;
        this.seed = seed;
        BatchSize = batchSize;
        Position = position;
        if (device is not null && device.type != DeviceType.CPU) deviceBatch = reader.CreateBatch(batchSize, device);

        // One more than are made ahead: the one that is lent.
        for (int i = 0; i <= prefetchDepth; i++)
        {
            ring.Add(reader.CreateBatch(batchSize));
            free.Add(ring[i]);
        }

        producer = new Thread(() => Produce(position)) { IsBackground = true, Name = "Batch loader" };
        producer.Start();
    }

    /// <summary>Windows a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Bytes of all batches it keeps in the CPU's memory.</summary>
    public long Bytes => ring.Sum(batch => batch.Bytes);

    /// <summary>Windows served so far: with the seed, the whole state.</summary>
    public long Position { get; private set; }

    /// <summary>The epoch of the next window, from 0.</summary>
    public long Epoch => Position / reader.Windows.Count;

    /// <summary>How long <see cref="Next"/> has waited for data, in all.</summary>
    public TimeSpan WaitTime { get; private set; }

    /// <summary>The next batch.</summary>
    /// <returns>Lent until the next call: use it, do not keep or dispose it.</returns>
    /// <exception cref="InvalidDataException">The data holds a value that is not finite.</exception>
    public TrainingBatch Next(CancellationToken cancellationToken = default)
    {
        if (lent is not null)
        {
            free.Add(lent, cancellationToken);
            lent = null;
        }

        if (!filled.TryTake(out TrainingBatch? batch))
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                batch = filled.Take(cancellationToken);
            }
            catch (InvalidOperationException) when (failure is not null)
            {
                failure.Throw();
            }

            WaitTime += Stopwatch.GetElapsedTime(start);
        }

        Position += BatchSize;
        if (deviceBatch is null) return lent = batch!;
        deviceBatch.CopyFrom(batch!);
        free.Add(batch!, cancellationToken);
        return deviceBatch;
    }

    /// <summary>Stops the thread and frees the batches.</summary>
    public void Dispose()
    {
        stop.Cancel();
        producer.Join();
        foreach (TrainingBatch batch in ring) batch.Dispose();
        deviceBatch?.Dispose();
        free.Dispose();
        filled.Dispose();
        stop.Dispose();
    }

    private void Fill(TrainingBatch batch, long[] windows)
    {
        if (workers == 1)
        {
            for (int sample = 0; sample < windows.Length; sample++) reader.Read(batch, sample, windows[sample]);
            return;
        }

        try
        {
            Parallel.For(0, windows.Length, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = stop.Token }, sample => reader.Read(batch, sample, windows[sample]));
        }
        catch (AggregateException several)
        {
            // What one thread would have thrown.
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    private void Produce(long position)
    {
        try
        {
            long count = reader.Windows.Count, epoch = position / count, within = position % count;
            var order = new EpochPermutation(count, seed, epoch);
            long[] windows = new long[BatchSize];
            while (true)
            {
                TrainingBatch batch = free.Take(stop.Token);
                for (int sample = 0; sample < BatchSize; sample++)
                {
                    windows[sample] = order[within];
                    if (++within < count) continue;
                    within = 0;
                    order = new EpochPermutation(count, seed, ++epoch);
                }

                Fill(batch, windows);
                filled.Add(batch, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed: nobody waits any more.
        }
        catch (Exception exception)
        {
            // Handed to whoever asks for the next batch.
            failure = ExceptionDispatchInfo.Capture(exception);
            filled.CompleteAdding();
        }
    }
}
