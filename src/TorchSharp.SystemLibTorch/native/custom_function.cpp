// Differentiable functions whose backward is managed code.
#include "shim.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

namespace {

using torch::autograd::variable_list;

// What an edge holds its node by: std::shared_ptr, or c10::intrusive_ptr in newer versions.
using Shared = decltype(torch::autograd::Edge::function);
constexpr bool by_shared_ptr = std::is_same<Shared, std::shared_ptr<torch::autograd::Node>>::value;

// Templates, so that only the branch for this libtorch is compiled.
template <typename Pointer, typename Node>
Pointer own(Node* node) {
    // deleteNode (found through its argument) takes long chains of nodes apart without recursion.
    if constexpr (by_shared_ptr) return Pointer(node, [](Node* last) { deleteNode(last); });
    else return Pointer::unsafe_steal_from_new(node);
}

template <typename Pointer, typename Node>
Pointer another_reference(Node* node) {
    if constexpr (by_shared_ptr) return node->shared_from_this();
    else return Pointer::reclaim_copy(node);
}

// Managed backward: reads `count` gradients (null where undefined), writes one gradient per tensor argument (null for
// none) into `results`. Returns 0, or -1 with UTF-8 text copied into `message`.
using Backward = int32_t (*)(void* context, Shared* self, at::Tensor** gradients, int32_t count, at::Tensor** results, int32_t result_count, char* message, int32_t message_size);
using Release = void (*)(void* context);

struct ManagedNode final : torch::autograd::Node {
    Backward backward = nullptr;
    Release release_context = nullptr;
    void* context = nullptr;
    std::vector<torch::autograd::SavedVariable> saved;
    int32_t argument_count = 0;

    ~ManagedNode() override {
        if (release_context) release_context(context);
    }

    std::string name() const override { return "ManagedFunction"; }

    void release_variables() override {
        for (auto& variable : saved) variable.reset_data();
    }

    variable_list apply(variable_list&& gradients) override {
        std::vector<at::Tensor*> given(gradients.size());
        for (size_t i = 0; i < gradients.size(); i++) given[i] = shim::boxed_or_null(gradients[i]);
        std::vector<at::Tensor*> results(argument_count, nullptr);
        char message[2048] = {0};
        Shared self = another_reference<Shared>(this);
        const int32_t status = backward(context, &self, given.data(), static_cast<int32_t>(given.size()), results.data(), argument_count, message, sizeof(message));
        variable_list list(argument_count);
        for (int32_t i = 0; i < argument_count; i++) {
            if (!results[i]) continue;
            list[i] = std::move(*results[i]);
            delete results[i];
        }
        TORCH_CHECK(status == 0, message);
        return list;
    }
};

ManagedNode& node_of(Shared* handle) { return static_cast<ManagedNode&>(**handle); }

}  // namespace

// The history of one call of a managed function on the given tensor arguments; owns `context` from here on.
SHIM_EXPORT Shared* shim_function_create(at::Tensor* const* arguments, int32_t count, Backward backward, Release release, void* context) {
    return shim::guarded<Shared*>(nullptr, [&]() -> Shared* {
        variable_list list;
        for (int32_t i = 0; i < count; i++) list.push_back(*arguments[i]);
        auto* node = new ManagedNode();
        auto owned = own<Shared>(node);
        node->set_next_edges(torch::autograd::collect_next_edges(list));
        node->backward = backward;
        node->release_context = release;
        node->context = context;
        node->argument_count = count;
        return new Shared(std::move(owned));
    });
}

// Makes outputs of the function: fresh handles over the same values whose history is this function.
SHIM_EXPORT int32_t shim_function_wrap(Shared* handle, at::Tensor* const* outputs, const int32_t* differentiable, const int32_t* dirty, int32_t count, at::Tensor** results) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        for (int32_t i = 0; i < count; i++) {
            if (dirty[i]) {
                TORCH_CHECK(!(outputs[i]->is_leaf() && outputs[i]->requires_grad()), "a leaf Variable that requires grad is being used in an in-place operation.");
                torch::autograd::impl::rebase_history(*outputs[i], {*handle, static_cast<uint32_t>((*handle)->add_input_metadata(*outputs[i]))});
                results[i] = shim::boxed(*outputs[i]);
                continue;
            }
            auto fresh = outputs[i]->detach();
            if (differentiable[i] && (at::isFloatingType(fresh.scalar_type()) || at::isComplexType(fresh.scalar_type()))) {
                torch::autograd::set_history(fresh, *handle);
            } else {
                (*handle)->add_input_metadata(torch::autograd::Node::undefined_input());
            }
            results[i] = shim::boxed(std::move(fresh));
        }
        return 0;
    });
}

// is_output says that the tensor is one of the wrapped outputs: saving it then makes no reference cycle.
SHIM_EXPORT int32_t shim_function_save(Shared* handle, at::Tensor* const* tensors, const int32_t* is_output, int32_t count) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        auto& node = node_of(handle);
        for (int32_t i = 0; i < count; i++) node.saved.emplace_back(*tensors[i], is_output[i] != 0);
        return 0;
    });
}

SHIM_EXPORT int32_t shim_function_saved_count(Shared* handle) { return static_cast<int32_t>(node_of(handle).saved.size()); }

SHIM_EXPORT at::Tensor* shim_function_saved(Shared* handle, int32_t index) {
    return shim::guarded<at::Tensor*>(nullptr, [&] { return shim::boxed(node_of(handle).saved[index].unpack(*handle)); });
}

SHIM_EXPORT void shim_function_free(Shared* handle) {
    shim::guarded<int>(-1, [&] {
        delete handle;
        return 0;
    });
}
