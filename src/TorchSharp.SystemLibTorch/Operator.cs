using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// One ATen operator, called by name. Keep one in a static readonly field per operator: it is looked up at the first call,
/// and arguments that are not given are filled with the defaults of the operator's schema.
/// </summary>
internal sealed class Operator
{
    private const int ScratchSize = 512;

    private readonly string name;
    private readonly string overload;
    private IntPtr handle;

    public Operator(string name, string overload = "")
    {
        this.name = name;
        this.overload = overload;
    }

    public bool Exists => handle != IntPtr.Zero || TryFind();

    /// <summary>Calls and returns the first result as a new tensor; null where the operator gives none.</summary>
    public unsafe Tensor Call(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return Wrap(result);
    }

    /// <summary>Calls an operator that changes its first argument and returns that same tensor.</summary>
    public unsafe Tensor CallInPlace(Tensor self, params ReadOnlySpan<Arg> rest)
    {
        var found = Handle();
        var values = stackalloc NativeValue[rest.Length + 1];
        var scratch = stackalloc byte[ScratchSize];
        var memory = new ArgumentMemory(scratch, ScratchSize);
        try
        {
            values[0] = new NativeValue { Kind = ValueKind.Tensor, Pointer = self.Handle };
            for (var i = 0; i < rest.Length; i++)
                rest[i].Write(out values[i + 1], ref memory);
            if (NativeMethods.shim_operator_call(found, values, rest.Length + 1, null, 0) < 0)
                NativeError.Throw();
        }
        finally
        {
            memory.Free();
        }
        return self;
    }

    public unsafe (Tensor, Tensor) Call2(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[2];
        Invoke(args, results, 2);
        return (Wrap(results[0]), Wrap(results[1]));
    }

    public unsafe (Tensor, Tensor, Tensor) Call3(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[3];
        Invoke(args, results, 3);
        return (Wrap(results[0]), Wrap(results[1]), Wrap(results[2]));
    }

    /// <summary>The list that the operator returns, or all its tensor results.</summary>
    public unsafe Tensor[] CallList(params ReadOnlySpan<Arg> args)
    {
        const int capacity = 16;
        var results = stackalloc NativeValue[capacity];
        var count = Math.Min(Invoke(args, results, capacity), capacity);
        if (count == 1 && results[0].Kind == ValueKind.TensorList)
        {
            var handles = (IntPtr*)results[0].Pointer;
            var list = new Tensor[results[0].Length];
            for (var i = 0; i < list.Length; i++)
                list[i] = handles[i] == IntPtr.Zero ? null : new Tensor(handles[i]);
            NativeMethods.shim_tensor_list_free(results[0].Pointer);
            return list;
        }
        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++)
            tensors[i] = Wrap(results[i]);
        return tensors;
    }

    public unsafe long CallInt(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Kind == ValueKind.Double ? (long)result.Real : result.Integer;
    }

    public unsafe double CallDouble(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Kind == ValueKind.Double ? result.Real : result.Integer;
    }

    public unsafe bool CallBool(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Integer != 0;
    }

    private unsafe int Invoke(ReadOnlySpan<Arg> args, NativeValue* results, int capacity)
    {
        var found = Handle();
        var values = stackalloc NativeValue[args.Length];
        var scratch = stackalloc byte[ScratchSize];
        var memory = new ArgumentMemory(scratch, ScratchSize);
        try
        {
            for (var i = 0; i < args.Length; i++)
                args[i].Write(out values[i], ref memory);
            var count = NativeMethods.shim_operator_call(found, values, args.Length, results, capacity);
            if (count < 0)
                NativeError.Throw();
            for (var i = count; i < capacity; i++)
                results[i] = default;
            return count;
        }
        finally
        {
            memory.Free();
        }
    }

    private static Tensor Wrap(in NativeValue value) => value.Kind == ValueKind.Tensor ? new Tensor(value.Pointer) : null;

    private IntPtr Handle()
    {
        var found = handle;
        return found != IntPtr.Zero ? found : Find();
    }

    private IntPtr Find()
    {
        if (!TryFind())
            ThrowMissing();
        return handle;
    }

    private unsafe bool TryFind()
    {
        lock (this)
        {
            if (handle != IntPtr.Zero)
                return true;
            fixed (byte* nativeName = Encoding.UTF8.GetBytes("aten::" + name + "\0"))
            fixed (byte* nativeOverload = Encoding.UTF8.GetBytes(overload + "\0"))
                handle = NativeMethods.shim_operator_find(nativeName, nativeOverload);
            return handle != IntPtr.Zero;
        }
    }

    [DoesNotReturn]
    private static unsafe void ThrowMissing() =>
        throw new NotSupportedException(Marshal.PtrToStringUTF8((IntPtr)NativeMethods.shim_last_error()) + "; another libtorch may have it");
}
