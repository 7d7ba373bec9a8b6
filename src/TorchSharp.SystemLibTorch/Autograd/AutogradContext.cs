using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a custom function's forward hands to its backward.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> data = [];

            internal AutogradContext()
            {
            }

            public bool MaterializeGrads { get; private set; } = true;

            internal List<Tensor> ToSave { get; private set; } = [];

            internal List<Tensor> Dirty { get; private set; } = [];

            internal List<Tensor> NonDifferentiable { get; private set; } = [];

            /// <summary>The native node, while its backward runs.</summary>
            internal IntPtr Node { get; set; }

            public void save_for_backward(List<Tensor> tensors) => ToSave = tensors;

            public void save_data(string key, object value) => data[key] = value;

            public object get_data(string key) => data.GetValueOrDefault(key)!;

            public void mark_dirty(List<Tensor> tensors) => Dirty = [.. tensors];

            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = [.. tensors];

            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            public List<Tensor> get_saved_variables()
            {
                if (Node == IntPtr.Zero)
                    return ToSave;
                var saved = new List<Tensor>();
                var count = NativeMethods.shim_function_saved_count(Node);
                for (var i = 0; i < count; i++)
                    saved.Add(new Tensor(NativeError.Check(NativeMethods.shim_function_saved(Node, i))));
                return saved;
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing) => ToSave = [];
        }
    }
}
