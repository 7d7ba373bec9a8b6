using System.Numerics;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number of any type, as operators take it. It is plain managed data here, so there is nothing to dispose.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ScalarType type, ValueKind kind, long bits, Complex complex = default)
    {
        Type = type;
        Kind = kind;
        Bits = bits;
        Complex = complex;
    }

    public ScalarType Type { get; }

    internal ValueKind Kind { get; }

    internal long Bits { get; }

    internal Complex Complex { get; }

    internal double Real => Kind switch
    {
        ValueKind.Double => BitConverter.Int64BitsToDouble(Bits),
        ValueKind.Complex => Complex.Real,
        _ => Bits,
    };

    internal long Integer => Kind is ValueKind.Double or ValueKind.Complex ? (long)Real : Bits;

    private static Scalar Whole(long value) => new(ScalarType.Int64, ValueKind.Int, value);
    private static Scalar Floating(double value) => new(ScalarType.Float64, ValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Scalar(byte value) => Whole(value);
    public static implicit operator Scalar(sbyte value) => Whole(value);
    public static implicit operator Scalar(short value) => Whole(value);
    public static implicit operator Scalar(int value) => Whole(value);
    public static implicit operator Scalar(long value) => Whole(value);
    public static implicit operator Scalar(Half value) => Floating((double)value);
    public static implicit operator Scalar(float value) => Floating(value);
    public static implicit operator Scalar(double value) => Floating(value);
    public static implicit operator Scalar(bool value) => new(ScalarType.Bool, ValueKind.Bool, value ? 1 : 0);
    public static implicit operator Scalar((float, float) value) => new(ScalarType.ComplexFloat64, ValueKind.Complex, 0, new Complex(value.Item1, value.Item2));
    public static implicit operator Scalar(Complex value) => new(ScalarType.ComplexFloat64, ValueKind.Complex, 0, value);

    public void Dispose()
    {
    }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this (float, float) value) => value;
    public static Scalar ToScalar(this Complex value) => value;

    public static Half ToHalf(this Scalar value) => (Half)value.Real;
    public static float ToSingle(this Scalar value) => (float)value.Real;
    public static double ToDouble(this Scalar value) => value.Real;
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.Integer;
    public static byte ToByte(this Scalar value) => (byte)value.Integer;
    public static short ToInt16(this Scalar value) => (short)value.Integer;
    public static int ToInt32(this Scalar value) => (int)value.Integer;
    public static long ToInt64(this Scalar value) => value.Integer;
    public static bool ToBoolean(this Scalar value) => value.Real != 0;

    public static (float Real, float Imaginary) ToComplexFloat32(this Scalar value)
    {
        var complex = value.ToComplexFloat64();
        return ((float)complex.Real, (float)complex.Imaginary);
    }

    public static Complex ToComplexFloat64(this Scalar value) => value.Kind == ValueKind.Complex ? value.Complex : value.Real;
}
