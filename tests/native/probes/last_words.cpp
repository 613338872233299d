// Uses its instance and its overlay as they are destroyed, from this thread and another, and notes what it was told.
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "probe.hpp"

namespace probe {

namespace {

void note(const char* what, bool alive) {
    const char* path = std::getenv("TRIMATTE_PROBE_LOG");
    std::FILE* file = path ? std::fopen(path, "a") : nullptr;
    if (file) {
        std::fprintf(file, "%s:%s\n", what, alive ? "alive" : "dead");
        std::fclose(file);
    }
}

bool is_alive(Handle effect) {
    Set set = nullptr, clip_set = nullptr;
    OfxImageClipHandle clip = nullptr;
    OfxParamSetHandle params = nullptr;
    int count = 0;
    return suites.effect->getPropertySet(effect, &set) == kOfxStatOK &&
           suites.property->propGetDimension(set, kOfxPropInstanceData, &count) == kOfxStatOK &&
           suites.effect->clipGetHandle(effect, kOfxImageEffectOutputClipName, &clip, &clip_set) == kOfxStatOK &&
           suites.effect->getParamSet(effect, &params) == kOfxStatOK && int_param(effect, "seven", 0.0) == 7 &&
           suites.message->message(effect, kOfxMessageLog, "", "bye") == kOfxStatOK &&
           suites.message->clearPersistentMessage(effect) == kOfxStatOK;
}

OfxStatus interact_main(const char* action, const void* handle, Set, Set) {
    if (action != std::string_view(kOfxActionDestroyInstanceInteract)) {
        return kOfxStatOK;
    }
    const auto* suite = static_cast<const OfxInteractSuiteV1*>(host->fetchSuite(host->host, kOfxInteractSuite, 1));
    Set set = nullptr;
    const auto interact = static_cast<OfxInteractHandle>(const_cast<void*>(handle));
    void* effect = nullptr;
    const bool known = suite->interactGetPropertySet(interact, &set) == kOfxStatOK &&
                       suites.property->propGetPointer(set, kOfxPropEffectInstance, 0, &effect) == kOfxStatOK;
    note("overlay", known && is_alive(static_cast<Handle>(effect)));
    return kOfxStatOK;
}

}  // namespace

OfxStatus last_words_main(const char* action, const void* handle, Set, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionUnload) {
        note("unload", true);
        return kOfxStatOK;
    }
    if (name == kOfxActionDescribe) {
        Set set = nullptr;
        suites.effect->getPropertySet(effect, &set);
        suites.property->propSetPointer(set, kOfxImageEffectPluginPropOverlayInteractV2, 0,
                                        reinterpret_cast<void*>(interact_main));
        return describe(effect, {.label = "Last words"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        suites.property->propSetInt(define_param(effect, kOfxParamTypeInteger, "seven"), kOfxParamPropDefault, 0, 7);
        return kOfxStatOK;
    }
    if (name == kOfxActionDestroyInstance) {
        note("here", is_alive(effect));
        std::thread([effect] { note("elsewhere", is_alive(effect)); }).join();
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? kOfxStatOK : kOfxStatReplyDefault;
}

}  // namespace probe
