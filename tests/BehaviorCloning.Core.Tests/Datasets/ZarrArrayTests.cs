using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class ZarrArrayTests
{
    [Property]
    public void Any_range_of_rows_of_any_chunking_is_read(int seed)
    {
        Random random = new(seed);
        int[] shape = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => 1 + random.Next(7))], chunks = [.. shape.Select(extent => 1 + random.Next(extent + 2))];
        using TemporaryFolder folder = new();
        float[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle())];
        string compressor = new[] { "null", "zlib", "gzip", "blosc" }[random.Next(BloscLibrary.IsThere ? 4 : 3)];
        ZarrWriter.Write(folder.Path, values, shape, chunks, compressor, random.Next(2) == 0 ? "." : "/");
        ZarrArray array = ZarrArray.Open(folder.Path);
        array.Shape.Select(extent => (int)extent).Should().Equal(shape);
        int first = random.Next(shape[0]), count = random.Next(shape[0] - first + 1), row = values.Length / shape[0];
        array.ReadSingles(first, count).Should().Equal(values[(first * row)..((first + count) * row)]);
        array.ReadSingles(0, shape[0]).Should().Equal(values);
    }

    [Fact]
    public void A_missing_chunk_holds_the_fill_value()
    {
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, [1, 2, 3, 4, 5], [5], [2], "null", fill: "7.5");
        File.Delete(folder["1"]);
        ZarrArray.Open(folder.Path).ReadSingles(0, 5).Should().Equal(1, 2, 7.5f, 7.5f, 5);
    }

    [Fact]
    public void Many_threads_read_the_same_values()
    {
        using TemporaryFolder folder = new();
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => (float)i)];
        ZarrWriter.Write(folder.Path, values, [500, 2], [7, 2], "zlib");
        ZarrArray array = ZarrArray.Open(folder.Path);
        Parallel.For(0, 400, i => array.ReadSingles(i, 100).Should().Equal(values[(2 * i)..(2 * (i + 100))]));
    }

    [SkippableTheory]
    [InlineData("null")]
    [InlineData("zlib")]
    [InlineData("gzip")]
    [InlineData("blosc")]
    public void A_chunk_cut_anywhere_is_refused(string compressor)
    {
        using TemporaryFolder folder = new();
        Skip.If(compressor == "blosc" && !BloscLibrary.IsThere, "libblosc is not installed (apt install libblosc1).");
        float[] values = [.. Enumerable.Range(0, 40).Select(i => (float)(i % 5))];
        ZarrWriter.Write(folder.Path, values, [20, 2], [20, 2], compressor);
        byte[] whole = File.ReadAllBytes(folder["0.0"]);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["0.0"], whole[..length]);
            FluentActions.Invoking(() => ZarrArray.Open(folder.Path).ReadSingles(0, 20)).Should().Throw<InvalidDataException>().WithMessage("*0.0*");
        }
    }

    [SkippableFact]
    public void Whichever_byte_of_a_Blosc_chunk_is_changed_nothing_crashes()
    {
        Skip.IfNot(BloscLibrary.IsThere, "libblosc is not installed (apt install libblosc1).");
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, [.. Enumerable.Range(0, 400).Select(i => MathF.Sin(i))], [200, 2], [200, 2], "blosc");
        byte[] whole = File.ReadAllBytes(folder["0.0"]);
        int refused = 0;
        for (int position = 0; position < whole.Length; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= 0x81;
            File.WriteAllBytes(folder["0.0"], damaged);
            try
            {
                _ = ZarrArray.Open(folder.Path).ReadSingles(0, 200);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        // Blosc has no checksum, so changed payload may pass; a changed size in the header (bytes 4 to 15) may not.
        refused.Should().BeGreaterThanOrEqualTo(8);
    }

    [SkippableFact]
    public void A_Blosc_header_that_claims_another_size_is_refused_before_anything_is_decompressed()
    {
        Skip.IfNot(BloscLibrary.IsThere, "libblosc is not installed (apt install libblosc1).");
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, new float[400], [200, 2], [200, 2], "blosc");
        File.WriteAllText(folder[".zarray"], File.ReadAllText(folder[".zarray"]).Replace("[200,2]", "[100,2]", StringComparison.Ordinal));
        FluentActions.Invoking(() => ZarrArray.Open(folder.Path).ReadSingles(0, 100)).Should().Throw<InvalidDataException>().WithMessage("*holds 1600 bytes, expected 800*");
    }

    [Fact]
    public void A_missing_Blosc_library_is_named_with_how_to_install_it() =>
        FluentActions.Invoking(() => new Blosc(["libblosc-that-is-not-there.so.1"])).Should().Throw<DllNotFoundException>()
            .WithMessage("*(libblosc-that-is-not-there.so.1) is not installed*apt install libblosc1*");

    [Theory]
    [InlineData("\"zarr_format\":2", "\"zarr_format\":1", "*zarr_format is 1, expected 2*")]
    [InlineData("\"C\"", "\"F\"", "*order is 'F', expected 'C'*order='C'*")]
    [InlineData("\"<f4\"", "\">f4\"", "*type '>f4'. It is big-endian*")]
    [InlineData("\"<f4\"", "\"|O\"", "*pickled*")]
    [InlineData("\"<f4\"", "[[\"x\",\"<f4\"]]", "*dtype is [[\"x\",\"<f4\"]], expected a plain type*")]
    [InlineData("\"filters\":null", "\"filters\":[{\"id\":\"delta\"}]", "*filters are *delta*")]
    [InlineData("\"compressor\":null", "\"compressor\":{\"id\":\"imagecodecs_jpeg2k\"}", "*compressor is 'imagecodecs_jpeg2k', expected blosc, zlib, gzip or none*")]
    [InlineData("\"chunks\":[5]", "\"chunks\":[0]", "*chunks are [0]*at least 1*")]
    [InlineData("\"chunks\":[5]", "\"chunks\":[5,5]", "*chunks are [5, 5]*")]
    [InlineData("\"shape\":[5]", "\"shape\":[-5]", "*shape is [-5]*")]
    [InlineData("\"shape\":[5]", "\"shape\":null", "*shape is missing*")]
    [InlineData("\"fill_value\":0", "\"fill_value\":\"zero\"", "*fill_value \"zero\"*")]
    [InlineData("\"dimension_separator\":\".\"", "\"dimension_separator\":\"..\"", "*dimension_separator is '..'*")]
    [InlineData("\"chunks\":[5]", "\"chunks\":[9000000000]", "*chunks of 36000000000 bytes*")]
    [InlineData("\"chunks\":[5]", "\"chunks\":[99999999999999999999]", "*no sound Zarr metadata*")]
    [InlineData("\"shape\":[5]", "\"shape\":[9000000000000000000]", "*more values than can be counted*")]
    public void Metadata_that_is_not_read_says_why(string sound, string changed, string message)
    {
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, [1, 2, 3, 4, 5], [5], [5], "null");
        string metadata = File.ReadAllText(folder[".zarray"]);
        metadata.Should().Contain(sound);
        File.WriteAllText(folder[".zarray"], metadata.Replace(sound, changed, StringComparison.Ordinal));
        FluentActions.Invoking(() => ZarrArray.Open(folder.Path)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void Metadata_cut_anywhere_is_refused()
    {
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, [1], [1], [1], "null");
        byte[] whole = File.ReadAllBytes(folder[".zarray"]);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder[".zarray"], whole[..length]);
            FluentActions.Invoking(() => ZarrArray.Open(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*.zarray*");
        }
    }

    [Fact]
    public void A_shape_out_of_proportion_to_what_is_stored_allocates_nothing()
    {
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, [1, 2, 3, 4, 5], [5], [5], "null");
        File.WriteAllText(folder[".zarray"], File.ReadAllText(folder[".zarray"]).Replace("\"shape\":[5]", "\"shape\":[500000000]", StringComparison.Ordinal));
        ZarrArray array = ZarrArray.Open(folder.Path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        array.Invoking(a => a.ReadSingles(0, 500_000_000)).Should().Throw<InvalidDataException>().WithMessage("*claims 2000000000 bytes, but only * bytes are stored*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(10_000_000);
    }

    [Fact]
    public void Folders_that_are_no_array_say_why()
    {
        using TemporaryFolder folder = new();
        FluentActions.Invoking(() => ZarrArray.Open(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*no .zarray file*");
        File.WriteAllText(folder["zarr.json"], "{}");
        FluentActions.Invoking(() => ZarrArray.Open(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*Zarr format 3*zarr_format=2*");
        File.WriteAllBytes(folder[".zarray"], new byte[2 << 20]);
        FluentActions.Invoking(() => ZarrArray.Open(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*2097152 bytes; no array's metadata*");
    }

    [Fact]
    public void Rows_outside_and_short_destinations_are_refused()
    {
        using TemporaryFolder folder = new();
        ZarrWriter.Write(folder.Path, [1, 2, 3, 4], [4], [4], "null");
        ZarrArray array = ZarrArray.Open(folder.Path);
        array.Invoking(a => a.ReadSingles(3, 2)).Should().Throw<ArgumentOutOfRangeException>();
        array.Invoking(a => a.ReadRows(0, 2, new byte[7])).Should().Throw<ArgumentException>().WithMessage("2 rows take 8 bytes; the destination has 7*");
    }
}

/// <summary>Writes small Zarr v2 arrays for tests.</summary>
internal static class ZarrWriter
{
    public static void Write(string folder, float[] values, int[] shape, int[] chunks, string compressor, string separator = ".", string fill = "0")
    {
        Directory.CreateDirectory(folder);
        string id = compressor == "null" ? "null" : $"{{\"id\":\"{compressor}\"}}";
        File.WriteAllText(
            Path.Combine(folder, ".zarray"),
            $"{{\"zarr_format\":2,\"shape\":[{string.Join(',', shape)}],\"chunks\":[{string.Join(',', chunks)}],\"dtype\":\"<f4\",\"compressor\":{id},\"fill_value\":{fill},\"order\":\"C\",\"filters\":null,\"dimension_separator\":\"{separator}\"}}");
        int[] grid = [.. shape.Select((extent, axis) => (extent + chunks[axis] - 1) / chunks[axis])];
        int chunkSize = chunks.Aggregate(1, (a, b) => a * b);
        for (int number = 0; number < grid.Aggregate(1, (a, b) => a * b); number++)
        {
            int[] at = Unravel(number, grid);
            float[] chunk = new float[chunkSize];
            for (int i = 0; i < chunkSize; i++)
            {
                int[] inside = Unravel(i, chunks);
                int index = 0;
                bool outside = false;
                for (int axis = 0; axis < shape.Length; axis++)
                {
                    int position = (at[axis] * chunks[axis]) + inside[axis];
                    outside |= position >= shape[axis];
                    index = (index * shape[axis]) + position;
                }

                chunk[i] = outside ? -99 : values[index];
            }

            string path = Path.Combine(folder, string.Join(separator, at.Select(i => i.ToString(CultureInfo.InvariantCulture))));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Compress(MemoryMarshal.AsBytes(chunk.AsSpan()).ToArray(), compressor));
        }
    }

    private static int[] Unravel(int number, int[] extents)
    {
        int[] at = new int[extents.Length];
        for (int axis = extents.Length - 1; axis >= 0; axis--) (number, at[axis]) = Math.DivRem(number, extents[axis]);
        return at;
    }

    private static byte[] Compress(byte[] raw, string compressor)
    {
        if (compressor == "null") return raw;
        if (compressor == "blosc") return BloscLibrary.Compress(raw);
        using MemoryStream memory = new();
        using (Stream stream = compressor == "zlib" ? new ZLibStream(memory, CompressionLevel.Optimal) : new GZipStream(memory, CompressionLevel.Optimal))
            stream.Write(raw);
        return memory.ToArray();
    }
}

/// <summary>Compresses for tests; the library itself only decompresses.</summary>
internal static unsafe class BloscLibrary
{
    public static bool IsThere { get; } = NativeLibrary.TryLoad("libblosc.so.1", out _);

    public static byte[] Compress(byte[] raw)
    {
        nint library = NativeLibrary.Load("libblosc.so.1");
        var compress = (delegate* unmanaged<int, int, nuint, nuint, byte*, byte*, nuint, byte*, nuint, int, int>)NativeLibrary.GetExport(library, "blosc_compress_ctx");
        byte[] compressed = new byte[raw.Length + 16];
        fixed (byte* source = raw, target = compressed)
        fixed (byte* codec = "zstd\0"u8)
        {
            int length = compress(5, 2, sizeof(float), (nuint)raw.Length, source, target, (nuint)compressed.Length, codec, 0, 1);
            length.Should().BePositive();
            return compressed[..length];
        }
    }
}
