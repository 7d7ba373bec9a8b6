using System.Text;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class Crc32CTests
{
    [Fact]
    public void Published_check_values_come_out()
    {
        // The check value of CRC-32C, and RFC 3720 B.4: 32 bytes of zeros, of ones, ascending.
        Crc32C.Of("123456789"u8).Should().Be(0xE3069283);
        Crc32C.Of(new byte[32]).Should().Be(0x8A9136AA);
        Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]).Should().Be(0x62A8AB43);
        Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).Should().Be(0x46DD794E);

        // The zip files' CRC-32.
        Crc32.Of("123456789"u8).Should().Be(0xCBF43926);
    }

    [Fact]
    public void Pieces_give_what_the_whole_gives()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("the quick brown fox jumps over the lazy dog");
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            uint running = Crc32C.Continue(Crc32C.Continue(uint.MaxValue, bytes.AsSpan(0, cut)), bytes.AsSpan(cut));
            (~running).Should().Be(Crc32C.Of(bytes));
        }
    }
}
