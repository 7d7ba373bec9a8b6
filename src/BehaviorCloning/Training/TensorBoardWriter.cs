using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace BehaviorCloning.Training;

/// <summary>Writes scalars to a TensorBoard event file.</summary>
/// <remarks>
/// The file is a TFRecord of <c>Event</c> messages. Only five fields of two messages are ever needed, so they are encoded here:
/// the generated classes and their run time would weigh more than this file.
/// <code>
/// record:  uint64 length | uint32 masked CRC-32C of the length | data | uint32 masked CRC-32C of the data
/// Event:   1 wall_time double | 2 step int64 | 3 file_version string | 5 summary Summary
/// Summary: 1 repeated Value { 1 tag string | 2 simple_value float }
/// </code>
/// </remarks>
public sealed class TensorBoardWriter : ITrainingObserver, IDisposable
{
    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;
    private readonly FileStream file;
    private readonly TimeProvider time;

    /// <summary>Makes a new event file in a folder. TensorBoard joins the files of a folder into one curve.</summary>
    public TensorBoardWriter(string folder, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        this.time = time ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        long seconds = this.time.GetUtcNow().ToUnixTimeSeconds();
        int attempt = 0;
        string path;
        do path = System.IO.Path.Combine(folder, $"events.out.tfevents.{seconds:D10}.behavior-cloning.{attempt++}");
        while (File.Exists(path));
        Path = path;
        file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);

        var message = new MemoryStream();
        WriteWallTime(message);
        WriteBytes(message, 3, Encoding.UTF8.GetBytes("brain.Event:2"));
        WriteRecord(message);
    }

    /// <summary>The event file.</summary>
    public string Path { get; }

    /// <summary>Writes one value of a curve.</summary>
    /// <param name="tag">The curve: "loss/train". A slash groups curves.</param>
    /// <param name="value">The value.</param>
    /// <param name="step">Where on the curve.</param>
    public void WriteScalar(string tag, double value, long step)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var scalar = new MemoryStream();
        WriteBytes(scalar, 1, Encoding.UTF8.GetBytes(tag));
        WriteKey(scalar, 2, Fixed32);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, (float)value);
        scalar.Write(four);

        var summary = new MemoryStream();
        WriteBytes(summary, 1, scalar.ToArray());

        var message = new MemoryStream();
        WriteWallTime(message);
        WriteKey(message, 2, Varint);
        WriteVarint(message, (ulong)step);
        WriteBytes(message, 5, summary.ToArray());
        WriteRecord(message);
    }

    /// <inheritdoc/>
    public void OnProgress(TrainingProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        WriteScalar("loss/train", progress.Loss, progress.Step);
        foreach ((string name, double value) in progress.LossParts) WriteScalar($"loss/{name}", value, progress.Step);
        WriteScalar("optimizer/learning_rate", progress.LearningRate, progress.Step);
        WriteScalar("optimizer/gradient_norm", progress.GradientNorm, progress.Step);
        WriteScalar("speed/samples_per_second", progress.SamplesPerSecond, progress.Step);
        WriteScalar("speed/data_wait_share", progress.DataWaitShare, progress.Step);
        file.Flush();
    }

    /// <inheritdoc/>
    public void OnValidation(long step, double loss, bool isBest)
    {
        WriteScalar("loss/validation", loss, step);
        file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>CRC-32C turned and shifted, as TFRecord stores it so that a checksum of checksums is no degenerate case.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data) crc = BitOperations.Crc32C(crc, value);
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private void WriteWallTime(MemoryStream message)
    {
        WriteKey(message, 1, Fixed64);
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(eight, this.time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        message.Write(eight);
    }

    private void WriteRecord(MemoryStream message)
    {
        ReadOnlySpan<byte> data = message.GetBuffer().AsSpan(0, (int)message.Length);
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedCrc(head[..8]));
        file.Write(head);
        file.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(head, MaskedCrc(data));
        file.Write(head[..4]);
    }

    private static void WriteBytes(MemoryStream stream, int field, ReadOnlySpan<byte> bytes)
    {
        WriteKey(stream, field, LengthDelimited);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteKey(MemoryStream stream, int field, int wireType) => WriteVarint(stream, (ulong)((field << 3) | wireType));

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        while (value >= 0x80)
        {
            stream.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        stream.WriteByte((byte)value);
    }
}
