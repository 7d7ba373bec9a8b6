using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace BehaviorCloning.Datasets;

/// <summary>An array in numpy's npy format, versions 1 to 3, row-major.</summary>
public sealed partial class NpyArray : IRowArray
{
    private readonly ReadOnlyMemory<byte> data;
    private readonly long[] shape;
    private readonly string where;

    private NpyArray(ArrayElement element, long[] shape, ReadOnlyMemory<byte> data, string where)
    {
        Element = element;
        this.shape = shape;
        this.data = data;
        this.where = where;
    }

    /// <summary>Extent along each axis.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>What its values are.</summary>
    public ArrayElement Element { get; }

    /// <summary>The values as raw little-endian bytes.</summary>
    public ReadOnlyMemory<byte> Data => data;

    string IRowArray.Where => where;

    long IRowArray.StoredBytes => data.Length;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>An array of floats.</summary>
    public static NpyArray Of(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) => Of(ArrayElement.Float32, MemoryMarshal.AsBytes(values), shape);

    /// <summary>An array of 64-bit integers.</summary>
    public static NpyArray Of(ReadOnlySpan<long> values, params ReadOnlySpan<int> shape) => Of(ArrayElement.Int64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>An array of any element type from its raw little-endian bytes.</summary>
    public static NpyArray Of(ArrayElement element, ReadOnlySpan<byte> raw, params ReadOnlySpan<int> shape)
    {
        long[] extents = new long[shape.Length];
        for (int i = 0; i < shape.Length; i++) extents[i] = shape[i];
        long expected = AllocationBound.Product(extents, "The array") * element.Size();
        if (raw.Length != expected)
            throw new ArgumentException($"Shape ({string.Join(", ", extents)}) of {element.NumpyName()} takes {expected} bytes; got {raw.Length}.", nameof(raw));
        return new NpyArray(element, extents, raw.ToArray(), "The array");
    }

    /// <summary>Reads an npy file.</summary>
    /// <exception cref="InvalidDataException">It is truncated, damaged, or of a kind that is not read; the message says which.</exception>
    public static NpyArray ReadFile(string path) => Parse(File.ReadAllBytes(path), $"'{path}'");

    /// <summary>Reads an npy file's bytes. They are kept, not copied.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="where">What to call it in an error.</param>
    public static NpyArray Parse(ReadOnlyMemory<byte> file, string where)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes.Length < 10 || !bytes.StartsWith(Magic))
            throw new InvalidDataException($"{where} is no npy array: it does not begin with numpy's signature. Save it with numpy.save or numpy.savez.");
        int version = bytes[6];
        if (version is < 1 or > 3)
            throw new InvalidDataException($"{where} has npy format version {version}; versions 1 to 3 are read.");
        int start = version == 1 ? 10 : 12;
        long headerLength = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])
            : bytes.Length >= 12 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) : long.MaxValue;
        if (headerLength > bytes.Length - start)
            throw new InvalidDataException($"{where} is truncated: its header takes {headerLength} bytes, the file has {bytes.Length}. Copy it again.");

        string header = (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes.Slice(start, (int)headerLength));
        Match descriptor = DescriptorPattern().Match(header), order = OrderPattern().Match(header), extents = ShapePattern().Match(header);
        if (!descriptor.Success || !order.Success || !extents.Success)
            throw new InvalidDataException($"{where} has an npy header that is not understood: {header.Trim()}. A plain array of one element type was expected.");
        ArrayElement element = ArrayElements.Parse(descriptor.Groups["name"].Value, where);
        long[] shape = ParseShape(extents.Groups["shape"].Value, where);
        if (order.Groups["order"].Value == "True" && shape.Length > 1)
            throw new InvalidDataException($"{where} is stored column by column (Fortran order). Save it with numpy.ascontiguousarray.");

        ReadOnlyMemory<byte> data = file[(start + (int)headerLength)..];
        long expected = AllocationBound.Product([.. shape, element.Size()], where);
        if (data.Length != expected)
            throw new InvalidDataException($"{where} of shape ({string.Join(", ", shape)}) takes {expected} bytes of data, the file has {data.Length}. It is truncated or damaged: copy it again.");
        return new NpyArray(element, shape, data, where);
    }

    /// <summary>Writes the array as an npy file, version 1.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        string extents = shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
        string header = $"{{'descr': '{Element.NumpyName()}', 'fortran_order': False, 'shape': {extents}, }}";

        // Padded with spaces and a newline so that the data begins at a multiple of 64.
        int total = (10 + header.Length + 1 + 63) / 64 * 64;
        byte[] bytes = new byte[total];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)(total - 10)));
        Encoding.ASCII.GetBytes(header.PadRight(total - 11) + '\n', bytes.AsSpan(10));
        stream.Write(bytes);
        stream.Write(data.Span);
    }

    /// <summary>All values as floats. Wide integers and doubles are rounded.</summary>
    public float[] ToSingles()
    {
        float[] values = new float[data.Length / Element.Size()];
        ArrayElements.ToSingles(Element, data.Span, values);
        return values;
    }

    /// <summary>All values of an integer array.</summary>
    /// <exception cref="InvalidDataException">It holds no integers.</exception>
    public long[] ToInt64s() => ArrayElements.ToInt64s(Element, data.Span, where);

    void IRowArray.ReadRows(long first, int count, Span<byte> destination)
    {
        int row = shape[0] == 0 ? 0 : (int)(data.Length / shape[0]);
        data.Span.Slice(checked((int)first * row), checked(count * row)).CopyTo(destination);
    }

    private static long[] ParseShape(string text, string where)
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] shape = new long[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], out shape[i]))
                throw new InvalidDataException($"{where} has shape ({text}), which is not understood. The header is damaged.");
        }

        return shape;
    }

    [GeneratedRegex(@"'descr'\s*:\s*'(?<name>[^']*)'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DescriptorPattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(?<order>True|False)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\((?<shape>[0-9, ]*)\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ShapePattern();
}
