// Answers Render with the status in its parameter, and says why; 2000 throws an exception instead.
#include <stdexcept>

#include "probe.hpp"

namespace probe {

OfxStatus fail_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Fail"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        define_param(effect, kOfxParamTypeInteger, "status");
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const double time = get_double(in, kOfxPropTime);
    const int status = int_param(effect, "status", time);
    if (status == 2000) {
        throw std::runtime_error("an exception that must not leave the plug-in");
    }
    if (status == kOfxStatOK) {
        suites.message->clearPersistentMessage(effect);
    } else {
        suites.message->setPersistentMessage(effect, kOfxMessageError, "", "frame %d: %s %.1f%%", int(time), "no",
                                             12.5);
    }
    return status;
}

}  // namespace probe
