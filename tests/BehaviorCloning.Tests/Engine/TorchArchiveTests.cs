using System.IO.Compression;
using System.Text;
using BehaviorCloning.Engine;
using FsCheck.Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

/// <summary>Files of PyTorch: golden/make_torch_archive.py. Files that lie are put together here, byte by byte.</summary>
public sealed class TorchArchiveTests : IDisposable
{
    // In pickle: a float storage '0' of 4 values, as a tensor of the shape and strides that follow it.
    private const string Storage = "((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0004tQ";
    private const string Rebuild = "ctorch._utils\n_rebuild_tensor_v2\n";
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["some.pt"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tensors.pt")]
    [InlineData("tensors_legacy.pt")]
    public void Tensors_of_every_kind_come_back_under_their_paths(string name)
    {
        using WeightFile file = WeightFile.OpenAny(GoldenFile.PathOf(name));
        file.Should().BeOfType<TorchArchive>();
        float[] grid = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        file.Names.Should().BeEquivalentTo(
            "state_dict.weight", "state_dict.bias", "more.transposed", "more.column", "more.whole", "more.half", "more.wide", "more.scalar", "more.empty", "more.parameter", "more.flag", "more.bytes");
        file.Read("state_dict.weight").Values().Should().Equal(0, 1, 2, 3, 4, 5);
        file.Read("state_dict.bias").Values().Should().Equal(0.5f, 0.5f, 0.5f);
        file.Read("more.whole").Values().Should().Equal(grid);
        file.Read("more.transposed").shape.Should().Equal(4, 3);
        file.Read("more.transposed").Values().Should().Equal(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
        file.Read("more.column").Values().Should().Equal(1, 5, 9);
        file.Read("more.half").to(ScalarType.Float32).Values().Should().Equal(1.5f, -2f);
        file.Read("more.wide").data<long>().ToArray().Should().Equal(1L << 40, -1);
        file.Read("more.scalar").shape.Should().BeEmpty();
        file.Read("more.empty").shape.Should().Equal(0, 3);
        file.Read("more.parameter").Values().Should().Equal(1, 2);
        file.Read("more.bytes").bytes.ToArray().Should().Equal(1, 255);
        file.EntryOf("more.flag").Type.Should().Be(ScalarType.Bool);
    }

    [Theory]
    [InlineData("tensors.pt")]
    [InlineData("tensors_legacy.pt")]
    public void Every_truncation_is_refused(string name)
    {
        byte[] bytes = File.ReadAllBytes(GoldenFile.PathOf(name));
        for (int length = 0; length < bytes.Length; length += length < 700 ? 1 : 13)
        {
            File.WriteAllBytes(FilePath, bytes[..length]);
            Fault().Should().NotBeEmpty();
        }
    }

    [Property(MaxTest = 300)]
    public void Flipped_bytes_never_do_worse_than_an_error(int position, byte value, bool legacy)
    {
        byte[] bytes = File.ReadAllBytes(GoldenFile.PathOf(legacy ? "tensors_legacy.pt" : "tensors.pt"));
        bytes[(position & int.MaxValue) % bytes.Length] = value;
        File.WriteAllBytes(FilePath, bytes);
        try
        {
            using TorchArchive file = TorchArchive.Open(FilePath);
            foreach (string name in file.Names) file.Read(name).Dispose();
        }
        catch (InvalidDataException)
        {
            // What a damaged file should give.
        }
    }

    [Fact]
    public void A_file_that_would_run_code_is_refused_by_the_name_of_what_it_asks_for()
    {
        Action open = () => TorchArchive.Open(GoldenFile.PathOf("hostile.pt"));
        open.Should().Throw<InvalidDataException>().WithMessage("*hostile.pt*asks for '__builtin__.print'*Nothing of it was run*");
    }

    [Theory]
    [InlineData("cos\nsystem\nX\u0002\0\0\0ls\u0085R.", "'os.system'")]
    [InlineData("X\u0002\0\0\0osX\u0006\0\0\0system\u0093.", "'os.system'")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n.", "")]
    [InlineData("ctorch\nFloatStorage\n)R.", "calls torch.FloatStorage")]
    [InlineData("ios\nsystem\n.", "instruction 0x69")]
    [InlineData("}\u0081.", "instruction 0x81")]
    [InlineData("K\u0001Q.", "no storage")]
    [InlineData("K\u0001K\u0002a.", "treats something as a list")]
    [InlineData("h\u0005.", "never kept")]
    [InlineData("0.", "empty stack")]
    [InlineData("t.", "never set")]
    [InlineData("(0.", "empty stack")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f.", "a text of")]
    [InlineData("X\u00ff\u00ff\0\0.", "ends within")]
    [InlineData("}K\u0001", "ends within")]
    [InlineData("}]Ns.", "neither text nor a number")]
    [InlineData("}(NNNu.", "key without a value")]
    public void A_pickle_that_is_more_or_less_than_tensors_is_refused(string pickle, string expected)
    {
        Write("\u0080\u0002" + pickle, new byte[16]);
        if (expected.Length > 0) Fault().Should().Contain(FilePath).And.Contain(expected);
        else TorchArchive.Open(FilePath).Dispose();
    }

    [Theory]
    [InlineData("K\0K\u0004\u0085K\u0001\u0085", "")]
    [InlineData("K\0K\u0005\u0085K\u0001\u0085", "does not lie inside its storage of 4 values")]
    [InlineData("K\u0001K\u0004\u0085K\u0001\u0085", "does not lie inside")]
    [InlineData("K\0K\u0002\u0085K\u0004\u0085", "does not lie inside")]
    [InlineData("J\u00ff\u00ff\u00ff\u00ffK\u0004\u0085K\u0001\u0085", "does not lie inside")]
    [InlineData("K\0J\u00ff\u00ff\u00ff\u007f\u0085K\0\u0085", "does not lie inside")]
    [InlineData("K\0J\u00ff\u00ff\u00ff\u007fJ\u00ff\u00ff\u00ff\u007fJ\u00ff\u00ff\u00ff\u007f\u0087K\0K\0K\0\u0087", "larger than can be")]
    [InlineData("K\0J\u00ff\u00ff\u00ff\u00ff\u0085K\u0001\u0085", "not negative")]
    [InlineData("K\0K\u0002K\u0002\u0086K\u0001\u0085", "2 extents and 1 strides")]
    public void A_tensor_outside_its_storage_is_refused(string offsetShapeStrides, string expected)
    {
        Write("\u0080\u0002}X\u0001\0\0\0w" + Rebuild + Storage + offsetShapeStrides + "\u0089NtRs.", new byte[16]);
        if (expected.Length > 0) Fault().Should().Contain(expected);
        else
        {
            using TorchArchive file = TorchArchive.Open(FilePath);
            file.Read("w").shape.Should().Equal(4);
        }
    }

    [Theory]
    [InlineData("X\u00ff\u00ff\u00ff\0.")]
    [InlineData("}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u00ff\u00ff\u00ff\u007ftQK\0J\u00ff\u00ff\u00ff\u007f\u0085K\u0001\u0085\u0089NtRs.")]
    public void A_small_file_that_announces_gigabytes_makes_nothing_large(string pickle)
    {
        Write("\u0080\u0002" + pickle, new byte[16]);
        Fault();
        long before = GC.GetAllocatedBytesForCurrentThread(), tensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Action open = () => TorchArchive.Open(FilePath);
        open.Should().Throw<InvalidDataException>();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(tensors, "opening reads no tensor");
    }

    [Theory]
    [InlineData(12)]
    [InlineData(20)]
    public void A_storage_of_another_size_than_announced_is_refused(int bytes)
    {
        Write("\u0080\u0002}X\u0001\0\0\0w" + Rebuild + Storage + "K\0K\u0001\u0085K\u0001\u0085\u0089NtRs.", new byte[bytes]);
        Fault().Should().Contain("should hold 4 values of 4 bytes, but has " + bytes);
    }

    [Fact]
    public void Dictionaries_that_hold_each_other_many_times_are_refused_in_time()
    {
        // Ten levels, each holding the one below a hundred times: 10^20 paths in a few kilobytes.
        var pickle = new StringBuilder("\u0080\u0002}q\0");
        for (int level = 0; level < 10; level++)
        {
            pickle.Append("}(");
            for (int i = 0; i < 100; i++) pickle.Append('K').Append((char)i).Append('h').Append((char)level);
            pickle.Append("uq").Append((char)(level + 1));
        }

        Write(pickle.Append('.').ToString(), []);
        Fault().Should().Contain("hold more than");
    }

    [Fact]
    public void Compressed_entries_are_refused()
    {
        Write("\u0080\u0002}.", new byte[100_000], CompressionLevel.Optimal);
        Fault().Should().Contain("is compressed");
    }

    [Fact]
    public void Entries_that_share_bytes_are_refused()
    {
        Write("\u0080\u0002}X\u0001\0\0\0w" + Rebuild + Storage + "K\0K\u0004\u0085K\u0001\u0085\u0089NtRs.", new byte[16]);
        byte[] bytes = File.ReadAllBytes(FilePath);
        // The second entry's place in the directory becomes the first's.
        int first = Find(bytes, "PK\u0001\u0002", 0), second = Find(bytes, "PK\u0001\u0002", first + 1);
        bytes.AsSpan(first + 42, 4).CopyTo(bytes.AsSpan(second + 42));
        File.WriteAllBytes(FilePath, bytes);
        Fault().Should().Contain("overlaps");
    }

    [Fact]
    public void Programs_and_other_zip_files_are_refused()
    {
        using (ZipArchive zip = ZipFile.Open(FilePath, ZipArchiveMode.Create)) zip.CreateEntry("word/document.xml");
        Fault().Should().Contain("another kind of zip file");
        using (ZipArchive zip = ZipFile.Open(folder["other.pt"], ZipArchiveMode.Create))
        {
            zip.CreateEntry("model/data.pkl", CompressionLevel.NoCompression);
            zip.CreateEntry("model/code/__torch__.py", CompressionLevel.NoCompression);
        }

        Action open = () => TorchArchive.Open(folder["other.pt"]);
        open.Should().Throw<InvalidDataException>().WithMessage("*TorchScript*");
    }

    [Fact]
    public void Anything_else_is_taken_for_safetensors_and_refused_as_such()
    {
        File.WriteAllText(FilePath, "hello, this is text and no weights");
        Action open = () => WeightFile.OpenAny(FilePath);
        open.Should().Throw<InvalidDataException>().WithMessage("*not a sound safetensors file*");
    }

    private string Fault()
    {
        Action open = () => TorchArchive.Open(FilePath).Dispose();
        return open.Should().Throw<InvalidDataException>().Which.Message;
    }

    private void Write(string pickle, byte[] storage, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        File.Delete(FilePath);
        using ZipArchive zip = ZipFile.Open(FilePath, ZipArchiveMode.Create);
        foreach ((string name, byte[] bytes) in new[] { ("archive/data.pkl", Encoding.Latin1.GetBytes(pickle)), ("archive/data/0", storage) })
        {
            using Stream entry = zip.CreateEntry(name, compression).Open();
            entry.Write(bytes);
        }
    }

    private static int Find(byte[] bytes, string what, int from) => from + bytes.AsSpan(from).IndexOf(Encoding.Latin1.GetBytes(what));
}
