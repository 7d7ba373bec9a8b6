// One tensor in a file, in the format of torch::save and torch.jit archives.
#include "shim.h"

#include <torch/serialize.h>

SHIM_EXPORT int32_t shim_tensor_save(const at::Tensor* tensor, const char* path) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        torch::save(*tensor, std::string(path));
        return 0;
    });
}

SHIM_EXPORT at::Tensor* shim_tensor_load(const char* path) {
    return shim::guarded<at::Tensor*>(nullptr, [&] {
        at::Tensor tensor;
        torch::load(tensor, std::string(path));
        return shim::boxed(std::move(tensor));
    });
}
