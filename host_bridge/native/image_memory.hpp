// Blocks of memory that a plug-in asks the host for, by handle or by address.
#pragma once

#include <openfx/ofx_image_effect.h>

#include <cstddef>

namespace trimatte::host {

OfxStatus image_memory_alloc(OfxImageEffectHandle effect, std::size_t bytes, OfxImageMemoryHandle* out);
OfxStatus image_memory_free(OfxImageMemoryHandle handle);
OfxStatus image_memory_lock(OfxImageMemoryHandle handle, void** out);
OfxStatus image_memory_unlock(OfxImageMemoryHandle handle);

}  // namespace trimatte::host
