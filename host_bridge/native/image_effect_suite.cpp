// Image effect suite: clips, images, abort, and memory for pixels.
#include <openfx/ofx_image_effect.h>

#include "effect.hpp"
#include "effect_instance.hpp"
#include "image_memory.hpp"
#include "property_tables.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<Effect> find(OfxImageEffectHandle handle) { return HandleTable<Effect>::global().find(handle); }
std::shared_ptr<Clip> find(OfxImageClipHandle handle) { return HandleTable<Clip>::global().find(handle); }

// What a ghost's picture is: nothing.
PropertySet& no_picture() {
    static auto* empty = new std::shared_ptr<PropertySet>(PropertySet::create());
    return **empty;
}

bool takes_any_clip(const Effect& effect) {
    const auto* instance = dynamic_cast<const EffectInstance*>(&effect);
    return instance && instance->profile().ghost_clips;
}

OfxStatus get_property_set(OfxImageEffectHandle handle, OfxPropertySetHandle* out) {
    auto effect = find(handle);
    if (!effect || !out) {
        return effect ? kOfxStatErrValue : kOfxStatErrBadHandle;
    }
    *out = effect->properties().handle();
    return kOfxStatOK;
}

OfxStatus get_param_set(OfxImageEffectHandle handle, OfxParamSetHandle* out) {
    auto effect = find(handle);
    if (!effect || !out) {
        return effect ? kOfxStatErrValue : kOfxStatErrBadHandle;
    }
    *out = effect->params().handle();
    return kOfxStatOK;
}

OfxStatus clip_define(OfxImageEffectHandle handle, const char* name, OfxPropertySetHandle* out) {
    return guarded([&] {
        auto descriptor = std::dynamic_pointer_cast<EffectDescriptor>(find(handle));
        if (!descriptor) {
            return kOfxStatErrBadHandle;
        }
        if (!descriptor->may_define_clips()) {
            return kOfxStatErrUnsupported;
        }
        if (!name || !*name || descriptor->find_clip(name)) {
            return kOfxStatErrExists;
        }
        auto clip = descriptor->define_clip(name);
        if (out) {
            *out = clip->properties().handle();
        }
        return kOfxStatOK;
    });
}

OfxStatus clip_get_handle(OfxImageEffectHandle handle, const char* name, OfxImageClipHandle* out,
                          OfxPropertySetHandle* properties) {
    return guarded([&] {
        auto effect = find(handle);
        if (!effect) {
            return kOfxStatErrBadHandle;
        }
        auto clip = effect->find_clip(name ? name : "");
        if (!clip && takes_any_clip(*effect)) {
            if (out) {
                *out = nullptr;
            }
            if (properties) {
                *properties = nullptr;
            }
            return kOfxStatOK;
        }
        if (!clip || !clip->owner()) {  // descriptors have no clips to reach
            return kOfxStatErrUnknown;
        }
        if (out) {
            *out = clip->handle();
        }
        if (properties) {
            *properties = clip->properties().handle();
        }
        return kOfxStatOK;
    });
}

OfxStatus clip_get_property_set(OfxImageClipHandle handle, OfxPropertySetHandle* out) {
    auto clip = find(handle);
    if (!clip || !out) {
        return clip ? kOfxStatErrValue : kOfxStatErrBadHandle;
    }
    *out = clip->properties().handle();
    return kOfxStatOK;
}

// The region is a hint: the whole frame is always at least as large.
OfxStatus clip_get_image(OfxImageClipHandle handle, OfxTime time, const OfxRectD*, OfxPropertySetHandle* out) {
    if (out) {
        *out = nullptr;
    }
    return guarded([&] {
        auto clip = find(handle);
        if (!clip || !clip->owner() || !out) {
            return kOfxStatErrBadHandle;
        }
        if (clip->is_ghost()) {
            *out = no_picture().handle();
            return kOfxStatOK;
        }
        EffectInstance& effect = *clip->owner();
        std::shared_ptr<Image> image;
        try {
            image = effect.fetch_image(*clip, time);
        } catch (...) {
            effect.record_error(std::current_exception());
        }
        if (!image) {
            return kOfxStatFailed;
        }
        *out = image->handle();
        return kOfxStatOK;
    });
}

