using System.Text;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

public static partial class torch
{
    public static void save(Tensor t, string location) => Files.Save(t, location);

    public static Tensor load(string location) => Files.Load(location);
}

/// <summary>One tensor in a file of libtorch's own format.</summary>
internal static unsafe class Files
{
    public static void Save(Tensor tensor, string location)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(location + "\0"))
            NativeError.Check(NativeMethods.shim_tensor_save(tensor.Handle, path));
        GC.KeepAlive(tensor);
    }

    public static Tensor Load(string location)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(location + "\0"))
            return new Tensor(NativeError.Check(NativeMethods.shim_tensor_load(path)));
    }
}
