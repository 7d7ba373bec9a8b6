using System.Buffers.Binary;
using BehaviorCloning.Images;
using Microsoft.Win32.SafeHandles;

namespace BehaviorCloning.Datasets;

/// <summary>
/// Records episodes into a folder that <see cref="EpisodeStore"/> reads. An episode is durable when <see cref="FinishEpisode"/>
/// returns: a crash or a loss of power afterwards does not touch it, and one before it leaves no trace of it. What a crash left
/// behind is cut off when the folder is opened again, without help.
/// </summary>
/// <remarks>
/// The steps of the running episode are kept in memory. Then its block is written behind the last one and flushed to disk, and only
/// then its commit record, which is flushed as well. One recorder at a time; belongs to one thread at a time.
/// </remarks>
public sealed class EpisodeRecorder : IDisposable
{
    private readonly EpisodeLayout layout;
    private readonly EpisodeBuilder running;
    private readonly SafeFileHandle writerLock;
    private readonly SafeFileHandle steps;
    private readonly SafeFileHandle log;
    private readonly TimeProvider clock;
    private long stepsEnd;
    private bool isDisposed;

    private EpisodeRecorder(string path, SafeFileHandle writerLock, EpisodeBuilder running, IReadOnlyDictionary<string, FrameEncoding> frames, TimeProvider clock)
    {
        this.writerLock = writerLock;
        this.running = running;
        this.clock = clock;
        layout = new EpisodeLayout(running.Observations, running.Actions, running.Annotations, frames);
        EpisodeLog found = EpisodeLog.Read(path, layout);
        EpisodeCount = found.Records.Length;
        stepsEnd = found.CommittedStepBytes;
        CutOffBytes = found.TornLogBytes + found.TornStepBytes;
        steps = File.OpenHandle(Path.Combine(path, EpisodeLog.StepsName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        log = File.OpenHandle(Path.Combine(path, EpisodeLog.LogName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);

        // The record goes first: a record without its block would be worse than a block without its record.
        CutOff(log, found.TornLogBytes, found.CommittedLogBytes);
        CutOff(steps, found.TornStepBytes, found.CommittedStepBytes);
        AtomicFile.FlushFolder(path);
        AtomicFile.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
    }

    /// <summary>Finished episodes in the store.</summary>
    public int EpisodeCount { get; private set; }

    /// <summary>Steps of the running episode.</summary>
    public int StepCount => running.Length;

    /// <summary>Bytes of an unfinished episode that a crash had left and that were cut off on opening.</summary>
    public long CutOffBytes { get; }

    /// <summary>Opens a store to record into, or creates it.</summary>
    /// <param name="path">The store's folder.</param>
    /// <param name="observations">What each step observes.</param>
    /// <param name="actions">What each action is.</param>
    /// <param name="controlRateHz">Control steps a second.</param>
    /// <param name="annotations">What every step is annotated with, if anything: "reward", "actor", "labeler", "weight", "timestamp".</param>
    /// <param name="clock">Tells when an episode was finished. Default the system's.</param>
    /// <param name="frames">
    /// How frames are kept, by image feature; those not named are kept raw. They are encoded in <see cref="Append"/>, which takes some
    /// milliseconds for a camera of 480 x 640.
    /// </param>
    /// <exception cref="ArgumentException">The store exists and holds other features, actions, annotations or rate; the message lists every difference.</exception>
    /// <exception cref="IOException">Another recorder has the store open.</exception>
    public static EpisodeRecorder OpenOrCreate(
        string path,
        ObservationSpec observations,
        ActionSpec actions,
        double controlRateHz,
        ObservationSpec? annotations = null,
        TimeProvider? clock = null,
        IReadOnlyDictionary<string, FrameEncoding>? frames = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        EpisodeStore.RequireLittleEndian();
        frames ??= new Dictionary<string, FrameEncoding>();
        EpisodeBuilder running = new(observations, actions, annotations, frames);
        string[] problems =
        [
            .. actions.Problems(),
            .. frames.Keys.Where(name => !observations.Contains(name)).Select(name => $"Frames of '{name}' shall be encoded, but no such feature is observed ({observations})."),
            .. frames.Where(pair => observations.Contains(pair.Key)).SelectMany(pair => pair.Value.Problems(observations[pair.Key])),
        ];
        if (observations.Count == 0) problems = [.. problems, "There is no feature to record."];
        if (!(controlRateHz > 0) || !double.IsFinite(controlRateHz)) problems = [.. problems, $"The control rate must be positive; got {controlRateHz} Hz."];
        if (problems.Length > 0) throw new ArgumentException(string.Join(" ", problems));

        Directory.CreateDirectory(path);
        SafeFileHandle writerLock = Lock(path);
        try
        {
            if (EpisodeStoreManifest.Exists(path)) RequireSame(path, EpisodeStoreManifest.Read(path), running, controlRateHz, frames);
            else Create(path, EpisodeStoreManifest.Of(running.Observations, running.Actions, running.Annotations, controlRateHz, frames));
            return new EpisodeRecorder(path, writerLock, running, frames, clock ?? TimeProvider.System);
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    /// <summary>Adds a step to the running episode: what was observed, and the action taken on it.</summary>
    /// <exception cref="ArgumentException">Something is missing, has the wrong size, or is not finite. The episode is as it was before.</exception>
    public void Append(Observation observation, ReadOnlySpan<float> action, IReadOnlyDictionary<string, ReadOnlyMemory<float>>? annotations = null)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        running.Append(observation, action, annotations);
    }

    /// <summary>Makes the running episode durable and starts the next one.</summary>
    /// <returns>The finished episode's number.</returns>
    /// <exception cref="InvalidOperationException">The episode has no step.</exception>
    /// <exception cref="IOException">It could not be written, because the disk is full for instance. Its steps are kept: free some space and finish again, or discard.</exception>
    public int FinishEpisode()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (running.Length == 0) throw new InvalidOperationException("The episode has no step, so there is nothing to finish.");
        long logEnd = (long)EpisodeCount * EpisodeRecord.Size, blockBytes;
        try
        {
            (long blockEnd, uint checksum) = WriteBlock();
            RandomAccess.FlushToDisk(steps);
            blockBytes = blockEnd - stepsEnd;

            Span<byte> record = stackalloc byte[EpisodeRecord.Size];
            new EpisodeRecord(EpisodeCount, running.Length, stepsEnd, blockBytes, checksum, clock.GetUtcNow().ToUnixTimeMilliseconds()).Write(record);
            RandomAccess.Write(log, record, logEnd);
            RandomAccess.FlushToDisk(log);
        }
        catch
        {
            // Not finished, so it must not read back, not even if the record did reach the file.
            RandomAccess.SetLength(log, logEnd);
            throw;
        }

        stepsEnd += blockBytes;
        running.Clear();
        return EpisodeCount++;
    }

    /// <summary>Forgets the running episode.</summary>
    public void DiscardEpisode()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        running.Clear();
    }

    /// <summary>Closes the store. A running episode that was not finished is discarded.</summary>
    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        steps.Dispose();
        log.Dispose();
        writerLock.Dispose();
    }

    // The operating system lets go of the lock when the process dies, however it dies.
    private static SafeFileHandle Lock(string path)
    {
        try
        {
            return File.OpenHandle(Path.Combine(path, "writer.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new IOException($"Another recorder has the store '{path}' open. Only one can record at a time: close it, or record into another folder.", fault);
        }
    }

    private static void Create(string path, EpisodeStoreManifest manifest)
    {
        if (File.Exists(Path.Combine(path, EpisodeLog.LogName)))
            throw new InvalidDataException($"'{path}' holds recorded episodes, but what they are, store.json, is missing. Restore it from a copy, or record into another folder.");
        manifest.Write(path);
    }

    private static void RequireSame(string path, EpisodeStoreManifest manifest, EpisodeBuilder wanted, double controlRateHz, IReadOnlyDictionary<string, FrameEncoding> frames)
    {
        (ObservationSpec observations, ActionSpec action, ObservationSpec annotations) = manifest.Specs();
        List<string> differences = [];
        if (!observations.Equals(wanted.Observations)) differences.Add($"it observes {observations}, the recorder {wanted.Observations}");
        if (!action.Equals(wanted.Actions)) differences.Add($"its action is '{action.Name}' of {action.Dimension} values, the recorder's '{wanted.Actions.Name}' of {wanted.Actions.Dimension}, or limits or names differ");
        if (!annotations.Equals(wanted.Annotations)) differences.Add($"it is annotated with ({annotations}), the recorder with ({wanted.Annotations})");
        foreach (FeatureSpec spec in wanted.Observations.Where(spec => manifest.Frames().GetValueOrDefault(spec.Name)?.Name != frames.GetValueOrDefault(spec.Name)?.Name))
            differences.Add($"it keeps frames of '{spec.Name}' as {manifest.Frames().GetValueOrDefault(spec.Name)?.Name ?? "raw bytes"}, the recorder as {frames.GetValueOrDefault(spec.Name)?.Name ?? "raw bytes"}");
        if (!manifest.ControlRateHz.Equals(controlRateHz)) differences.Add($"it was recorded at {manifest.ControlRateHz} Hz, the recorder runs at {controlRateHz} Hz");
        if (differences.Count > 0)
            throw new ArgumentException($"The store '{path}' cannot take these episodes: {string.Join("; ", differences)}. Record into another folder.");
    }

    private static void CutOff(SafeFileHandle file, long torn, long committed)
    {
        if (torn <= 0) return;
        RandomAccess.SetLength(file, committed);
        RandomAccess.FlushToDisk(file);
    }

    // Returns where the block ends in the file, and its checksum.
    private (long End, uint Checksum) WriteBlock()
    {
        uint checksum = uint.MaxValue;
        long position = stepsEnd;
        if (layout.SizesBytes > 0)
        {
            byte[] sizes = new byte[layout.EncodedColumns.Count * sizeof(long)];
            for (int i = 0; i < layout.EncodedColumns.Count; i++)
                BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(i * sizeof(long)), EpisodeLayout.Align(((long)running.Length * sizeof(long)) + running.Column(layout.EncodedColumns[i]).Length));
            Write(sizes, ref position, ref checksum);
            Pad(ref position, ref checksum);
        }

        foreach (int column in layout.PlainColumns)
        {
            Write(running.Column(column), ref position, ref checksum);
            Pad(ref position, ref checksum);
        }

        byte[] ends = new byte[layout.EncodedColumns.Count == 0 ? 0 : running.Length * sizeof(long)];
        foreach (int column in layout.EncodedColumns)
        {
            // Counted from the column's beginning, so that the first frame begins behind this table.
            for (int step = 0; step < running.Length; step++)
                BinaryPrimitives.WriteInt64LittleEndian(ends.AsSpan(step * sizeof(long)), ends.Length + (long)running.FrameEnds(column)[step]);
            Write(ends, ref position, ref checksum);
            Write(running.Column(column), ref position, ref checksum);
            Pad(ref position, ref checksum);
        }

        return (position, ~checksum);
    }

    private void Write(ReadOnlySpan<byte> bytes, ref long position, ref uint checksum)
    {
        if (bytes.Length > 0) RandomAccess.Write(steps, bytes, position);
        checksum = Crc32C.Continue(checksum, bytes);
        position += bytes.Length;
    }

    private void Pad(ref long position, ref uint checksum)
    {
        Span<byte> padding = stackalloc byte[EpisodeLayout.Alignment];
        padding.Clear();
        Write(padding[..(int)(EpisodeLayout.Align(position) - position)], ref position, ref checksum);
    }
}
