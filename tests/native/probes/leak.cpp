// Breaks the rules of images: keeps one, releases one twice, and uses a handle of the render before.
#include "probe.hpp"

namespace probe {

OfxStatus leak_main(const char* action, const void* handle, Set in, Set) {
    static Set of_last_render = nullptr;
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Leak"});
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
    suites.effect->clipGetHandle(effect, kOfxImageEffectSimpleSourceClipName, &clip, nullptr);
    Set kept = nullptr, released = nullptr;
    suites.effect->clipGetImage(clip, time, nullptr, &kept);
    suites.effect->clipGetImage(clip, time, nullptr, &released);
    const bool first = suites.effect->clipReleaseImage(released) == kOfxStatOK;
    const bool second = suites.effect->clipReleaseImage(released) == kOfxStatErrBadHandle;
    int count = 0;
    const bool stale = !of_last_render || (suites.effect->clipReleaseImage(of_last_render) == kOfxStatErrBadHandle &&
                                           suites.property->propGetDimension(of_last_render, kOfxPropType, &count) ==
                                               kOfxStatErrBadHandle);
    of_last_render = kept;
    return kept && first && second && stale ? kOfxStatOK : kOfxStatFailed;
}

}  // namespace probe
