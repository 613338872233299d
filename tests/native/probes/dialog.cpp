// Asks for a dialog when its parameter changes, and while it renders; tells when it may show it.
#include "probe.hpp"

namespace probe {

namespace {

const OfxDialogSuiteV1* suite() {
    return static_cast<const OfxDialogSuiteV1*>(host->fetchSuite(host->host, kOfxDialogSuite, 1));
}

void tell(Handle effect, const char* what, OfxStatus status) {
    suites.message->message(effect, kOfxMessageLog, "", "%s %d", what, status);
}

}  // namespace

OfxStatus dialog_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Dialog"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        define_param(effect, kOfxParamTypePushButton, "about");
        define_param(effect, kOfxParamTypeInteger, "answer");
        return kOfxStatOK;
    }
    if (name == kOfxActionInstanceChanged && suite() && get_string(in, kOfxPropType) == kOfxTypeParameter) {
        tell(effect, "asked", suite()->RequestDialog(effect));
        tell(effect, "redraw", suite()->NotifyRedrawPending());
        return kOfxStatOK;
    }
    if (name == kOfxActionDialog) {  // the handle is what was given with the request
        tell(effect, "shown", suite()->NotifyRedrawPending());
        return suites.param->paramSetValue(param(effect, "answer"), int_param(effect, "answer", 0.0) + 42);
    }
    if (name == kOfxActionEndInstanceChanged) {
        tell(effect, "ended", kOfxStatOK);
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionRender) {
        tell(effect, "asked while it renders", suite() ? suite()->RequestDialog(effect) : kOfxStatErrUnknown);
        return kOfxStatOK;
    }
    return kOfxStatReplyDefault;
}

}  // namespace probe
