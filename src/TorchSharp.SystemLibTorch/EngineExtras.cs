using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch;

/// <summary>
/// What this engine can do that TorchSharp's API has no names for. Libraries written against TorchSharp find it by
/// reflection and do without where it is absent.
/// </summary>
public static class EngineExtras
{
    public static string LibTorchVersion => __version__;

    /// <summary>Page-locked host memory, from which copies to the device run asynchronously.</summary>
    public static bool PinnedMemoryAvailable => cuda.is_available();

    /// <summary>True where the shim was built against a libtorch with CUDA and a device is there.</summary>
    public static bool CudaGraphsAvailable => NativeMethods.shim_cuda_graphs_available() != 0 && cuda.is_available();

    /// <summary>Collective communication between processes is not offered by this engine.</summary>
    public static bool CollectivesAvailable => false;

    public static bool AutocastAvailable(DeviceType device) => device == DeviceType.CPU || (device == DeviceType.CUDA && cuda.is_available());

    /// <summary>
    /// Until disposed, this thread's matrix products and the like run in a narrower type (bfloat16 or float16) and what
    /// needs precision stays in float32. Backward runs in the types of forward and needs no region.
    /// </summary>
    public static IDisposable Autocast(DeviceType device, ScalarType dtype)
    {
        if (!AutocastAvailable(device))
            throw new NotSupportedException($"Autocast is not available for {device} on this machine.");
        if (dtype != ScalarType.BFloat16 && (dtype != ScalarType.Float16 || device == DeviceType.CPU))
            throw new ArgumentException($"Autocast on {device} takes {(device == DeviceType.CPU ? "BFloat16" : "BFloat16 or Float16")}, not {dtype}.", nameof(dtype));
        return new AutocastRegion(device, dtype);
    }

    public static Tensor PinMemory(Tensor tensor)
        => PinnedMemoryAvailable ? tensor.pin_memory() : throw new NotSupportedException("Pinned memory needs CUDA, which this machine or its libtorch does not have.");

    public static CudaGraph CreateCudaGraph()
        => CudaGraphsAvailable ? new CudaGraph() : throw new NotSupportedException("CUDA graphs need CUDA, which this machine, its libtorch or the shim's build does not have.");

    /// <summary>Threads of OpenBLAS's own pool; 0 where libtorch uses another BLAS.</summary>
    public static int GetBlasThreads() => NativeMethods.shim_blas_threads();

    /// <summary>Sets the size of OpenBLAS's own pool; does nothing where libtorch uses another BLAS.</summary>
    public static void SetBlasThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        NativeMethods.shim_set_blas_threads(count);
    }

    private sealed class AutocastRegion : IDisposable
    {
        private readonly int device;
        private readonly int wasEnabled;
        private readonly int previousType;
        private bool left;

        public AutocastRegion(DeviceType device, ScalarType dtype)
        {
            this.device = (int)device;
            wasEnabled = NativeError.Check(NativeMethods.shim_autocast_enabled(this.device));
            previousType = NativeError.Check(NativeMethods.shim_autocast_dtype(this.device));
            NativeError.Check(NativeMethods.shim_autocast_set(this.device, 1, (int)dtype));
            NativeError.Check(NativeMethods.shim_autocast_nesting(1));
        }

        public void Dispose()
        {
            if (left)
                return;
            left = true;
            NativeError.Check(NativeMethods.shim_autocast_nesting(-1));
            NativeError.Check(NativeMethods.shim_autocast_set(device, wasEnabled, previousType));
        }
    }
}

/// <summary>A sequence of CUDA work recorded once and replayed with one launch. Inputs and outputs keep their memory.</summary>
public sealed class CudaGraph : IDisposable
{
    private IntPtr handle = NativeError.Check(NativeMethods.shim_cuda_graph_create());

    internal CudaGraph()
    {
    }

    ~CudaGraph() => Free();

    private IntPtr Handle => handle != IntPtr.Zero ? handle : throw new ObjectDisposedException(nameof(CudaGraph));

    public void BeginCapture() => NativeError.Check(NativeMethods.shim_cuda_graph_begin(Handle));

    public void EndCapture() => NativeError.Check(NativeMethods.shim_cuda_graph_end(Handle));

    public void Replay() => NativeError.Check(NativeMethods.shim_cuda_graph_replay(Handle));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        var native = Interlocked.Exchange(ref handle, IntPtr.Zero);
        if (native != IntPtr.Zero)
            NativeMethods.shim_cuda_graph_free(native);
    }
}
