using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BehaviorCloning.Datasets;

/// <summary>What the values of a stored array are. All little-endian.</summary>
public enum ArrayElement
{
    /// <summary>Half precision, <c>&lt;f2</c>.</summary>
    Float16,

    /// <summary>Single precision, <c>&lt;f4</c>.</summary>
    Float32,

    /// <summary>Double precision, <c>&lt;f8</c>.</summary>
    Float64,

    /// <summary>32-bit integers, <c>&lt;i4</c>.</summary>
    Int32,

    /// <summary>64-bit integers, <c>&lt;i8</c>.</summary>
    Int64,

    /// <summary>Bytes, <c>|u1</c>.</summary>
    UInt8,

    /// <summary>True or false in a byte, <c>|b1</c>.</summary>
    Boolean,
}

/// <summary>numpy's names for element types, which npy and Zarr share, and conversions out of raw bytes.</summary>
internal static class ArrayElements
{
    private static readonly (ArrayElement Element, string Name, int Size)[] All =
    [
        (ArrayElement.Float16, "<f2", 2), (ArrayElement.Float32, "<f4", 4), (ArrayElement.Float64, "<f8", 8),
        (ArrayElement.Int32, "<i4", 4), (ArrayElement.Int64, "<i8", 8), (ArrayElement.UInt8, "|u1", 1), (ArrayElement.Boolean, "|b1", 1),
    ];

    public static int Size(this ArrayElement element) => All[(int)element].Size;

    public static string NumpyName(this ArrayElement element) => All[(int)element].Name;

    /// <summary>The element type of a numpy name.</summary>
    /// <exception cref="InvalidDataException">The type is not one we read.</exception>
    public static ArrayElement Parse(string name, string where)
    {
        foreach ((ArrayElement element, string known, int size) in All)
        {
            if (name == known || (size == 1 && name.Length == 3 && name[1..] == known[1..])) return element;
        }

        string why = name switch
        {
            ['>', ..] => "It is big-endian: save it as little-endian (array.astype(array.dtype.newbyteorder('<')))",
            ['|', 'O', ..] => "It holds pickled Python objects, which are never loaded: save plain arrays",
            _ => $"Types read are {string.Join(", ", All.Select(known => known.Name))}",
        };
        throw new InvalidDataException($"{where} has element type '{name}'. {why}.");
    }

    public static void ToSingles(ArrayElement element, ReadOnlySpan<byte> raw, Span<float> destination)
    {
        switch (element)
        {
            case ArrayElement.Float32:
                raw.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ArrayElement.Float16:
                for (int i = 0; i < destination.Length; i++) destination[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(raw[(2 * i)..]);
                break;
            case ArrayElement.Float64:
                for (int i = 0; i < destination.Length; i++) destination[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(raw[(8 * i)..]);
                break;
            case ArrayElement.Int32:
                for (int i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadInt32LittleEndian(raw[(4 * i)..]);
                break;
            case ArrayElement.Int64:
                for (int i = 0; i < destination.Length; i++) destination[i] = BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]);
                break;
            default:
                for (int i = 0; i < destination.Length; i++) destination[i] = raw[i];
                break;
        }
    }

    /// <summary>Bytes of image frames, from bytes or from numbers that are whole and lie in 0..255.</summary>
    /// <exception cref="InvalidDataException">A number is no byte.</exception>
    public static void ToFrames(ArrayElement element, ReadOnlySpan<byte> raw, Span<byte> destination, string where)
    {
        if (element is ArrayElement.UInt8)
        {
            raw.CopyTo(destination);
            return;
        }

        const int Piece = 1024;
        Span<float> values = stackalloc float[Piece];
        for (int start = 0; start < destination.Length; start += Piece)
        {
            int count = Math.Min(Piece, destination.Length - start);
            ToSingles(element, raw.Slice(start * element.Size(), count * element.Size()), values[..count]);
            for (int i = 0; i < count; i++)
            {
                if (!(values[i] is >= 0 and <= 255) || values[i] != MathF.Floor(values[i]))
                    throw new InvalidDataException($"{where} is read as an image, but holds {values[i]}. Images need whole numbers from 0 to 255.");
                destination[start + i] = (byte)values[i];
            }
        }
    }

    public static long[] ToInt64s(ArrayElement element, ReadOnlySpan<byte> raw, string where)
    {
        long[] values = new long[raw.Length / element.Size()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = element switch
            {
                ArrayElement.Int64 => BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]),
                ArrayElement.Int32 => BinaryPrimitives.ReadInt32LittleEndian(raw[(4 * i)..]),
                ArrayElement.UInt8 => raw[i],
                _ => throw new InvalidDataException($"{where} holds {element.NumpyName()}; whole numbers (<i8 or <i4) were expected."),
            };
        }

        return values;
    }
}
