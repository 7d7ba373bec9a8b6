using System.Diagnostics.CodeAnalysis;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public ScalarType dtype => (ScalarType)NativeMethods.shim_tensor_dtype(Handle);

        public Device device
        {
            get
            {
                var packed = NativeMethods.shim_tensor_device(Handle);
                return packed >> 32 == 0 ? new Device(DeviceType.CPU) : Device.FromPacked(packed);
            }
        }

        public DeviceType device_type => (DeviceType)(NativeMethods.shim_tensor_device(Handle) >> 32);

        public int device_index => (int)NativeMethods.shim_tensor_device(Handle);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_sparse => NativeMethods.shim_tensor_layout(Handle) == 1;

        public long Dimensions => NativeMethods.shim_tensor_dim(Handle);

        public long ndim => Dimensions;

        public long NumberOfElements => NativeMethods.shim_tensor_numel(Handle);

        public long ElementSize => NativeMethods.shim_tensor_element_size(Handle);

        public long[] shape => size();

        public Tensor T => Aten.numpy_T.Call(this);

        public Tensor mT => Aten.mT.Call(this);

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_nonzero() => Aten.is_nonzero.CallBool(this);

        public bool is_pinned() => NativeError.Check(NativeMethods.shim_tensor_is_pinned(Handle)) != 0;

        public unsafe long size(int dim)
        {
            var sizes = NativeMethods.shim_tensor_sizes(Handle);
            var size = sizes[CheckDimension(dim)];
            GC.KeepAlive(this);
            return size;
        }

        public unsafe long[] size()
        {
            var sizes = new ReadOnlySpan<long>(NativeMethods.shim_tensor_sizes(Handle), (int)Dimensions).ToArray();
            GC.KeepAlive(this);
            return sizes;
        }

        public unsafe long stride(int dim)
        {
            var stride = Strides()[CheckDimension(dim)];
            GC.KeepAlive(this);
            return stride;
        }

        public unsafe long[] stride()
        {
            var strides = new ReadOnlySpan<long>(Strides(), (int)Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public long storage_offset() => NativeMethods.shim_tensor_storage_offset(Handle);

        public bool is_contiguous() => NativeError.Check(NativeMethods.shim_tensor_is_contiguous(Handle)) != 0;

        public Tensor pin_memory() => Aten.pin_memory.Call(this);

        public Tensor set_(Tensor source) => Aten.set__source_Tensor.CallInPlace(this, source);

        private unsafe long* Strides()
        {
            var strides = NativeMethods.shim_tensor_strides(Handle);
            if (strides == null)
                NativeError.Throw();
            return strides;
        }

        private int CheckDimension(int dim)
        {
            var dimensions = (int)Dimensions;
            var index = dim < 0 ? dim + dimensions : dim;
            if ((uint)index >= (uint)dimensions)
                ThrowDimension(dim, dimensions);
            return index;
        }

        [DoesNotReturn]
        private static void ThrowDimension(int dim, int dimensions) => throw new System.Runtime.InteropServices.ExternalException(
            $"Dimension out of range (expected to be in range of [{-Math.Max(dimensions, 1)}, {Math.Max(dimensions, 1) - 1}], but got {dim})");
    }
}
