using System.Runtime.InteropServices;
using System.Text;
using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class NpyArrayTests
{
    [Property]
    public void What_is_written_reads_back(int seed)
    {
        Random random = new(seed);
        int[] shape = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5))];
        ArrayElement element = Enum.GetValues<ArrayElement>()[random.Next(7)];
        byte[] raw = new byte[shape.Aggregate(1, (product, extent) => product * extent) * element.Size()];
        random.NextBytes(raw);
        NpyArray read = NpyArray.Parse(Written(NpyArray.Of(element, raw, shape)), "it");
        read.Element.Should().Be(element);
        read.Shape.Select(extent => (int)extent).Should().Equal(shape);
        read.Data.ToArray().Should().Equal(raw);
    }

    [Theory]
    [InlineData(ArrayElement.Float16, new byte[] { 0x00, 0x3C, 0x00, 0xC0 }, new float[] { 1, -2 })]
    [InlineData(ArrayElement.Float64, new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F }, new[] { 1.5f })]
    [InlineData(ArrayElement.Int32, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 7, 0, 0, 0 }, new float[] { -1, 7 })]
    [InlineData(ArrayElement.Int64, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, new float[] { -2 })]
    [InlineData(ArrayElement.UInt8, new byte[] { 0, 255 }, new float[] { 0, 255 })]
    [InlineData(ArrayElement.Boolean, new byte[] { 1, 0 }, new float[] { 1, 0 })]
    public void Every_element_type_becomes_floats(ArrayElement element, byte[] raw, float[] expected) =>
        NpyArray.Of(element, raw, expected.Length).ToSingles().Should().Equal(expected);

    [Fact]
    public void The_header_is_numpys_own()
    {
        byte[] file = Written(NpyArray.Of([1f, 2f, 3f], 3));
        file.Length.Should().Be(128 + 12);
        Encoding.ASCII.GetString(file, 10, 118).Should().Be("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".PadRight(117) + "\n");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Later_versions_have_longer_headers(byte version)
    {
        byte[] header = Encoding.UTF8.GetBytes("{'shape': (1, 2), 'fortran_order': False, 'descr': '<i8'}\n");
        byte[] file = [0x93, .. "NUMPY"u8, version, 0, (byte)header.Length, 0, 0, 0, .. header, .. MemoryMarshal.AsBytes([5L, 6L])];
        NpyArray.Parse(file, "it").ToInt64s().Should().Equal(5, 6);
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        byte[] file = Written(NpyArray.Of([1f, 2f, 3f], 3));
        for (int length = 0; length < file.Length; length++)
            FluentActions.Invoking(() => NpyArray.Parse(file.AsMemory(0, length), "'a.npy'")).Should().Throw<InvalidDataException>().WithMessage("'a.npy'*");
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "*type '>f4'. It is big-endian*")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "*pickled Python objects*")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "*'<c8'. Types read are <f2, <f4*")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "*not understood*")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "*Fortran order*ascontiguousarray*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", "*more values than can be counted*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999999999,), }", "*not understood*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000,), }", "*takes 16000000000 bytes of data, the file has 4*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "*not understood*")]
    public void What_is_not_read_says_why(string header, string message)
    {
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0, 0];
        FluentActions.Invoking(() => NpyArray.Parse(file, "'a.npy'")).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void Another_format_and_another_version_are_refused()
    {
        FluentActions.Invoking(() => NpyArray.Parse("not an array at all"u8.ToArray(), "'a.npy'")).Should().Throw<InvalidDataException>().WithMessage("*no npy array*");
        byte[] file = Written(NpyArray.Of([1f], 1));
        file[6] = 4;
        FluentActions.Invoking(() => NpyArray.Parse(file, "'a.npy'")).Should().Throw<InvalidDataException>().WithMessage("*version 4; versions 1 to 3*");
        FluentActions.Invoking(() => NpyArray.Of([1f, 2f], 3)).Should().Throw<ArgumentException>().WithMessage("*Shape (3) of <f4 takes 12 bytes; got 8*");
    }

    private static byte[] Written(NpyArray array)
    {
        using MemoryStream stream = new();
        array.Write(stream);
        return stream.ToArray();
    }
}
