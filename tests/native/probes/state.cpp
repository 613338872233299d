// Private state of a megabyte, written when the host asks, into a visible and a secret string; and odd words.
#include <string>

#include "probe.hpp"

namespace probe {

namespace {

std::string state_of(int edits) {
    std::string text =
        "{\"edits\": " + std::to_string(edits) + ", \"odd\": \"it's = ; \\\" \xc3\xa4\xe2\x82\xac\n\", \"data\": \"";
    text.resize(1 << 20, 'x');
    return text + "\"}";
}

void set_needs_syncing(Handle effect, int needed) {
    OfxParamSetHandle params = nullptr;
    Set set = nullptr;
    suites.effect->getParamSet(effect, &params);
    suites.param->paramSetGetPropertySet(params, &set);
    suites.property->propSetInt(set, kOfxPropParamSetNeedsSyncing, 0, needed);
}

void define_all(Handle effect) {
    define_param(effect, kOfxParamTypeInteger, "edits");
    define_param(effect, kOfxParamTypeInteger, "syncs");
    Set set = define_param(effect, kOfxParamTypeString, "visible");
    suites.property->propSetString(set, kOfxPropLabel, 0, "Sichtbar \xc3\xa4\xc3\xb6\xc3\xbc \xe6\x97\xa5\xe6\x9c\xac");
    suites.property->propSetString(set, kOfxParamPropHint, 0, std::string(10240, 'h').c_str());
    set = define_param(effect, kOfxParamTypeString, "hidden");
    suites.property->propSetInt(set, kOfxParamPropSecret, 0, 1);
}

}  // namespace

OfxStatus state_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "State: \xe2\x82\xac"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        define_all(effect);
        return kOfxStatOK;
    }
    if (name == kOfxActionCreateInstance && !*string_param(effect, "visible")) {
        set_needs_syncing(effect, 0);
        return suites.param->paramSetValue(param(effect, "visible"), "made");
    }
    if (name == kOfxActionInstanceChanged && get_string(in, kOfxPropName) == "edits") {
        set_needs_syncing(effect, 1);
        return kOfxStatOK;
    }
    if (name == kOfxActionSyncPrivateData) {
        const std::string state = state_of(int_param(effect, "edits", 0.0));
        suites.param->paramSetValue(param(effect, "visible"), state.c_str());
        suites.param->paramSetValue(param(effect, "hidden"), state.c_str());
        suites.param->paramSetValue(param(effect, "syncs"), int_param(effect, "syncs", 0.0) + 1);
        set_needs_syncing(effect, 0);
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? kOfxStatOK : kOfxStatReplyDefault;
}

}  // namespace probe
