// OpenGL render suite: images of clips as textures, while an effect renders with OpenGL.
#include <openfx/ofx_gpu_render.h>

#include "effect_instance.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

// The texture has the depth of the clip; it is the whole frame, whatever the region.
OfxStatus load_texture(OfxImageClipHandle handle, OfxTime time, const char*, const OfxRectD*,
                       OfxPropertySetHandle* out) {
    if (out) {
        *out = nullptr;
    }
    return guarded([&] {
        auto clip = HandleTable<Clip>::global().find(handle);
        if (!clip || !clip->owner() || !out) {
            return kOfxStatErrBadHandle;
        }
        std::shared_ptr<Image> image;
        try {
            image = clip->owner()->fetch_texture(*clip, time);
        } catch (...) {
            clip->owner()->record_error(std::current_exception());
        }
        if (!image) {
            return kOfxStatFailed;
        }
        *out = image->handle();
        return kOfxStatOK;
    });
}

OfxStatus free_texture(OfxPropertySetHandle handle) {
    return guarded([&] {
        const auto image = HandleTable<Image>::global().find(handle);
        const auto holder = image ? image->holder.lock() : nullptr;
        return holder && holder->release_image(*image) ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus flush_resources() { return kOfxStatOK; }  // textures nobody holds are gone already

}  // namespace

const void* opengl_render_suite() {
    static const OfxImageEffectOpenGLRenderSuiteV1 suite = {
        .clipLoadTexture = load_texture, .clipFreeTexture = free_texture, .flushResources = flush_resources};
    return &suite;
}

}  // namespace trimatte::host
