using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>Turns the shim's failure values into exceptions with libtorch's own text.</summary>
internal static unsafe class NativeError
{
    [DoesNotReturn]
    public static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8((IntPtr)NativeMethods.shim_last_error()) ?? "unknown error");

    public static IntPtr Check(IntPtr handle)
    {
        if (handle == IntPtr.Zero)
            Throw();
        return handle;
    }

    public static int Check(int status)
    {
        if (status < 0)
            Throw();
        return status;
    }
}
