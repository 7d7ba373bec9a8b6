using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>
/// The shim's C functions (native/*.cpp). The ones that only read a field skip the transition of the garbage collector;
/// everything that can take time or lock does not.
/// </summary>
internal static unsafe class NativeMethods
{
    public const string Library = "TorchSharpSystem";

    static NativeMethods() => NativeLibraryLoader.Install();

    // Errors and the library itself
    [DllImport(Library)] public static extern byte* shim_last_error();
    [DllImport(Library)] public static extern int shim_interface_version();
    [DllImport(Library)] public static extern byte* shim_torch_version();

    // Operators
    [DllImport(Library)] public static extern IntPtr shim_operator_find(byte* name, byte* overload);
    [DllImport(Library)] public static extern int shim_operator_call(IntPtr op, NativeValue* arguments, int count, NativeValue* results, int capacity);
    [DllImport(Library)] public static extern void shim_tensor_list_free(IntPtr items);

    // Tensors
    [DllImport(Library)] public static extern void shim_tensor_free(IntPtr tensor);
    [DllImport(Library)] public static extern IntPtr shim_tensor_alias_handle(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern long shim_tensor_numel(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern long shim_tensor_dim(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_tensor_dtype(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern long shim_tensor_element_size(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern long shim_tensor_device(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_tensor_layout(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_tensor_requires_grad(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_tensor_is_leaf(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_tensor_is_same(IntPtr left, IntPtr right);
    [DllImport(Library), SuppressGCTransition] public static extern long* shim_tensor_sizes(IntPtr tensor);
    [DllImport(Library)] public static extern long* shim_tensor_strides(IntPtr tensor);
    [DllImport(Library)] public static extern long shim_tensor_storage_offset(IntPtr tensor);
    [DllImport(Library)] public static extern int shim_tensor_is_contiguous(IntPtr tensor);
    [DllImport(Library)] public static extern int shim_tensor_is_pinned(IntPtr tensor);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_tensor_is_plain(IntPtr tensor);
    [DllImport(Library)] public static extern IntPtr shim_tensor_materialize(IntPtr tensor);
    [DllImport(Library)] public static extern int shim_tensor_data(IntPtr tensor, IntPtr* address);
    [DllImport(Library)] public static extern IntPtr shim_tensor_empty(long* sizes, int dimensions, int dtype, long device);
    [DllImport(Library)] public static extern IntPtr shim_tensor_from_memory(void* memory, long* sizes, int dimensions, int dtype, delegate* unmanaged<IntPtr, void> release, IntPtr context);
    [DllImport(Library)] public static extern int shim_tensor_item(IntPtr tensor, int* kind, double* real, long* integer);
    [DllImport(Library)] public static extern IntPtr shim_tensor_index(IntPtr tensor, Indexing.Entry* entries, int count);
    [DllImport(Library)] public static extern int shim_tensor_index_put(IntPtr tensor, Indexing.Entry* entries, int count, IntPtr value);

    // Gradients
    [DllImport(Library)] public static extern int shim_backward(IntPtr* tensors, int count, IntPtr* gradients, int gradientCount, int retainGraph, int createGraph, IntPtr* inputs, int inputCount);
    [DllImport(Library)] public static extern int shim_grad(IntPtr* outputs, int outputCount, IntPtr* inputs, int inputCount, IntPtr* gradients, int gradientCount, int retainGraph, int createGraph, int allowUnused, IntPtr* results);
    [DllImport(Library)] public static extern IntPtr shim_tensor_grad(IntPtr tensor);
    [DllImport(Library)] public static extern int shim_tensor_set_grad(IntPtr tensor, IntPtr gradient);
    [DllImport(Library)] public static extern int shim_tensor_set_requires_grad(IntPtr tensor, int value);
    [DllImport(Library)] public static extern int shim_tensor_retain_grad(IntPtr tensor);
    [DllImport(Library)] public static extern int shim_tensor_set_data(IntPtr tensor, IntPtr data);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_grad_mode();
    [DllImport(Library), SuppressGCTransition] public static extern void shim_set_grad_mode(int enabled);
    [DllImport(Library), SuppressGCTransition] public static extern int shim_inference_mode();
    [DllImport(Library)] public static extern IntPtr shim_inference_mode_enter(int enabled);
    [DllImport(Library)] public static extern void shim_inference_mode_leave(IntPtr guard);
    [DllImport(Library)] public static extern int shim_anomaly_mode();
    [DllImport(Library)] public static extern int shim_anomaly_checks_nan();
    [DllImport(Library)] public static extern void shim_set_anomaly_mode(int enabled, int checkNan);

    // Functions whose backward is managed
    [DllImport(Library)] public static extern IntPtr shim_function_create(IntPtr* arguments, int count, delegate* unmanaged<IntPtr, IntPtr, IntPtr*, int, IntPtr*, int, byte*, int, int> backward, delegate* unmanaged<IntPtr, void> release, IntPtr context);
    [DllImport(Library)] public static extern int shim_function_wrap(IntPtr function, IntPtr* outputs, int* differentiable, int* dirty, int count, IntPtr* results);
    [DllImport(Library)] public static extern int shim_function_save(IntPtr function, IntPtr* tensors, int* isOutput, int count);
    [DllImport(Library)] public static extern int shim_function_saved_count(IntPtr function);
    [DllImport(Library)] public static extern IntPtr shim_function_saved(IntPtr function, int index);
    [DllImport(Library)] public static extern void shim_function_free(IntPtr function);

    // Random number generators
    [DllImport(Library)] public static extern IntPtr shim_generator_default(long device);
    [DllImport(Library)] public static extern IntPtr shim_generator_create(ulong seed, long device);
    [DllImport(Library)] public static extern void shim_generator_free(IntPtr generator);
    [DllImport(Library)] public static extern long shim_generator_device(IntPtr generator);
    [DllImport(Library)] public static extern int shim_generator_manual_seed(IntPtr generator, ulong seed);
    [DllImport(Library)] public static extern int shim_generator_seed(IntPtr generator, ulong* seed);
    [DllImport(Library)] public static extern int shim_generator_initial_seed(IntPtr generator, ulong* seed);
    [DllImport(Library)] public static extern IntPtr shim_generator_state(IntPtr generator);
    [DllImport(Library)] public static extern int shim_generator_set_state(IntPtr generator, IntPtr state);
    [DllImport(Library)] public static extern int shim_manual_seed(ulong seed);

    // Threads and devices
    [DllImport(Library)] public static extern int shim_num_threads();
    [DllImport(Library)] public static extern int shim_set_num_threads(int count);
    [DllImport(Library)] public static extern int shim_num_interop_threads();
    [DllImport(Library)] public static extern int shim_set_num_interop_threads(int count);
    [DllImport(Library)] public static extern int shim_blas_threads();
    [DllImport(Library)] public static extern void shim_set_blas_threads(int count);
    [DllImport(Library)] public static extern int shim_cuda_device_count();
    [DllImport(Library)] public static extern int shim_cudnn_available();
    [DllImport(Library)] public static extern int shim_cuda_synchronize(int device);
    [DllImport(Library)] public static extern int shim_cuda_manual_seed(ulong seed, int all);
    [DllImport(Library)] public static extern int shim_backend_flag(int flag);
    [DllImport(Library)] public static extern int shim_set_backend_flag(int flag, int value);
    [DllImport(Library)] public static extern int shim_autocast_enabled(int device);
    [DllImport(Library)] public static extern int shim_autocast_dtype(int device);
    [DllImport(Library)] public static extern int shim_autocast_set(int device, int enabled, int dtype);
    [DllImport(Library)] public static extern int shim_autocast_nesting(int change);

    // CUDA graphs
    [DllImport(Library)] public static extern int shim_cuda_graphs_available();
    [DllImport(Library)] public static extern IntPtr shim_cuda_graph_create();
    [DllImport(Library)] public static extern int shim_cuda_graph_begin(IntPtr graph);
    [DllImport(Library)] public static extern int shim_cuda_graph_end(IntPtr graph);
    [DllImport(Library)] public static extern int shim_cuda_graph_replay(IntPtr graph);
    [DllImport(Library)] public static extern void shim_cuda_graph_free(IntPtr graph);

    // Files
    [DllImport(Library)] public static extern int shim_tensor_save(IntPtr tensor, byte* path);
    [DllImport(Library)] public static extern IntPtr shim_tensor_load(byte* path);
}
