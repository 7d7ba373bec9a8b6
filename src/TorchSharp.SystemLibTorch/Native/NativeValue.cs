using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What an argument or a result of an operator holds; mirrors <c>shim::Kind</c>.</summary>
internal enum ValueKind
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    String = 5,
    IntList = 6,
    DoubleList = 7,
    BoolList = 8,
    TensorList = 9,
    Device = 10,
    Generator = 11,
    Complex = 12,
    ScalarList = 13,
}

/// <summary>One argument or result as it crosses to the shim; mirrors <c>shim::Value</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NativeValue
{
    [FieldOffset(0)] public ValueKind Kind;
    [FieldOffset(4)] public int Length;
    [FieldOffset(8)] public long Integer;
    [FieldOffset(8)] public double Real;
    [FieldOffset(8)] public IntPtr Pointer;
}
