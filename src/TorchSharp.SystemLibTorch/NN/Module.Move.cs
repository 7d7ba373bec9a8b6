namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public partial class Module
            {
                private static readonly Operator SetData = new("set_data");
                private static readonly Operator MoveTensor = new("to", "device");

                protected DeviceType _deviceType = DeviceType.CPU;
                protected int _deviceIndex = -1;

                protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
                {
                    RequireFloating(dtype);
                    _toEpilog(dtype, device, non_blocking);
                    return this;
                }

                protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
                {
                    _toEpilog(null, new Device(deviceType, deviceType == DeviceType.CUDA ? deviceIndex : -1), non_blocking);
                    return this;
                }

                protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
                {
                    RequireFloating(dtype);
                    _toEpilog(dtype, null, non_blocking);
                    return this;
                }

                public Module _to(Tensor other, bool non_blocking) => _to(other.device, other.dtype, non_blocking);

                protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

                protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

                protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                    _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

                /// <summary>
                /// Moves and converts what this module and its sub-modules hold. Each tensor keeps its identity and gets new data, as in
                /// PyTorch, so that fields, shared parameters and optimizers go on referring to it.
                /// </summary>
                protected virtual void _toEpilog(ScalarType? dtype, Device device, bool non_blocking)
                {
                    foreach (var (_, child) in named_children())
                    {
                        if (device is null) child._to(dtype.Value, non_blocking);
                        else if (dtype is null) child._to(device.type, device.index, non_blocking);
                        else child._to(device, dtype.Value, non_blocking);
                    }

                    using (no_grad())
                    {
                        foreach (var (_, parameter) in named_parameters(false))
                        {
                            Move(parameter, dtype, device, non_blocking);
                            using var grad = parameter.grad;
                            if (grad is not null) Move(grad, dtype, device, non_blocking);
                        }

                        foreach (var (_, buffer) in named_buffers(false)) Move(buffer, dtype, device, non_blocking);
                    }

                    if (device is null) return;
                    _deviceType = device.type;
                    _deviceIndex = device.index;
                }

                private static void Move(Tensor tensor, ScalarType? dtype, Device device, bool non_blocking)
                {
                    var from = tensor.dtype;
                    var to = dtype is { } wanted && IsFloating(from) ? wanted : from;
                    var here = tensor.device;
                    var moves = device is not null && (device.type != here.type || (device.index >= 0 && device.index != here.index && here.index >= 0));
                    if (to == from && !moves) return;

                    using var moved = MoveTensor.Call(tensor, moves ? device : here, to, non_blocking);
                    SetData.CallInPlace(tensor, moved);
                }

                private static bool IsFloating(ScalarType dtype) => dtype is
                    ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 or
                    ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

                private static void RequireFloating(ScalarType dtype)
                {
                    if (!IsFloating(dtype))
                        throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}", nameof(dtype));
                }

                protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(Device device = null, ScalarType? dtype = null) =>
                    (device ?? get_default_device(), dtype ?? get_default_dtype());
            }
        }
    }

    public static class ModuleExtensionMethods
    {
        public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(type, non_blocking);

        public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(device, type, non_blocking);

        public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(deviceType, deviceIndex, non_blocking);

        public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(device.type, device.index, non_blocking);

        public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module =>
            module.to(new torch.Device(device), non_blocking);

        public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(other.device, other.dtype, non_blocking);

        public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(DeviceType.CPU, -1, non_blocking);

        public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
            (T)module._to(DeviceType.CUDA, deviceIndex, non_blocking);

        public static T half<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float16, non_blocking);

        public static T bfloat16<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.BFloat16, non_blocking);

        public static T @float<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float32, non_blocking);

        public static T @double<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.Float64, non_blocking);

        public static T cfloat<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.ComplexFloat32, non_blocking);

        public static T cdouble<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => module.to(torch.ScalarType.ComplexFloat64, non_blocking);
    }
}
