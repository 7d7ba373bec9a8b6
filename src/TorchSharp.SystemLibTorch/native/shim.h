// The C interface between the managed binding and libtorch.
//
// Conventions. Tensors cross as pointers to heap-allocated at::Tensor, one reference each, freed with shim_tensor_free.
// No exception crosses: a function that can fail says so by its return value (null, or a negative count) and leaves
// the text in shim_last_error, which belongs to the calling thread.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <torch/version.h>

#include <cstdint>
#include <exception>
#include <string>

#define SHIM_EXPORT extern "C" __attribute__((visibility("default")))
#define SHIM_TORCH_AT_LEAST(major, minor) \
    (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace shim {

// What an argument or a result holds. The managed enum ArgKind mirrors this one.
enum Kind : int32_t {
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    String = 5,
    IntList = 6,
    DoubleList = 7,
    BoolList = 8,
    TensorList = 9,  // pointers to at::Tensor; null stands for None
    Device = 10,     // high 32 bits: device type, low 32 bits: index
    Generator = 11,
    Complex = 12,    // pointer to two doubles
    ScalarList = 13, // pointer to Value
};

struct Value {
    int32_t kind;
    int32_t length;
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};

void set_last_error(const char* text);

// Runs an action and turns whatever it throws into the thread's error text and the given failure value.
template <typename Result, typename Action>
Result guarded(Result failure, Action&& action) {
    try {
        return action();
    } catch (const c10::Error& error) {
        set_last_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_last_error(error.what());
    } catch (...) {
        set_last_error("libtorch threw something that is not an exception");
    }
    return failure;
}

inline at::Tensor* boxed(at::Tensor tensor) { return new at::Tensor(std::move(tensor)); }
inline at::Tensor* boxed_or_null(at::Tensor tensor) { return tensor.defined() ? boxed(std::move(tensor)) : nullptr; }

inline c10::Device unpack_device(int64_t bits) {
    return c10::Device(static_cast<c10::DeviceType>(bits >> 32), static_cast<c10::DeviceIndex>(static_cast<int32_t>(bits)));
}

inline int64_t pack_device(c10::Device device) {
    return (static_cast<int64_t>(device.type()) << 32) | static_cast<uint32_t>(static_cast<int32_t>(device.index()));
}

}  // namespace shim
