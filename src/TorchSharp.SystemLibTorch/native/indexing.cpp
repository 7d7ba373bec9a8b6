// Indexing expressions such as t[1, 2:5, ..., mask], evaluated as PyTorch does.
#include "shim.h"

#include <ATen/TensorIndexing.h>

#include <vector>

namespace {

// Mirrors the managed TensorIndex.Kind.
enum EntryKind : int32_t { NewAxis, Single, Null, Ellipsis, Bool, ByTensor, Slice };

struct Entry {
    int32_t kind;
    int32_t given;  // bit 0: start, bit 1: stop, bit 2: step
    int64_t start;
    int64_t stop;
    int64_t step;
    at::Tensor* tensor;
};

// libtorch 2 takes symbolic integers; handing it an int64_t would narrow to int on the way.
#if SHIM_TORCH_AT_LEAST(2, 0)
using Integer = c10::SymInt;
#else
using Integer = int64_t;
#endif

at::indexing::TensorIndex decode(const Entry& entry) {
    switch (entry.kind) {
        case NewAxis: return at::indexing::None;
        case Single: return at::indexing::TensorIndex(Integer(entry.start));
        case Null: return at::indexing::None;  // another name for it
        case Ellipsis: return at::indexing::Ellipsis;
        case Bool: return entry.start != 0;
        case ByTensor:
            TORCH_CHECK(entry.tensor, "an index tensor is null");
            return *entry.tensor;
        case Slice: break;
        default: TORCH_CHECK(false, "unknown kind of index ", entry.kind);
    }
    const int64_t step = entry.given & 4 ? entry.step : 1;
    TORCH_CHECK(step > 0, "step must be greater than zero");
    const int64_t start = entry.given & 1 ? entry.start : 0;
    const int64_t stop = entry.given & 2 ? entry.stop : at::indexing::INDEX_MAX;
    return at::indexing::Slice(Integer(start), Integer(stop), Integer(step));
}

std::vector<at::indexing::TensorIndex> decode_all(const Entry* entries, int32_t count) {
    std::vector<at::indexing::TensorIndex> indices;
    indices.reserve(count);
    for (int32_t i = 0; i < count; i++) indices.push_back(decode(entries[i]));
    return indices;
}

}  // namespace

SHIM_EXPORT at::Tensor* shim_tensor_index(const at::Tensor* tensor, const Entry* entries, int32_t count) {
    return shim::guarded<at::Tensor*>(nullptr, [&] { return shim::boxed(tensor->index(decode_all(entries, count))); });
}

SHIM_EXPORT int32_t shim_tensor_index_put(at::Tensor* tensor, const Entry* entries, int32_t count, const at::Tensor* value) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        tensor->index_put_(decode_all(entries, count), *value);
        return 0;
    });
}
