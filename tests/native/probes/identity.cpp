// Says that it copies a clip: its name and the slip in time are parameters.
#include "probe.hpp"

namespace probe {

OfxStatus identity_main(const char* action, const void* handle, Set in, Set out) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Identity"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        const Set clip = define_param(effect, kOfxParamTypeString, "clip");
        suites.property->propSetString(clip, kOfxParamPropDefault, 0, kOfxImageEffectSimpleSourceClipName);
        define_param(effect, kOfxParamTypeDouble, "slip");
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionIsIdentity) {
        const double time = get_double(in, kOfxPropTime);
        suites.property->propSetString(out, kOfxPropName, 0, string_param(effect, "clip"));
        return suites.property->propSetDouble(out, kOfxPropTime, 0, time + double_param(effect, "slip", time));
    }
    return name == kOfxImageEffectActionRender ? kOfxStatFailed : kOfxStatReplyDefault;
}

}  // namespace probe
