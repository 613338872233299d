// Timeline suite: a host without a window has a current frame, the last one asked for.
#include <openfx/ofx_time_line.h>

#include "effect_instance.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<EffectInstance> find(void* handle) {
    return std::dynamic_pointer_cast<EffectInstance>(HandleTable<Effect>::global().find(handle));
}

// Some hosts have the suite and no time line.
OfxStatus check(const std::shared_ptr<EffectInstance>& effect) {
    if (!effect) {
        return kOfxStatErrBadHandle;
    }
    return effect->profile().time_line ? kOfxStatOK : kOfxStatErrUnsupported;
}

OfxStatus get_time(void* handle, double* time) {
    auto effect = find(handle);
    const OfxStatus status = check(effect);
    if (status == kOfxStatOK && time) {
        *time = effect->timeline_time();
    }
    return status;
}

OfxStatus goto_time(void* handle, double time) {
    auto effect = find(handle);
    const OfxStatus status = check(effect);
    if (status == kOfxStatOK) {
        effect->set_timeline_time(time);
    }
    return status;
}

OfxStatus get_time_bounds(void* handle, double* first, double* last) {
    return guarded([&] {
        auto effect = find(handle);
        if (const OfxStatus status = check(effect); status != kOfxStatOK) {
            return status;
        }
        const OfxRangeD bounds = effect->timeline_bounds();
        if (first) {
            *first = bounds.min;
        }
        if (last) {
            *last = bounds.max;
        }
        return kOfxStatOK;
    });
}

}  // namespace

const void* time_line_suite() {
    static const OfxTimeLineSuiteV1 suite = {
        .getTime = get_time, .gotoTime = goto_time, .getTimeBounds = get_time_bounds};
    return &suite;
}

}  // namespace trimatte::host
