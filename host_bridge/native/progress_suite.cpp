// Progress suite, both versions.
#include <openfx/ofx_progress.h>

#include "effect_instance.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<EffectInstance> find(void* handle) {
    return std::dynamic_pointer_cast<EffectInstance>(HandleTable<Effect>::global().find(handle));
}

OfxStatus start(void* handle, const char* label) {
    return guarded([&] {
        auto effect = find(handle);
        if (!effect) {
            return kOfxStatErrBadHandle;
        }
        effect->start_progress(label ? label : "");
        return kOfxStatOK;
    });
}

OfxStatus start_with_id(void* handle, const char* label, const char*) { return start(handle, label); }

OfxStatus update(void* handle, double fraction) {
    return guarded([&] {
        auto effect = find(handle);
        if (!effect) {
            return kOfxStatErrBadHandle;
        }
        return effect->report_progress(fraction) ? kOfxStatOK : kOfxStatReplyNo;
    });
}

OfxStatus end(void* handle) { return find(handle) ? kOfxStatOK : kOfxStatErrBadHandle; }

}  // namespace

const void* progress_suite(int version) {
    static const OfxProgressSuiteV1 first = {.progressStart = start, .progressUpdate = update, .progressEnd = end};
    static const OfxProgressSuiteV2 second = {
        .progressStart = start_with_id, .progressUpdate = update, .progressEnd = end};
    if (version == 2) {
        return &second;
    }
    return version == 1 ? &first : nullptr;
}

}  // namespace trimatte::host
