using System.Runtime.InteropServices;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType defaultType = ScalarType.Float32;
    private static Device defaultDevice = CPU;

    public static unsafe string __version__ => Marshal.PtrToStringUTF8((IntPtr)NativeMethods.shim_torch_version())!;

    public static void set_default_dtype(ScalarType dtype)
    {
        if (!is_floating_point(dtype))
            throw new ArgumentException("only floating-point types are supported as the default type");
        defaultType = dtype;
    }

    public static ScalarType get_default_dtype() => defaultType;

    public static void set_default_device(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        defaultDevice = device;
    }

    public static void set_default_device(string device) => set_default_device(new Device(device));

    public static Device get_default_device() => defaultDevice;

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    public static void set_num_threads(int num) => NativeError.Check(NativeMethods.shim_set_num_threads(num));

    public static int get_num_threads() => NativeError.Check(NativeMethods.shim_num_threads());

    public static void set_num_interop_threads(int num) => NativeError.Check(NativeMethods.shim_set_num_interop_threads(num));

    public static int get_num_interop_threads() => NativeError.Check(NativeMethods.shim_num_interop_threads());

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine: this libtorch ({__version__}) offers none.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CPU or DeviceType.META => true,
        DeviceType.CUDA => cuda.is_available(),
        _ => false,
    };

    public static Device InitializeDevice(Device? device)
    {
        device ??= defaultDevice;
        if (device.type != DeviceType.CPU)
            InitializeDeviceType(device.type);
        return device;
    }

    /// <summary>Errors arrive as exceptions from the call that failed, so there is never one left to report.</summary>
    public static void CheckForErrors()
    {
    }

    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static bool is_cudnn_available() => NativeMethods.shim_cudnn_available() != 0;

        public static int device_count() => NativeMethods.shim_cuda_device_count();

        public static void manual_seed(long seed)
        {
            if (is_available())
                NativeError.Check(NativeMethods.shim_cuda_manual_seed((ulong)seed, 0));
        }

        public static void manual_seed_all(long seed)
        {
            if (is_available())
                NativeError.Check(NativeMethods.shim_cuda_manual_seed((ulong)seed, 1));
        }

        public static void synchronize(Device? device = null)
        {
            InitializeDeviceType(DeviceType.CUDA);
            NativeError.Check(NativeMethods.shim_cuda_synchronize(device?.index ?? -1));
        }
    }
}
