using System.Buffers.Binary;
using System.Text;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Scalars_read_back()
    {
        string path;
        using (var writer = new TensorBoardWriter(folder.Path))
        {
            path = writer.Path;
            writer.WriteScalar("loss/train", 0.5, 0);
            writer.WriteScalar("loss/train", -1.25, 300);
            writer.WriteScalar("Größe", 3, long.MaxValue);
        }

        List<(string? Tag, float Value, long Step, string? Version, double Time)> events = [.. Read(File.ReadAllBytes(path))];
        events[0].Version.Should().Be("brain.Event:2");
        events.Skip(1).Select(e => (e.Tag, e.Value, e.Step)).Should().Equal(("loss/train", 0.5f, 0), ("loss/train", -1.25f, 300), ("Größe", 3f, long.MaxValue));
        events.Should().OnlyContain(e => e.Time > 1.6e9);
    }

    // RFC 3720, appendix B.4: CRC-32C of 32 zero bytes is 0x8a9136aa; the mask is TFRecord's.
    [Fact]
    public void The_checksum_is_masked_crc32c() =>
        TensorBoardWriter.MaskedCrc(new byte[32]).Should().Be(unchecked(((0x8a9136aau >> 15) | (0x8a9136aau << 17)) + 0xa282ead8));

    [Fact]
    public void Writers_of_one_second_do_not_share_a_file()
    {
        using var first = new TensorBoardWriter(folder.Path);
        using var second = new TensorBoardWriter(folder.Path);
        second.Path.Should().NotBe(first.Path);
    }

    // A reader of its own, from the format's definition.
    private static IEnumerable<(string? Tag, float Value, long Step, string? Version, double Time)> Read(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)).Should().Be(TensorBoardWriter.MaskedCrc(file.AsSpan(at, 8)));
            byte[] data = file[(at + 12)..(at + 12 + length)];
            BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)).Should().Be(TensorBoardWriter.MaskedCrc(data));
            at += 16 + length;

            string? tag = null, version = null;
            float value = 0;
            long step = 0;
            double time = 0;
            foreach ((int field, byte[] content) in Fields(data))
            {
                if (field == 1) time = BinaryPrimitives.ReadDoubleLittleEndian(content);
                if (field == 2) step = (long)BinaryPrimitives.ReadUInt64LittleEndian(content);
                if (field == 3) version = Encoding.UTF8.GetString(content);
                if (field != 5) continue;
                foreach ((int inner, byte[] part) in Fields(Fields(content).Single().Content))
                {
                    if (inner == 1) tag = Encoding.UTF8.GetString(part);
                    if (inner == 2) value = BinaryPrimitives.ReadSingleLittleEndian(part);
                }
            }

            yield return (tag, value, step, version, time);
        }
    }

    private static IEnumerable<(int Field, byte[] Content)> Fields(byte[] message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            int size = (key & 7) switch { 1 => 8, 5 => 4, 2 => (int)Varint(message, ref at), _ => 0 };
            byte[] content = size > 0 ? message[at..(at + size)] : BitConverter.GetBytes(Varint(message, ref at));
            at += size;
            yield return ((int)(key >> 3), content);
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
