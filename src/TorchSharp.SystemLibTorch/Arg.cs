using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// One argument of an operator. The shim converts it to what the operator's schema wants: a whole number to a real
/// where a real is wanted, one number to a list of one, an absent optional to None.
/// </summary>
internal readonly struct Arg
{
    private readonly object? reference;
    private readonly long bits;
    private readonly ValueKind kind;

    private Arg(ValueKind kind, long bits, object? reference = null)
    {
        this.kind = kind;
        this.bits = bits;
        this.reference = reference;
    }

    public static Arg None => default;

    public static implicit operator Arg(Tensor? value) => value is null ? None : new Arg(ValueKind.Tensor, 0, value);
    public static implicit operator Arg(Tensor?[]? value) => value is null ? None : new Arg(ValueKind.TensorList, 0, value);
    public static implicit operator Arg(List<Tensor>? value) => value?.ToArray();
    public static implicit operator Arg(long value) => new(ValueKind.Int, value);
    public static implicit operator Arg(long? value) => value is { } given ? given : None;
    public static implicit operator Arg(int value) => new(ValueKind.Int, value);
    public static implicit operator Arg(int? value) => value is { } given ? given : None;
    public static implicit operator Arg(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double? value) => value is { } given ? given : None;
    public static implicit operator Arg(float value) => (double)value;
    public static implicit operator Arg(float? value) => value is { } given ? given : None;
    public static implicit operator Arg(bool value) => new(ValueKind.Bool, value ? 1 : 0);
    public static implicit operator Arg(bool? value) => value is { } given ? given : None;
    public static implicit operator Arg(string? value) => value is null ? None : new Arg(ValueKind.String, 0, value);
    public static implicit operator Arg(long[]? value) => value is null ? None : new Arg(ValueKind.IntList, 0, value);
    public static implicit operator Arg(ReadOnlySpan<long> value) => value.ToArray();
    public static implicit operator Arg(double[]? value) => value is null ? None : new Arg(ValueKind.DoubleList, 0, value);
    public static implicit operator Arg(bool[]? value) => value is null ? None : new Arg(ValueKind.BoolList, 0, value);
    public static implicit operator Arg(Scalar?[]? value) => value is null ? None : new Arg(ValueKind.ScalarList, 0, value);
    public static implicit operator Arg(ScalarType value) => new(ValueKind.Int, (int)value);
    public static implicit operator Arg(ScalarType? value) => value is { } given ? given : None;
    public static implicit operator Arg(Device? value) => value is null ? None : new Arg(ValueKind.Device, value.Packed);
    public static implicit operator Arg(Generator? value) => value is null ? None : new Arg(ValueKind.Generator, 0, value);

    public static implicit operator Arg(Scalar? value) => value is null ? None
        : value.Kind == ValueKind.Complex ? new Arg(ValueKind.Complex, 0, value)
        : new Arg(value.Kind, value.Bits);

    /// <summary>A list of tensors from any sequence (C# has no conversions from interfaces).</summary>
    public static Arg List(IEnumerable<Tensor?> tensors) => tensors as Tensor?[] ?? tensors.ToArray();

    public unsafe void Write(out NativeValue value, ref ArgumentMemory memory)
    {
        value = new NativeValue { Kind = kind, Integer = bits };
        switch (kind)
        {
            case ValueKind.Tensor:
                value.Pointer = ((Tensor)reference!).Handle;
                break;
            case ValueKind.Generator:
                value.Pointer = ((Generator)reference!).Handle;
                break;
            case ValueKind.IntList:
                WriteList((long[])reference!, ref value, ref memory);
                break;
            case ValueKind.DoubleList:
                WriteList((double[])reference!, ref value, ref memory);
                break;
            case ValueKind.BoolList:
                WriteList((bool[])reference!, ref value, ref memory);
                break;
            case ValueKind.String:
                WriteList(Encoding.UTF8.GetBytes((string)reference!), ref value, ref memory);
                break;
            case ValueKind.Complex:
                var complex = ((Scalar)reference!).Complex;
                WriteList([complex.Real, complex.Imaginary], ref value, ref memory);
                break;
            case ValueKind.TensorList:
                var tensors = (Tensor?[])reference!;
                var handles = (IntPtr*)memory.Take(sizeof(IntPtr) * tensors.Length);
                for (var i = 0; i < tensors.Length; i++)
                    handles[i] = tensors[i]?.Handle ?? IntPtr.Zero;
                value.Pointer = (IntPtr)handles;
                value.Length = tensors.Length;
                break;
            case ValueKind.ScalarList:
                var scalars = (Scalar?[])reference!;
                var values = (NativeValue*)memory.Take(sizeof(NativeValue) * scalars.Length);
                for (var i = 0; i < scalars.Length; i++)
                    ((Arg)scalars[i]).Write(out values[i], ref memory);
                value.Pointer = (IntPtr)values;
                value.Length = scalars.Length;
                break;
        }
    }

    private static unsafe void WriteList<T>(T[] items, ref NativeValue value, ref ArgumentMemory memory) where T : unmanaged
    {
        var address = memory.Take(sizeof(T) * items.Length);
        items.AsSpan().CopyTo(new Span<T>(address, items.Length));
        value.Pointer = (IntPtr)address;
        value.Length = items.Length;
    }
}

/// <summary>Memory for the lists among a call's arguments: the caller's stack while it lasts, then the native heap.</summary>
internal unsafe struct ArgumentMemory
{
    private byte* next;
    private int left;
    private void* overflow;

    public ArgumentMemory(byte* stack, int size)
    {
        next = stack;
        left = size;
        overflow = null;
    }

    public void* Take(int size)
    {
        size = (size + 7) & ~7;
        if (size <= left)
        {
            var taken = next;
            next += size;
            left -= size;
            return taken;
        }
        // Blocks of the native heap are chained through their first word.
        var block = (void**)NativeMemory.Alloc((nuint)(size + sizeof(void*) * 2));
        block[0] = overflow;
        overflow = block;
        return block + 2;
    }

    public void Free()
    {
        while (overflow != null)
        {
            var block = overflow;
            overflow = *(void**)block;
            NativeMemory.Free(block);
        }
    }
}