OfxStatus clip_release_image(OfxPropertySetHandle handle) {
    return guarded([&] {
        if (handle == no_picture().handle()) {
            return kOfxStatOK;
        }
        const auto image = HandleTable<Image>::global().find(handle);
        const auto holder = image ? image->holder.lock() : nullptr;
        return holder && holder->release_image(*image) ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus clip_get_region(OfxImageClipHandle handle, OfxTime time, OfxRectD* out) {
    return guarded([&] {
        auto clip = find(handle);
        if (!clip || !clip->owner() || !out) {
            return kOfxStatErrBadHandle;
        }
        *out = {};
        if (clip->is_output()) {
            *out = clip->owner()->region_of_definition(time, {1.0, 1.0});
            return kOfxStatOK;
        }
        const auto source = clip->source();
        if (source) {
            *out = source->region();
        }
        if (!source && clip->owner()->profile().unwired_black) {
            *out = clip->owner()->region_of_project();
            return kOfxStatOK;
        }
        return source ? kOfxStatOK : kOfxStatFailed;
    });
}

int abort_wanted(OfxImageEffectHandle handle) {
    int answer = 0;
    guarded([&] {
        auto effect = std::dynamic_pointer_cast<EffectInstance>(find(handle));
        if (effect) {
            try {
                answer = effect->profile().aborts && effect->should_abort() ? 1 : 0;
            } catch (...) {
                effect->record_error(std::current_exception());
                answer = 1;
            }
        }
        return kOfxStatOK;
    });
    return answer;
}

}  // namespace

namespace {

// Nuke's way to the planes of a clip. Ours have one, the colour.
OfxStatus clip_get_image_plane(OfxImageClipHandle handle, OfxTime time, const char* plane, const OfxRectD* region,
                               OfxPropertySetHandle* out) {
    if (plane && std::string_view(plane) != kColourPlane) {
        if (out) {
            *out = nullptr;
        }
        return kOfxStatFailed;
    }
    return clip_get_image(handle, time, region, out);
}

// The second version knows views. Ours is one.
OfxStatus clip_get_image_plane_of_view(OfxImageClipHandle handle, OfxTime time, int, const char* plane,
                                       const OfxRectD* region, OfxPropertySetHandle* out) {
    return clip_get_image_plane(handle, time, plane, region, out);
}

OfxStatus clip_get_region_of_view(OfxImageClipHandle handle, OfxTime time, int, OfxRectD* out) {
    return clip_get_region(handle, time, out);
}

OfxStatus get_view_name(OfxImageEffectHandle effect, int view, const char** name) {
    if (!find(effect)) {
        return kOfxStatErrBadHandle;
    }
    if (name) {
        *name = "Main";
    }
    return view == 0 ? kOfxStatOK : kOfxStatErrBadIndex;
}

OfxStatus get_view_count(OfxImageEffectHandle effect, int* count) {
    if (count) {
        *count = 1;
    }
    return find(effect) ? kOfxStatOK : kOfxStatErrBadHandle;
}

struct PlaneSuiteV1 {
    decltype(&clip_get_image_plane) clip_plane;
};

struct PlaneSuiteV2 {
    decltype(&clip_get_image_plane_of_view) clip_plane;
    decltype(&clip_get_region_of_view) clip_region;
    decltype(&get_view_name) view_name;
    decltype(&get_view_count) view_count;
};

}  // namespace

const void* plane_suite(int version) {
    static const PlaneSuiteV1 first = {clip_get_image_plane};
    static const PlaneSuiteV2 second = {clip_get_image_plane_of_view, clip_get_region_of_view, get_view_name,
                                        get_view_count};
    if (version == 2) {
        return &second;
    }
    return version == 1 ? static_cast<const void*>(&first) : nullptr;
}

const void* image_effect_suite() {
    static const OfxImageEffectSuiteV1 suite = {
        .getPropertySet = get_property_set,
        .getParamSet = get_param_set,
        .clipDefine = clip_define,
        .clipGetHandle = clip_get_handle,
        .clipGetPropertySet = clip_get_property_set,
        .clipGetImage = clip_get_image,
        .clipReleaseImage = clip_release_image,
        .clipGetRegionOfDefinition = clip_get_region,
        .abort = abort_wanted,
        .imageMemoryAlloc = image_memory_alloc,
        .imageMemoryFree = image_memory_free,
        .imageMemoryLock = image_memory_lock,
        .imageMemoryUnlock = image_memory_unlock,
    };
    return &suite;
}

}  // namespace trimatte::host
