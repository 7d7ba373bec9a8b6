// CUDA graphs: a step captured once and replayed without launch overhead. Empty where CUDA is not there at build time.
#include "shim.h"

#ifdef SHIM_CUDA_GRAPHS
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <memory>

namespace {

// Capture must not happen on the default stream, so each graph has one of its own and stays on it while capturing.
struct Graph {
    at::cuda::CUDAGraph graph;
    std::unique_ptr<c10::cuda::CUDAStreamGuard> capturing;
};

}  // namespace

SHIM_EXPORT int32_t shim_cuda_graphs_available() { return 1; }
SHIM_EXPORT void* shim_cuda_graph_create() {
    return shim::guarded<void*>(nullptr, []() -> void* { return new Graph(); });
}
SHIM_EXPORT int32_t shim_cuda_graph_begin(void* handle) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        auto& graph = *static_cast<Graph*>(handle);
        graph.capturing = std::make_unique<c10::cuda::CUDAStreamGuard>(c10::cuda::getStreamFromPool());
        try {
            graph.graph.capture_begin();
        } catch (...) {
            graph.capturing.reset();
            throw;
        }
        return 0;
    });
}
SHIM_EXPORT int32_t shim_cuda_graph_end(void* handle) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        auto& graph = *static_cast<Graph*>(handle);
        auto capturing = std::move(graph.capturing);
        graph.graph.capture_end();
        return 0;
    });
}
SHIM_EXPORT int32_t shim_cuda_graph_replay(void* handle) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        static_cast<Graph*>(handle)->graph.replay();
        return 0;
    });
}
SHIM_EXPORT void shim_cuda_graph_free(void* handle) {
    shim::guarded<int>(-1, [&] {
        delete static_cast<Graph*>(handle);
        return 0;
    });
}
#else
namespace {

int32_t absent() {
    shim::set_last_error("this build of the shim has no CUDA graphs: libtorch has no CUDA, or its headers were not found");
    return -1;
}

}  // namespace

SHIM_EXPORT int32_t shim_cuda_graphs_available() { return 0; }
SHIM_EXPORT void* shim_cuda_graph_create() {
    absent();
    return nullptr;
}
SHIM_EXPORT int32_t shim_cuda_graph_begin(void*) { return absent(); }
SHIM_EXPORT int32_t shim_cuda_graph_end(void*) { return absent(); }
SHIM_EXPORT int32_t shim_cuda_graph_replay(void*) { return absent(); }
SHIM_EXPORT void shim_cuda_graph_free(void*) {}
#endif
