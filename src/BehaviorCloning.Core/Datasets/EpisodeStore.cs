using System.Buffers.Binary;
using BehaviorCloning.Images;

namespace BehaviorCloning.Datasets;

/// <summary>
/// Reads the folder that an <see cref="EpisodeRecorder"/> writes. Columns are mapped, not loaded: opening takes no time and
/// memory holds what is being used. A store shows the episodes that were finished when it was opened, also while a recorder goes on
/// recording; what a crash left of an unfinished one is passed over. The format is described in docs/episode-store.md.
/// </summary>
/// <remarks>Keep the store as long as spans over its columns are in use: a span alone does not keep its mapping.</remarks>
public sealed class EpisodeStore : IEpisodeSource, IDisposable
{
    private readonly EpisodeLog log;
    private readonly EpisodeLayout layout;
    private readonly MappedFile? steps;
    private readonly bool[] isVerified;
    private readonly string path;

    private EpisodeStore(string path, EpisodeStoreManifest manifest)
    {
        this.path = path;
        (Observations, Actions, Annotations) = manifest.Specs();
        ControlRateHz = manifest.ControlRateHz;
        layout = new EpisodeLayout(Observations, Actions, Annotations, manifest.Frames());
        log = EpisodeLog.Read(path, layout);
        isVerified = new bool[log.Records.Length];
        if (log.CommittedStepBytes > 0) steps = new MappedFile(Path.Combine(path, EpisodeLog.StepsName), log.CommittedStepBytes);
    }

    /// <inheritdoc/>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public ActionSpec Actions { get; }

    /// <summary>What every step is annotated with, if anything.</summary>
    public ObservationSpec Annotations { get; }

    /// <inheritdoc/>
    public double? ControlRateHz { get; }

    /// <inheritdoc/>
    public int EpisodeCount => log.Records.Length;

    /// <summary>Bytes of an unfinished episode that were passed over on opening. A recorder cuts them off when it opens the store.</summary>
    public long TornBytes => log.TornLogBytes + log.TornStepBytes;

