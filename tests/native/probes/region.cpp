// Fetches a region that lies half outside the picture; what comes must hold the inner half and end with the picture.
#include <algorithm>

#include "probe.hpp"

namespace probe {

OfxStatus region_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Region"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const double time = get_double(in, kOfxPropTime);
    OfxImageClipHandle clip = nullptr;
    OfxRectD whole{};
    suites.effect->clipGetHandle(effect, kOfxImageEffectSimpleSourceClipName, &clip, nullptr);
    suites.effect->clipGetRegionOfDefinition(clip, time, &whole);
    const double half = 0.5 * (whole.x2 - whole.x1);
    const OfxRectD asked{whole.x1 - half, whole.y1 + 1.0, whole.x1 + half, whole.y2 + 5.0};
    Set set = nullptr;
    if (suites.effect->clipGetImage(clip, time, &asked, &set) != kOfxStatOK) {
        return kOfxStatFailed;
    }
    OfxRectI bounds{};
    suites.property->propGetIntN(set, kOfxImagePropBounds, 4, &bounds.x1);
    suites.effect->clipReleaseImage(set);
    const bool inside =
        bounds.x1 >= whole.x1 && bounds.y1 >= whole.y1 && bounds.x2 <= whole.x2 && bounds.y2 <= whole.y2;
    const bool enough = bounds.x1 <= std::max(asked.x1, whole.x1) && bounds.y1 <= std::max(asked.y1, whole.y1) &&
                        bounds.x2 >= std::min(asked.x2, whole.x2) && bounds.y2 >= std::min(asked.y2, whole.y2);
    return inside && enough ? kOfxStatOK : kOfxStatErrValue;
}

}  // namespace probe
