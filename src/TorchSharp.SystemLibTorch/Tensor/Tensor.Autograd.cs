using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => NativeMethods.shim_tensor_requires_grad(Handle) != 0;
            set => NativeError.Check(NativeMethods.shim_tensor_set_requires_grad(Handle, value ? 1 : 0));
        }

        public bool is_leaf => NativeMethods.shim_tensor_is_leaf(Handle) != 0;

        public Tensor? grad
        {
            get
            {
                var gradient = NativeMethods.shim_tensor_grad(Handle);
                return gradient == IntPtr.Zero ? null : new Tensor(gradient);
            }

            set
            {
                NativeError.Check(NativeMethods.shim_tensor_set_grad(Handle, value?.Handle ?? IntPtr.Zero));
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => NativeError.Check(NativeMethods.shim_tensor_retain_grad(Handle));

        public void backward() => autograd.backward(this, (IList<Tensor>?)null);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null)
            => autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>Makes this tensor one with the values of another, in place; for moving modules between devices and types.</summary>
        internal void SetData(Tensor data)
        {
            NativeError.Check(NativeMethods.shim_tensor_set_data(Handle, data.Handle));
            GC.KeepAlive(data);
        }
    }
}
