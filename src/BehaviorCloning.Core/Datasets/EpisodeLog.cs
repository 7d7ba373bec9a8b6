using Microsoft.Win32.SafeHandles;

namespace BehaviorCloning.Datasets;

/// <summary>
/// What a store's files really hold: every committed episode, and what a crash left behind them. The one place that decides what
/// counts, for reader and recorder alike.
/// </summary>
internal sealed class EpisodeLog
{
    public const string LogName = "episodes.log";
    public const string StepsName = "steps.bin";

    private EpisodeLog(EpisodeRecord[] records, long logLength, long stepsLength)
    {
        Records = records;
        CommittedLogBytes = (long)records.Length * EpisodeRecord.Size;
        CommittedStepBytes = records.Length == 0 ? 0 : records[^1].Offset + records[^1].Bytes;
        TornLogBytes = logLength - CommittedLogBytes;
        TornStepBytes = stepsLength - CommittedStepBytes;
    }

    public EpisodeRecord[] Records { get; }

    public long CommittedLogBytes { get; }

    public long CommittedStepBytes { get; }

    /// <summary>Bytes behind the last committed record: a record that was being written when the recorder died.</summary>
    public long TornLogBytes { get; }

    /// <summary>Bytes behind the last committed block: an episode that was being written when the recorder died.</summary>
    public long TornStepBytes { get; }

    /// <summary>Reads the log and decides what is committed.</summary>
    /// <exception cref="InvalidDataException">Something in the middle is damaged, which no crash explains.</exception>
    public static EpisodeLog Read(string folder, EpisodeLayout layout)
    {
        byte[] log = ReadLog(Path.Combine(folder, LogName));
        string stepsPath = Path.Combine(folder, StepsName);
        using SafeFileHandle? steps = File.Exists(stepsPath) ? File.OpenHandle(stepsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
        long stepsLength = steps is null ? 0 : RandomAccess.GetLength(steps);

        // Every episode is flushed to disk before the next one begins, so a crash tears one record and one block at the most.
        int count = log.Length / EpisodeRecord.Size;
        if (count > 0 && !IsWhole(count - 1) && --count > 0 && !IsWhole(count - 1))
            throw Damaged(count - 1, "The record behind it is damaged, too");

        EpisodeRecord[] records = new EpisodeRecord[count];
        long end = 0;
        for (int e = 0; e < count; e++)
        {
            // Cutting here would lose the sound episodes behind.
            if (Sound(log, e, layout) is not { } record || record.Offset != end) throw Damaged(e, $"Record {count - 1} behind it is sound");
            records[e] = record;
            end = record.Offset + record.Bytes;
        }

        return new EpisodeLog(records, log.Length, stepsLength);

        bool IsWhole(int episode) => Sound(log, episode, layout) is { } record && HoldsBlock(steps, record, stepsLength);

        InvalidDataException Damaged(int episode, string evidence) => new(
            $"Episode {episode} of the store '{folder}' is damaged ({LogName} or {StepsName}). {evidence}, so this is not what a crash leaves, and nothing was cut off. Restore both files from a copy.");
    }

    private static byte[] ReadLog(string path)
    {
        if (!File.Exists(path)) return [];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length > Array.MaxLength) throw new InvalidDataException($"'{path}' has {file.Length} bytes, more than any store's log. It is damaged.");
        byte[] log = new byte[file.Length];
        return log[..file.ReadAtLeast(log, log.Length, throwOnEndOfStream: false)];
    }

    private static EpisodeRecord? Sound(byte[] log, int index, EpisodeLayout layout) =>
        EpisodeRecord.Parse(log.AsSpan(index * EpisodeRecord.Size, EpisodeRecord.Size)) is { } record
        && record.Episode == index && record.Steps >= 1 && layout.Fits(record.Bytes, record.Steps)
        && record.Offset >= 0 && record.Offset % EpisodeLayout.Alignment == 0
            ? record
            : null;

    private static bool HoldsBlock(SafeFileHandle? steps, EpisodeRecord record, long stepsLength)
    {
        if (steps is null || record.Offset > stepsLength - record.Bytes) return false;
        byte[] buffer = new byte[(int)Math.Min(record.Bytes, 1 << 20)];
        uint running = uint.MaxValue;
        for (long done = 0; done < record.Bytes;)
        {
            int read = RandomAccess.Read(steps, buffer.AsSpan(0, (int)Math.Min(buffer.Length, record.Bytes - done)), record.Offset + done);
            if (read == 0) return false;
            running = Crc32C.Continue(running, buffer.AsSpan(0, read));
            done += read;
        }

        return ~running == record.Checksum;
    }
}
