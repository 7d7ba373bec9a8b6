using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.shim_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.shim_inference_mode() != 0;

    /// <summary>Sets this thread's gradient mode and restores what it was.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly int previous;

        public GradMode(bool enabled)
        {
            previous = NativeMethods.shim_grad_mode();
            NativeMethods.shim_set_grad_mode(enabled ? 1 : 0);
        }

        public void Dispose() => NativeMethods.shim_set_grad_mode(previous);
    }

    private sealed class InferenceMode : IDisposable
    {
        private IntPtr guard;

        public InferenceMode(bool enabled) => guard = NativeError.Check(NativeMethods.shim_inference_mode_enter(enabled ? 1 : 0));

        public void Dispose()
        {
            if (guard != IntPtr.Zero)
                NativeMethods.shim_inference_mode_leave(guard);
            guard = IntPtr.Zero;
        }
    }

    public static partial class autograd
    {
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new IntPtr[inputs.Count];
            fixed (IntPtr* outputHandles = Handles(outputs), inputHandles = Handles(inputs), gradientHandles = Handles(grad_outputs), resultHandles = results)
            {
                // As in PyTorch, a graph that is being created is retained as well.
                NativeError.Check(NativeMethods.shim_grad(outputHandles, outputs.Count, inputHandles, inputs.Count, gradientHandles, grad_outputs?.Count ?? 0,
                    retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, resultHandles));
            }
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => handle == IntPtr.Zero ? null : new Tensor(handle)).ToList();
        }

        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (IntPtr* handles = Handles(tensors), gradientHandles = Handles(grad_tensors), inputHandles = Handles(inputs))
            {
                NativeError.Check(NativeMethods.shim_backward(handles, tensors.Count, gradientHandles, grad_tensors?.Count ?? 0,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, inputHandles, inputs?.Count ?? 0));
            }
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
            => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
            => backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);

        private static IntPtr[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null)
                return [];
            var handles = new IntPtr[tensors.Count];
            for (var i = 0; i < handles.Length; i++)
                handles[i] = tensors[i]?.Handle ?? IntPtr.Zero;
            return handles;
        }
    }
}

/// <summary>Makes autograd say which forward operation a failing gradient belongs to; restores the mode on disposal.</summary>
public class AnomalyMode : IDisposable
{
    private readonly bool wasEnabled = IsEnabled;
    private readonly bool checkedNaN = ShouldCheckNaN;

    public AnomalyMode(bool enabled, bool check_nan = true) => NativeMethods.shim_set_anomaly_mode(enabled ? 1 : 0, check_nan ? 1 : 0);

    public static bool IsEnabled => NativeMethods.shim_anomaly_mode() != 0;

    public static bool ShouldCheckNaN => NativeMethods.shim_anomaly_checks_nan() != 0;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => NativeMethods.shim_set_anomaly_mode(wasEnabled ? 1 : 0, checkedNaN ? 1 : 0);
}
