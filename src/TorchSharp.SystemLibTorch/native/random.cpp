// Random number generators.
#include "shim.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include <mutex>

SHIM_EXPORT at::Generator* shim_generator_default(int64_t device) {
    return shim::guarded<at::Generator*>(nullptr, [&] { return new at::Generator(at::globalContext().defaultGenerator(shim::unpack_device(device))); });
}

// A generator of its own. On an accelerator it starts as a copy of that device's default one, which needs no CUDA headers.
SHIM_EXPORT at::Generator* shim_generator_create(uint64_t seed, int64_t device) {
    return shim::guarded<at::Generator*>(nullptr, [&] {
        const auto where = shim::unpack_device(device);
        if (where.is_cpu()) return new at::Generator(at::detail::createCPUGenerator(seed));
        auto copy = at::globalContext().defaultGenerator(where).clone();
        copy.set_current_seed(seed);
        return new at::Generator(std::move(copy));
    });
}

SHIM_EXPORT void shim_generator_free(at::Generator* generator) { delete generator; }
SHIM_EXPORT int64_t shim_generator_device(const at::Generator* generator) { return shim::pack_device(generator->device()); }

SHIM_EXPORT int32_t shim_generator_manual_seed(at::Generator* generator, uint64_t seed) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_current_seed(seed);
        return 0;
    });
}

// Seeds from entropy and returns the seed.
SHIM_EXPORT int32_t shim_generator_seed(at::Generator* generator, uint64_t* seed) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        std::lock_guard<std::mutex> lock(generator->mutex());
        *seed = generator->seed();
        return 0;
    });
}

SHIM_EXPORT int32_t shim_generator_initial_seed(at::Generator* generator, uint64_t* seed) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        std::lock_guard<std::mutex> lock(generator->mutex());
        *seed = generator->current_seed();
        return 0;
    });
}

SHIM_EXPORT at::Tensor* shim_generator_state(at::Generator* generator) {
    return shim::guarded<at::Tensor*>(nullptr, [&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        return shim::boxed(generator->get_state());
    });
}

SHIM_EXPORT int32_t shim_generator_set_state(at::Generator* generator, const at::Tensor* state) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_state(*state);
        return 0;
    });
}

// Seeds the default generators of all devices, as torch.manual_seed does.
SHIM_EXPORT int32_t shim_manual_seed(uint64_t seed) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        at::manual_seed(seed);
        return 0;
    });
}
