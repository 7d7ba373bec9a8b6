using System.Buffers.Binary;
using System.Text;
using BehaviorCloning.Engine;
using FsCheck.Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["some.safetensors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Tensors_of_every_type_and_shape_come_back()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["f32"] = Tensors.Normal(1, 2, 3, 4), ["f64"] = arange(5, float64), ["scalar"] = tensor(2.5f), ["empty"] = zeros(0, 3),
            ["i64"] = arange(7, int64), ["i32"] = arange(3, int32), ["u8"] = arange(11, uint8), ["bool"] = tensor(new[] { true, false, true }),
            ["half"] = arange(3, float32).to(float16), ["bf16"] = arange(3, float32).to(bfloat16), ["strided"] = Tensors.Normal(2, 4, 5).t(),
        };
        SafetensorsFile.Write(FilePath, tensors, new Dictionary<string, string> { ["made by"] = "a test" });
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        file.Metadata.Should().Equal(new Dictionary<string, string> { ["made by"] = "a test" });
        file.Entries.Keys.Should().BeEquivalentTo(tensors.Keys);
        foreach ((string name, Tensor written) in tensors)
        {
            using Tensor read = file.Read(name);
            read.dtype.Should().Be(written.dtype);
            read.shape.Should().Equal(written.shape);
            read.bytes.ToArray().Should().Equal(written.contiguous().bytes.ToArray());
        }
    }

    [Fact]
    public void Values_are_aligned_to_their_size()
    {
        SafetensorsFile.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = zeros(3, uint8), ["b"] = zeros(2, float64), ["c"] = zeros(1) });
        byte[] bytes = File.ReadAllBytes(FilePath);
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8).Should().Be(0);
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        (file.Entries["b"].Offset % 8).Should().Be(0);
        (file.Entries["c"].Offset % 4).Should().Be(0);
    }

    [Fact]
    public void A_file_as_python_writes_it_is_read()
    {
        // safetensors.numpy.save_file({"x": [1, 2], "y": [[3]]}) in float32.
        WriteRaw("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}}""",
            [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64]);
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        file.Read("x").Values().Should().Equal(1, 2);
        file.Read("y").Values().Should().Equal(3);
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "gap or overlap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", "gap or overlap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "follow the header")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "bytes of values")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "needs 8 bytes, but has 12")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}""", "shape [-3]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904, 8],"data_offsets":[0,12]}}""", "cannot be read")]
    [InlineData("""{"x":{"dtype":"F31","shape":[3],"data_offsets":[0,12]}}""", "'F31'; known are F64")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}}""", "lies at [12, 0]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"x":{"dtype":"F32","shape":[0],"data_offsets":[12,12]}}""", "twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3]}}""", "cannot be read")]
    [InlineData("""{"x":3}""", "cannot be read")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{", "cannot be read")]
    public void A_header_that_lies_is_refused(string header, string expected)
    {
        WriteRaw(header, new byte[12]);
        OpenFault().Should().Contain(FilePath).And.Contain(expected);
    }

    [Theory]
    [InlineData(0x7FFFFFFFFFFFFFFFUL)]
    [InlineData(0xFFFFFFFFFFFFFFFFUL)]
    [InlineData(200_000_000UL)]
    [InlineData(100UL)]
    public void A_header_length_beyond_the_file_is_refused_before_anything_is_allocated(ulong length)
    {
        byte[] bytes = new byte[50];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(FilePath, bytes);
        OpenFault().Should().Contain("announces a header");
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        SafetensorsFile.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = Tensors.Normal(1, 4), ["b"] = arange(3, int64) });
        byte[] bytes = File.ReadAllBytes(FilePath);
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(FilePath, bytes[..length]);
            OpenFault().Should().NotBeEmpty();
        }
    }

    [Property(MaxTest = 300)]
    public void Flipped_bytes_of_a_header_never_do_worse_than_an_error(int position, byte value)
    {
        SafetensorsFile.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = zeros(4), ["b"] = zeros(3, int64) });
        byte[] bytes = File.ReadAllBytes(FilePath);
        bytes[(position & int.MaxValue) % (bytes.Length - 40)] = value;
        File.WriteAllBytes(FilePath, bytes);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(FilePath);
            foreach (string name in file.Entries.Keys) file.Read(name).Dispose();
        }
        catch (InvalidDataException)
        {
            // What a damaged file should give.
        }
    }

    [Fact]
    public void Every_mismatch_with_a_module_is_listed_and_nothing_is_changed()
    {
        using TorchSharp.Modules.Linear linear = nn.Linear(3, 2);
        float[] before = linear.weight.Values();
        SafetensorsFile.Write(FilePath, new Dictionary<string, Tensor> { ["weight"] = zeros(2, 3), ["bias"] = zeros(3), ["gamma"] = zeros(1) });
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Action load = () => file.LoadInto(linear);
        load.Should().Throw<InvalidDataException>().Which.Message.Should()
            .Contain("2 faults").And.Contain("'gamma' is unexpected").And.Contain("'bias' has shape [3], expected [2]");
        linear.weight.Values().Should().Equal(before);
    }

    [Fact]
    public void Missing_and_infinite_weights_are_refused()
    {
        using TorchSharp.Modules.Linear linear = nn.Linear(3, 2);
        SafetensorsFile.Write(FilePath, new Dictionary<string, Tensor> { ["weight"] = full(2, 3, float.PositiveInfinity, float32) });
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Action load = () => file.LoadInto(linear);
        load.Should().Throw<InvalidDataException>().Which.Message.Should().Contain("'bias' is missing").And.Contain("'weight' holds values that are not finite");
    }

    [Fact]
    public void Reading_an_unknown_name_lists_the_names_there_are()
    {
        SafetensorsFile.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = zeros(1) });
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Action read = () => file.Read("b");
        read.Should().Throw<KeyNotFoundException>().WithMessage("*'b'*has: a*");
    }

    private string OpenFault()
    {
        Action open = () => SafetensorsFile.Open(FilePath).Dispose();
        return open.Should().Throw<InvalidDataException>().Which.Message;
    }

    private void WriteRaw(string header, byte[] values)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        File.WriteAllBytes(FilePath, [.. length, .. text, .. values]);
    }
}
