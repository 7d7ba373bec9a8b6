// Version, threads, devices and autocast.
#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <c10/util/Logging.h>
#include <torch/cuda.h>

#include <dlfcn.h>

namespace {

thread_local std::string last_error;

// OpenBLAS keeps a thread pool of its own; its functions are found only where OpenBLAS is what libtorch loaded.
template <typename Function>
Function blas_function(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

// libtorch's errors carry a C++ stack that nobody is shown; finding its names costs milliseconds for every error.
const bool without_stacks = [] {
    c10::SetStackTraceFetcher([]() -> std::string { return {}; });
    return true;
}();

}  // namespace

namespace shim {

void set_last_error(const char* text) { last_error = text ? text : "unknown error"; }

}  // namespace shim

SHIM_EXPORT const char* shim_last_error() { return last_error.c_str(); }

// Changes whenever the C interface does, so that a stale library is told apart from a fresh one.
SHIM_EXPORT int32_t shim_interface_version() { return 1; }

SHIM_EXPORT const char* shim_torch_version() { return TORCH_VERSION; }

SHIM_EXPORT int32_t shim_num_threads() {
    return shim::guarded<int32_t>(-1, [] { return static_cast<int32_t>(at::get_num_threads()); });
}
SHIM_EXPORT int32_t shim_set_num_threads(int32_t count) {
    return shim::guarded<int32_t>(-1, [&] {
        at::set_num_threads(count);
        return 0;
    });
}
SHIM_EXPORT int32_t shim_num_interop_threads() {
    return shim::guarded<int32_t>(-1, [] { return static_cast<int32_t>(at::get_num_interop_threads()); });
}
SHIM_EXPORT int32_t shim_set_num_interop_threads(int32_t count) {
    return shim::guarded<int32_t>(-1, [&] {
        at::set_num_interop_threads(count);
        return 0;
    });
}

// 0 where another BLAS is in use.
SHIM_EXPORT int32_t shim_blas_threads() {
    auto* get = blas_function<int (*)()>("openblas_get_num_threads");
    return get ? get() : 0;
}
SHIM_EXPORT void shim_set_blas_threads(int32_t count) {
    if (auto* set = blas_function<void (*)(int)>("openblas_set_num_threads")) set(count);
}

SHIM_EXPORT int32_t shim_cuda_device_count() {
    return shim::guarded<int32_t>(0, [] { return static_cast<int32_t>(torch::cuda::device_count()); });
}
SHIM_EXPORT int32_t shim_cudnn_available() {
    return shim::guarded<int32_t>(0, [] { return static_cast<int32_t>(torch::cuda::cudnn_is_available()); });
}
SHIM_EXPORT int32_t shim_cuda_synchronize(int32_t device) {
    return shim::guarded<int32_t>(-1, [&] {
        torch::cuda::synchronize(device);
        return 0;
    });
}
SHIM_EXPORT int32_t shim_cuda_manual_seed(uint64_t seed, int32_t all) {
    return shim::guarded<int32_t>(-1, [&] {
        if (all) torch::cuda::manual_seed_all(seed);
        else torch::cuda::manual_seed(seed);
        return 0;
    });
}

// Backend switches: 0 cuBLAS TF32, 1 cuDNN TF32, 2 reduced precision in half matmul, 3 flash attention, 4 math attention.
SHIM_EXPORT int32_t shim_backend_flag(int32_t flag) {
    auto& context = at::globalContext();
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        switch (flag) {
            case 0: return context.allowTF32CuBLAS();
            case 1: return context.allowTF32CuDNN();
            case 2: return static_cast<bool>(context.allowFP16ReductionCuBLAS());
            case 3: return context.userEnabledFlashSDP();
            case 4: return context.userEnabledMathSDP();
            default: return -1;
        }
    });
}
SHIM_EXPORT int32_t shim_set_backend_flag(int32_t flag, int32_t value) {
    auto& context = at::globalContext();
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        switch (flag) {
            case 0: context.setAllowTF32CuBLAS(value != 0); break;
            case 1: context.setAllowTF32CuDNN(value != 0); break;
            case 2: context.setAllowFP16ReductionCuBLAS(value != 0); break;
            case 3: context.setSDPUseFlash(value != 0); break;
            case 4: context.setSDPUseMath(value != 0); break;
            default: return -1;
        }
        return 0;
    });
}

// Autocast, per thread and device type: state is read, set, and the cast cache cleared on leaving the outermost region.
SHIM_EXPORT int32_t shim_autocast_enabled(int32_t device) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
#if SHIM_TORCH_AT_LEAST(2, 4)
        return at::autocast::is_autocast_enabled(static_cast<at::DeviceType>(device));
#else
        return static_cast<at::DeviceType>(device) == at::kCPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
#endif
    });
}
SHIM_EXPORT int32_t shim_autocast_dtype(int32_t device) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
#if SHIM_TORCH_AT_LEAST(2, 4)
        return static_cast<int32_t>(at::autocast::get_autocast_dtype(static_cast<at::DeviceType>(device)));
#else
        return static_cast<int32_t>(static_cast<at::DeviceType>(device) == at::kCPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype());
#endif
    });
}
SHIM_EXPORT int32_t shim_autocast_set(int32_t device, int32_t enabled, int32_t dtype) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        const auto type = static_cast<at::DeviceType>(device);
        const auto scalar_type = static_cast<at::ScalarType>(dtype);
#if SHIM_TORCH_AT_LEAST(2, 4)
        at::autocast::set_autocast_enabled(type, enabled != 0);
        at::autocast::set_autocast_dtype(type, scalar_type);
#else
        if (type == at::kCPU) {
            at::autocast::set_cpu_enabled(enabled != 0);
            at::autocast::set_autocast_cpu_dtype(scalar_type);
        } else {
            at::autocast::set_enabled(enabled != 0);
            at::autocast::set_autocast_gpu_dtype(scalar_type);
        }
#endif
        return 0;
    });
}
SHIM_EXPORT int32_t shim_autocast_nesting(int32_t change) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        if (change > 0) return at::autocast::increment_nesting();
        const int depth = at::autocast::decrement_nesting();
        if (depth == 0) at::autocast::clear_cache();
        return depth;
    });
}
