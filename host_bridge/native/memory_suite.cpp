// Memory suite, and the image memory of the image effect suite.
#include <openfx/ofx_memory.h>

#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "effect.hpp"
#include "image_memory.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

constexpr std::size_t kAlignment = 64;

// Blocks by what names them: an address, or a handle. What a plug-in does not free is freed by no one else, because
// the standard lets it outlive the instance.
struct Blocks {
    std::mutex mutex;
    std::unordered_map<const void*, void*> live;
};

Blocks& plain_blocks() {
    static auto* blocks = new Blocks;
    return *blocks;
}

Blocks& image_blocks() {
    static auto* blocks = new Blocks;
    return *blocks;
}

void* allocate(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(-1) - kAlignment) {
        return nullptr;
    }
    const std::size_t rounded = (bytes / kAlignment + 1) * kAlignment;  // never zero
    return std::aligned_alloc(kAlignment, rounded);
}

OfxStatus forget(Blocks& blocks, const void* name) {
    std::lock_guard lock(blocks.mutex);
    const auto found = blocks.live.find(name);
    if (found == blocks.live.end()) {
        return kOfxStatErrBadHandle;
    }
    std::free(found->second);
    blocks.live.erase(found);
    return kOfxStatOK;
}

OfxStatus memory_alloc(void*, std::size_t bytes, void** out) {
    return guarded([&] {
        if (!out) {
            return kOfxStatErrValue;
        }
        *out = allocate(bytes);
        if (!*out) {
            return kOfxStatErrMemory;
        }
        Blocks& blocks = plain_blocks();
        std::lock_guard lock(blocks.mutex);
        blocks.live[*out] = *out;
        return kOfxStatOK;
    });
}

OfxStatus memory_free(void* block) {
    return guarded([&] { return forget(plain_blocks(), block); });
}

}  // namespace

OfxStatus image_memory_alloc(OfxImageEffectHandle effect, std::size_t bytes, OfxImageMemoryHandle* out) {
    return guarded([&] {
        if (!out || (effect && !HandleTable<Effect>::global().find(effect))) {
            return kOfxStatErrBadHandle;
        }
        void* block = allocate(bytes);
        if (!block) {
            return kOfxStatErrMemory;
        }
        *out = static_cast<OfxImageMemoryHandle>(next_handle());
        Blocks& blocks = image_blocks();
        std::lock_guard lock(blocks.mutex);
        blocks.live[*out] = block;
        return kOfxStatOK;
    });
}

OfxStatus image_memory_free(OfxImageMemoryHandle handle) {
    return guarded([&] { return forget(image_blocks(), handle); });
}

// Our blocks never move: a lock only looks the address up, and may be nested.
OfxStatus image_memory_lock(OfxImageMemoryHandle handle, void** out) {
    return guarded([&] {
        Blocks& blocks = image_blocks();
        std::lock_guard lock(blocks.mutex);
        const auto found = blocks.live.find(handle);
        if (found == blocks.live.end() || !out) {
            return kOfxStatErrBadHandle;
        }
        *out = found->second;
        return kOfxStatOK;
    });
}

OfxStatus image_memory_unlock(OfxImageMemoryHandle handle) {
    return guarded([&] {
        Blocks& blocks = image_blocks();
        std::lock_guard lock(blocks.mutex);
        return blocks.live.contains(handle) ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

const void* memory_suite() {
    static const OfxMemorySuiteV1 suite = {.memoryAlloc = memory_alloc, .memoryFree = memory_free};
    return &suite;
}

}  // namespace trimatte::host