    /// <summary>Opens a store for reading. Nothing is written, so a read-only folder will do.</summary>
    /// <param name="path">The store's folder.</param>
    /// <exception cref="InvalidDataException">It is damaged in a way that no crash explains, or of a newer format version.</exception>
    public static EpisodeStore Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        RequireLittleEndian();
        return new EpisodeStore(path, EpisodeStoreManifest.Read(path));
    }

    /// <summary>Whether a folder holds an episode store.</summary>
    public static bool Exists(string path) => EpisodeStoreManifest.Exists(path);

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => Record(episode).Steps;

    /// <summary>When an episode was finished.</summary>
    public DateTimeOffset FinishedAt(int episode) => DateTimeOffset.FromUnixTimeMilliseconds(Record(episode).CommittedUnixMs);

    /// <summary>Maps an episode. Its checksum is verified the first time. Safe to call from several threads.</summary>
    /// <exception cref="InvalidDataException">The episode is damaged.</exception>
    public Episode ReadEpisode(int episode)
    {
        EpisodeRecord record = Record(episode);
        if (!Volatile.Read(ref isVerified[episode]))
        {
            Verify(record);
            Volatile.Write(ref isVerified[episode], true);
        }

        return new StoredEpisode(this, record);
    }

    /// <summary>Closes the store. Using its episodes afterwards throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => steps?.Close();

    internal static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Episode stores are little-endian and mapped as they are; this machine is big-endian.");
    }

    private EpisodeRecord Record(int episode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(episode);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(episode, log.Records.Length);
        return log.Records[episode];
    }

    private unsafe void Verify(EpisodeRecord record)
    {
        uint running = uint.MaxValue;
        const int Piece = 1 << 20;
        for (long done = 0; done < record.Bytes; done += Piece)
        {
            int bytes = (int)Math.Min(Piece, record.Bytes - done);
            running = Crc32C.Continue(running, new ReadOnlySpan<byte>(steps!.At(record.Offset + done, bytes), bytes));
        }

        if (~running != record.Checksum)
            throw new InvalidDataException($"Episode {record.Episode} of '{path}' has checksum {~running:x8}, expected {record.Checksum:x8}: its data was damaged after it was recorded. Restore {EpisodeLog.StepsName} from a copy, or leave that episode out.");
    }

    private sealed class StoredEpisode(EpisodeStore store, EpisodeRecord record) : Episode
    {
        public override int Length => record.Steps;

        public override ReadOnlyMemory<float> Actions => Column(store.layout.ActionColumn);

        public override ReadOnlyMemory<float> Feature(string name) => store.layout.FeatureColumn(name, isImage: false) is var column and >= 0
            ? Column(column)
            : throw new KeyNotFoundException($"The episode has no float feature '{name}'. It has: {store.Observations}.");

        public override ReadOnlyMemory<float>? Annotation(string name) => store.layout.AnnotationColumn(name) is var column and >= 0 ? Column(column) : (ReadOnlyMemory<float>?)null;

        public override unsafe void ReadFrames(string name, int start, int count, Span<byte> destination)
        {
            int column = store.layout.FeatureColumn(name, isImage: true);
            if (column < 0) throw new KeyNotFoundException($"The episode has no image feature '{name}'. It has: {store.Observations}.");
            ArgumentOutOfRangeException.ThrowIfNegative(start);
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, record.Steps, nameof(count));
            FeatureSpec feature = store.Observations[name];
            if (store.layout.Encoding(column) is { } encoding)
            {
                DecodeFrames(encoding, feature, column, start, count, destination);
                return;
            }

            long frame = feature.StepBytes;
            int bytes = checked((int)(count * frame));
            new ReadOnlySpan<byte>(store.steps!.At(Offset(column) + (start * frame), bytes), bytes).CopyTo(destination);
        }

        // The checksum was right, but a file can be made so: every number is checked against the block again.
        private unsafe void DecodeFrames(FrameEncoding encoding, FeatureSpec feature, int column, int start, int count, Span<byte> destination)
        {
            long at = record.Offset + store.layout.PlainBytes(record.Steps), end = record.Offset + record.Bytes, size = 0;
            for (int i = 0; i < store.layout.EncodedColumns.Count; i++)
            {
                size = Number(record.Offset + (i * sizeof(long)));
                if (size < (long)record.Steps * sizeof(long) || size > end - at) throw Inconsistent(feature);
                if (store.layout.EncodedColumns[i] == column) break;
                at += size;
            }

            for (int i = 0; i < count; i++)
            {
                int step = start + i;
                long first = step == 0 ? (long)record.Steps * sizeof(long) : Number(at + ((step - 1L) * sizeof(long))), last = Number(at + ((long)step * sizeof(long)));
                if (first < (long)record.Steps * sizeof(long) || last < first || last > size || last - first > int.MaxValue) throw Inconsistent(feature);
                ReadOnlySpan<byte> file = new(store.steps!.At(at + first, last - first), (int)(last - first));
                try
                {
                    encoding.Decode(feature, file, destination.Slice(i * feature.StepBytes, feature.StepBytes));
                }
                catch (InvalidDataException fault)
                {
                    throw new InvalidDataException($"Episode {record.Episode}, step {step} of '{store.path}': '{feature.Name}' cannot be decoded. {fault.Message}", fault);
                }
            }
        }

        private unsafe long Number(long offset) => BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(store.steps!.At(offset, sizeof(long)), sizeof(long)));

        private InvalidDataException Inconsistent(FeatureSpec feature) =>
            new($"Episode {record.Episode} of '{store.path}': the sizes of the frames of '{feature.Name}' do not fit its block. The store was not written by {nameof(EpisodeRecorder)}, or was changed.");

        private long Offset(int column) => record.Offset + store.layout.ColumnOffset(column, record.Steps);

        private ReadOnlyMemory<float> Column(int column) =>
            store.steps!.Singles(Offset(column), checked((int)(store.layout.ColumnBytes(column, record.Steps) / sizeof(float))));
    }
}
