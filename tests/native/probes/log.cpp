// Answers ReplyDefault wherever it may, and appends each action to the file named by TRIMATTE_PROBE_LOG.
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "probe.hpp"

namespace probe {

namespace {

void note(const char* action, Set in) {
    const char* path = std::getenv("TRIMATTE_PROBE_LOG");
    std::FILE* file = path ? std::fopen(path, "a") : nullptr;
    if (!file) {
        return;
    }
    const std::string_view name = action;
    std::fputs(action, file);
    if (name == kOfxImageEffectActionRender) {
        std::fprintf(file, " %g", get_double(in, kOfxPropTime));
    } else if (name == kOfxActionInstanceChanged) {
        std::fprintf(file, " %s %s", get_string(in, kOfxPropName).data(), get_string(in, kOfxPropChangeReason).data());
    } else if (name == kOfxImageEffectActionBeginSequenceRender || name == kOfxImageEffectActionEndSequenceRender) {
        std::fprintf(file, " %g-%g", get_double(in, kOfxImageEffectPropFrameRange, 0),
                     get_double(in, kOfxImageEffectPropFrameRange, 1));
    }
    std::fputs("\n", file);
    std::fclose(file);
}

}  // namespace

OfxStatus log_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    const OfxStatus loaded = name == kOfxActionLoad ? load() : kOfxStatReplyDefault;
    note(action, in);
    if (name == kOfxActionDestroyInstance) {  // the last words come from another thread, which is waited for
        std::thread([effect] { suites.message->message(effect, kOfxMessageLog, "", "bye"); }).join();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Log", .temporal = true});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.temporal = true});
        define_clip(effect, kOfxImageEffectOutputClipName);
        define_param(effect, kOfxParamTypeInteger, "a");
        define_param(effect, kOfxParamTypeInteger, "b");
        define_param(effect, kOfxParamTypeInteger, "c");
        return kOfxStatOK;
    }
    if (name == kOfxActionInstanceChanged && get_string(in, kOfxPropName) == "a") {  // a sets b, b sets c
        return suites.param->paramSetValue(param(effect, "b"), 1);
    }
    if (name == kOfxActionInstanceChanged && get_string(in, kOfxPropName) == "b") {
        return suites.param->paramSetValue(param(effect, "c"), 2);
    }
    return name == kOfxImageEffectActionRender ? kOfxStatOK : loaded;
}

}  // namespace probe
