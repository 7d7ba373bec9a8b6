// Gradients and gradient modes.
#include "shim.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <vector>

namespace {

torch::autograd::variable_list to_list(at::Tensor* const* items, int32_t count) {
    torch::autograd::variable_list list;
    list.reserve(count);
    for (int32_t i = 0; i < count; i++) list.push_back(items[i] ? *items[i] : at::Tensor());
    return list;
}

}  // namespace

// retain_graph: 0 no, 1 yes, -1 as create_graph says.
SHIM_EXPORT int32_t shim_backward(at::Tensor* const* tensors, int32_t count, at::Tensor* const* gradients, int32_t gradient_count, int32_t retain_graph,
    int32_t create_graph, at::Tensor* const* inputs, int32_t input_count) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        const bool retain = retain_graph < 0 ? create_graph != 0 : retain_graph != 0;
        torch::autograd::backward(to_list(tensors, count), to_list(gradients, gradient_count), retain, create_graph != 0, to_list(inputs, input_count));
        return 0;
    });
}

// Writes one gradient per input; null where an input was not used and that is allowed.
SHIM_EXPORT int32_t shim_grad(at::Tensor* const* outputs, int32_t output_count, at::Tensor* const* inputs, int32_t input_count, at::Tensor* const* gradients,
    int32_t gradient_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, at::Tensor** results) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        const bool retain = retain_graph < 0 ? create_graph != 0 : retain_graph != 0;
        auto found = torch::autograd::grad(to_list(outputs, output_count), to_list(inputs, input_count), to_list(gradients, gradient_count), retain,
            create_graph != 0, allow_unused != 0);
        for (int32_t i = 0; i < input_count; i++) results[i] = shim::boxed_or_null(found[i]);
        return 0;
    });
}

SHIM_EXPORT at::Tensor* shim_tensor_grad(const at::Tensor* tensor) {
    return shim::guarded<at::Tensor*>(nullptr, [&] { return shim::boxed_or_null(tensor->grad()); });
}

SHIM_EXPORT int32_t shim_tensor_set_grad(at::Tensor* tensor, const at::Tensor* gradient) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        if (gradient && gradient->defined()) {
            TORCH_CHECK(gradient->sizes() == tensor->sizes(), "assigned grad has data of a different size: expected ", tensor->sizes(), ", got ", gradient->sizes());
            TORCH_CHECK(gradient->scalar_type() == tensor->scalar_type(), "assigned grad has data of a different type: expected ", tensor->scalar_type(),
                ", got ", gradient->scalar_type());
            TORCH_CHECK(gradient->device() == tensor->device(), "assigned grad has data located on a different device: expected ", tensor->device(),
                ", got ", gradient->device());
            tensor->mutable_grad() = *gradient;
        } else {
            tensor->mutable_grad() = at::Tensor();
        }
        return 0;
    });
}

SHIM_EXPORT int32_t shim_tensor_set_requires_grad(at::Tensor* tensor, int32_t value) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        TORCH_CHECK(tensor->is_leaf() || value, "you can only change requires_grad flags of leaf variables.");
        TORCH_CHECK(!value || at::isFloatingType(tensor->scalar_type()) || at::isComplexType(tensor->scalar_type()),
            "only Tensors of floating point and complex dtype can require gradients");
        tensor->set_requires_grad(value != 0);
        return 0;
    });
}

SHIM_EXPORT int32_t shim_tensor_retain_grad(at::Tensor* tensor) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        tensor->retain_grad();
        return 0;
    });
}

SHIM_EXPORT int32_t shim_tensor_set_data(at::Tensor* tensor, const at::Tensor* data) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        tensor->set_data(*data);
        return 0;
    });
}

SHIM_EXPORT int32_t shim_grad_mode() { return at::GradMode::is_enabled(); }
SHIM_EXPORT void shim_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }

SHIM_EXPORT int32_t shim_inference_mode() { return c10::InferenceMode::is_enabled(); }
SHIM_EXPORT void* shim_inference_mode_enter(int32_t enabled) {
    return shim::guarded<void*>(nullptr, [&]() -> void* { return new c10::InferenceMode(enabled != 0); });
}
SHIM_EXPORT void shim_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

SHIM_EXPORT int32_t shim_anomaly_mode() { return torch::autograd::AnomalyMode::is_enabled(); }
SHIM_EXPORT int32_t shim_anomaly_checks_nan() { return torch::autograd::AnomalyMode::should_check_nan(); }
SHIM_EXPORT void shim_set_anomaly_mode(int32_t enabled, int32_t check_nan) { torch::autograd::AnomalyMode::set_enabled(enabled != 0, check_nan != 0); }
