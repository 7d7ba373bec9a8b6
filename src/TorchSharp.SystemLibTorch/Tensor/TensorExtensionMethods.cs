using System.Globalization;
using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new ArgumentException($"{type} has no element size", nameof(type)),
    };

    public static ReadOnlySpan<int> IntShape(this Tensor tensor) => Array.ConvertAll(tensor.shape, size => (int)size);

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    // A one-element tensor as a number of any type.

    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();
    public static float ToSingle(this Tensor value) => (float)value.ReadReal();
    public static double ToDouble(this Tensor value) => value.ReadReal();
    public static sbyte ToSByte(this Tensor value) => (sbyte)value.ReadInteger();
    public static byte ToByte(this Tensor value) => (byte)value.ReadInteger();
    public static short ToInt16(this Tensor value) => (short)value.ReadInteger();
    public static int ToInt32(this Tensor value) => (int)value.ReadInteger();
    public static long ToInt64(this Tensor value) => value.ReadInteger();
    public static bool ToBoolean(this Tensor value) => value.ReadReal() != 0;
    public static (float Real, float Imaginary) ToComplexFloat32(this Tensor value) => value.ToScalar().ToComplexFloat32();
    public static Complex ToComplexFloat64(this Tensor value) => value.ToScalar().ToComplexFloat64();
    public static (float Real, float Imaginary) ToComplex32(this Tensor value) => value.ToScalar().ToComplexFloat32();
    public static Complex ToComplex64(this Tensor value) => value.ToScalar().ToComplexFloat64();

    // Arrays and numbers as tensors.

    public static Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false) => rawArray switch
    {
        byte[] array => tensor(array, dimensions, requires_grad: requires_grad),
        sbyte[] array => tensor(array, dimensions, requires_grad: requires_grad),
        short[] array => tensor(array, dimensions, requires_grad: requires_grad),
        int[] array => tensor(array, dimensions, requires_grad: requires_grad),
        long[] array => tensor(array, dimensions, requires_grad: requires_grad),
        float[] array => tensor(array, dimensions, requires_grad: requires_grad),
        double[] array => tensor(array, dimensions, requires_grad: requires_grad),
        bool[] array => tensor(array, dimensions, requires_grad: requires_grad),
        _ => throw new NotSupportedException($"Creating tensor of type {typeof(T)} is not supported."),
    };

    public static Tensor ToTensor<T>(this T scalar, Device? device = null, bool requires_grad = false) where T : struct => scalar switch
    {
        byte value => tensor(value, device),
        sbyte value => tensor(value, device),
        short value => tensor(value, device),
        int value => tensor(value, device),
        long value => tensor(value, null, device),
        float value => tensor(value, device, requires_grad),
        double value => tensor(value, null, device, requires_grad),
        bool value => tensor(value, null, device),
        _ => throw new NotSupportedException($"Creating tensor of type {typeof(T)} is not supported."),
    };

    // Text.

    public static string str(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
        => tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

    public static string jlstr(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null)
        => tensor.ToString(TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

    public static string metastr(this Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    public static string npstr(this Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null)
        => tensor.ToString(TensorStringStyle.Numpy, fltFormat, width, cultureInfo, newLine);

    public static string cstr(this Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null)
        => tensor.ToString(TensorStringStyle.CSharp, fltFormat, width, cultureInfo, newLine);

    public static Tensor print(this Tensor t, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine));
        return t;
    }

    // The binary format of modules' weights: type, rank and sizes as LEB128 numbers, then the bytes.

    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        using var dense = tensor.cpu().contiguous();
        writer.Write7BitEncodedInt64((long)dense.dtype);
        var shape = dense.shape;
        writer.Write7BitEncodedInt64(shape.Length);
        foreach (var size in shape)
            writer.Write7BitEncodedInt64(size);
        writer.Flush();
        dense.WriteBytesToStream(writer.BaseStream);
    }

    public static void Save(this Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        tensor.Save(writer);
    }

    public static void Save(this Tensor tensor, string location)
    {
        using var stream = File.Create(location);
        tensor.Save(stream);
    }

    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        var (type, shape) = ReadHeader(reader);
        if (type != tensor.dtype)
            throw new ArgumentException($"Mismatched tensor data types while loading: the file has {type}, the tensor {tensor.dtype}. Make sure that the model you are loading into is exactly the same as the origin.");
        ReadInto(tensor, type, shape, reader, skip);
    }

    public static void Load(ref Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        var (type, shape) = ReadHeader(reader);
        tensor ??= skip ? zeros(shape, type) : empty(shape, type);
        ReadInto(tensor, type, shape, reader, skip);
    }

    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        Tensor? tensor = null;
        Load(ref tensor, reader, skip);
        return tensor!;
    }

    private static (ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        var type = (ScalarType)reader.Read7BitEncodedInt64();
        var rank = reader.Read7BitEncodedInt64();
        if (!Enum.IsDefined(type) || rank is < 0 or > 64)
            throw new InvalidDataException($"No tensor here: type {(long)type} and {rank} dimensions.");
        var shape = new long[rank];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = reader.Read7BitEncodedInt64();
        if (shape.Any(size => size < 0))
            throw new InvalidDataException("No tensor here: a size is negative.");
        return (type, shape);
    }

    private static void ReadInto(Tensor tensor, ScalarType type, long[] shape, BinaryReader reader, bool skip)
    {
        if (skip)
        {
            reader.BaseStream.Seek(shape.TotalSize() * type.ElementSize(), SeekOrigin.Current);
            return;
        }
        if (!shape.SequenceEqual(tensor.shape))
            throw new ArgumentException($"Mismatched tensor shape while loading: the file has [{string.Join(", ", shape)}], the tensor [{string.Join(", ", tensor.shape)}]. Make sure that the model you are loading into is exactly the same as the origin.");
        using var loading = no_grad();
        if (tensor.device_type == DeviceType.CPU && tensor.is_contiguous() && tensor.dtype == type)
        {
            tensor.ReadBytesFromStream(reader.BaseStream);
            return;
        }
        using var values = empty(shape, type, CPU);
        values.ReadBytesFromStream(reader.BaseStream);
        tensor.copy_(values);
    }
}
