using System.IO.Compression;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class NpzFileTests
{
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void What_is_written_reads_back(CompressionLevel compression)
    {
        using TemporaryFolder folder = new();
        Write(folder["a.npz"], compression);
        using NpzFile file = NpzFile.Open(folder["a.npz"]);
        file.Names.Should().Equal("state", "episode_ends");
        file.Read("state").ToSingles().Should().Equal(1, 2, 3, 4);
        file.Read("state.npy").Shape.Should().Equal(2, 2);
        file.Read("episode_ends").ToInt64s().Should().Equal(2);
        file.Invoking(f => f.Read("action")).Should().Throw<KeyNotFoundException>().WithMessage("*no array 'action'. It has: state, episode_ends*");
        Directory.GetFiles(folder.Path).Should().ContainSingle("no temporary file is left");
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Cut_anywhere_it_is_refused(CompressionLevel compression)
    {
        using TemporaryFolder folder = new();
        Write(folder["a.npz"], compression);
        byte[] whole = File.ReadAllBytes(folder["a.npz"]);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["cut.npz"], whole[..length]);
            FluentActions.Invoking(() => ReadAll(folder["cut.npz"])).Should().Throw<InvalidDataException>().WithMessage("*cut.npz*");
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Whichever_byte_is_changed_other_values_never_come_out(CompressionLevel compression)
    {
        using TemporaryFolder folder = new();
        Write(folder["a.npz"], compression);
        byte[] whole = File.ReadAllBytes(folder["a.npz"]);
        int refused = 0;
        for (int position = 0; position < whole.Length; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= 0x5A;
            File.WriteAllBytes(folder["damaged.npz"], damaged);
            try
            {
                // Times, version numbers and the like do not matter; values must be right or refused.
                ReadAll(folder["damaged.npz"]).Should().Equal(1, 2, 3, 4, 2);
            }
            catch (Exception fault) when (fault is InvalidDataException or KeyNotFoundException)
            {
                refused++;
            }
        }

        refused.Should().BeGreaterThan(whole.Length / 2);
    }

    private static List<float> ReadAll(string path)
    {
        using NpzFile file = NpzFile.Open(path);
        return [.. file.Read("state").ToSingles(), .. file.Read("episode_ends").ToInt64s().Select(end => (float)end)];
    }

    private static void Write(string path, CompressionLevel compression) => NpzFile.Write(
        path,
        [new("state", NpyArray.Of([1f, 2f, 3f, 4f], 2, 2)), new("episode_ends", NpyArray.Of([2L], 1))],
        compression);
}
