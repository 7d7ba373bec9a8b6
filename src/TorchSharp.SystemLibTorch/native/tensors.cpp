// Lifetime of tensors and what can be read off them without an operator.
#include "shim.h"

#include <ATen/Functions.h>
#include <ATen/ops/from_blob.h>

SHIM_EXPORT void shim_tensor_free(at::Tensor* tensor) {
    shim::guarded<int>(-1, [&] {
        delete tensor;
        return 0;
    });
}

SHIM_EXPORT at::Tensor* shim_tensor_alias_handle(at::Tensor* tensor) { return shim::boxed(*tensor); }

// Getters that cannot fail on a defined tensor.
SHIM_EXPORT int64_t shim_tensor_numel(const at::Tensor* tensor) { return tensor->unsafeGetTensorImpl()->numel(); }
SHIM_EXPORT int64_t shim_tensor_dim(const at::Tensor* tensor) { return tensor->dim(); }
SHIM_EXPORT int32_t shim_tensor_dtype(const at::Tensor* tensor) { return static_cast<int32_t>(tensor->scalar_type()); }
SHIM_EXPORT int64_t shim_tensor_element_size(const at::Tensor* tensor) { return static_cast<int64_t>(tensor->dtype().itemsize()); }
SHIM_EXPORT int64_t shim_tensor_device(const at::Tensor* tensor) { return shim::pack_device(tensor->device()); }
SHIM_EXPORT int32_t shim_tensor_layout(const at::Tensor* tensor) { return static_cast<int32_t>(tensor->layout()); }
SHIM_EXPORT int32_t shim_tensor_requires_grad(const at::Tensor* tensor) { return tensor->requires_grad(); }
SHIM_EXPORT int32_t shim_tensor_is_leaf(const at::Tensor* tensor) { return tensor->is_leaf(); }
SHIM_EXPORT int32_t shim_tensor_is_same(const at::Tensor* left, const at::Tensor* right) { return left->is_same(*right); }

// Sizes of a dense tensor; valid while the tensor lives and is not resized.
SHIM_EXPORT const int64_t* shim_tensor_sizes(const at::Tensor* tensor) { return tensor->sizes().data(); }

SHIM_EXPORT const int64_t* shim_tensor_strides(const at::Tensor* tensor) {
    static const int64_t none = 0;
    return shim::guarded<const int64_t*>(nullptr, [&]() -> const int64_t* { return tensor->dim() == 0 ? &none : tensor->strides().data(); });
}

SHIM_EXPORT int64_t shim_tensor_storage_offset(const at::Tensor* tensor) {
    return shim::guarded<int64_t>(-1, [&]() -> int64_t { return tensor->storage_offset(); });
}

// 1 contiguous, 0 not, -1 failed.
SHIM_EXPORT int32_t shim_tensor_is_contiguous(const at::Tensor* tensor) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t { return tensor->is_contiguous(); });
}

SHIM_EXPORT int32_t shim_tensor_is_pinned(const at::Tensor* tensor) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t { return tensor->is_pinned(); });
}

// 0 where the values are not what lies in memory: a lazy conjugate or negation, or zeros that were never written out
// (gradients of functions that are flat everywhere).
SHIM_EXPORT int32_t shim_tensor_is_plain(const at::Tensor* tensor) { return !tensor->_is_zerotensor() && !tensor->is_neg() && !tensor->is_conj(); }

// A plain tensor of the same values.
SHIM_EXPORT at::Tensor* shim_tensor_materialize(const at::Tensor* tensor) {
    return shim::guarded<at::Tensor*>(nullptr, [&] {
        if (tensor->_is_zerotensor()) return shim::boxed(at::zeros(tensor->sizes(), tensor->options()));
        return shim::boxed(tensor->detach().resolve_conj().resolve_neg());
    });
}

// Address of the first element; null both for an empty tensor and on failure (the return value of the call tells).
SHIM_EXPORT int32_t shim_tensor_data(const at::Tensor* tensor, void** address) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        TORCH_CHECK(shim_tensor_is_plain(tensor), "this tensor's values are not written out in memory: clone() it first");
        *address = tensor->data_ptr();
        return 0;
    });
}

// Uninitialized dense memory.
SHIM_EXPORT at::Tensor* shim_tensor_empty(const int64_t* sizes, int32_t dimensions, int32_t dtype, int64_t device) {
    return shim::guarded<at::Tensor*>(nullptr, [&] {
        auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(shim::unpack_device(device));
        return shim::boxed(at::empty(at::IntArrayRef(sizes, dimensions), options));
    });
}

// A tensor over memory that someone else owns; `release(context)` is called when the storage dies.
SHIM_EXPORT at::Tensor* shim_tensor_from_memory(void* memory, const int64_t* sizes, int32_t dimensions, int32_t dtype, void (*release)(void*), void* context) {
    return shim::guarded<at::Tensor*>(nullptr, [&] {
        auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
        return shim::boxed(at::from_blob(memory, at::IntArrayRef(sizes, dimensions), [release, context](void*) { release(context); }, options));
    });
}

// Reads a one-element tensor as a real (0), a whole number (1) or a bool (2).
SHIM_EXPORT int32_t shim_tensor_item(const at::Tensor* tensor, int32_t* kind, double* real, int64_t* integer) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        const at::Scalar value = tensor->item();
        if (value.isFloatingPoint()) {
            *kind = 0;
            *real = value.toDouble();
        } else if (value.isComplex()) {
            const auto complex = value.toComplexDouble();
            *kind = 3;
            real[0] = complex.real();
            real[1] = complex.imag();
        } else {
            *kind = value.isBoolean() ? 2 : 1;
            *integer = value.isBoolean() ? value.toBool() : value.toLong();
        }
        return 0;
    });
}
