// Asks what hosts answer in different ways, and tells the answers in one message: clips that nobody connected, a clip
// that was never defined, a property that does not exist, the keys of a parameter and its value at frame 0.
#include "probe.hpp"

namespace probe {

namespace {

struct Clip {
    OfxStatus found, asked, fetched, read;
    int connected = -1;
};

Clip look(Handle effect, const char* name, double time) {
    Clip clip{};
    OfxImageClipHandle handle = nullptr;
    Set set = nullptr, image = nullptr;
    clip.found = suites.effect->clipGetHandle(effect, name, &handle, &set);
    clip.asked = suites.property->propGetInt(set, kOfxImageClipPropConnected, 0, &clip.connected);
    clip.fetched = suites.effect->clipGetImage(handle, time, nullptr, &image);
    void* data = nullptr;
    clip.read = image ? suites.property->propGetPointer(image, kOfxImagePropData, 0, &data) : kOfxStatFailed;
    if (image) {
        suites.effect->clipReleaseImage(image);
    }
    return clip;
}

void tell(Handle effect, double time) {
    for (const char* name : {"Mask", "Other"}) {
        const Clip clip = look(effect, name, time);
        suites.message->message(effect, kOfxMessageLog, "", "%s found %d asked %d connected %d fetched %d read %d",
                                name, clip.found, clip.asked, clip.connected, clip.fetched, clip.read);
    }
    OfxImageClipHandle undefined = nullptr;
    const OfxStatus found = suites.effect->clipGetHandle(effect, "Undefined", &undefined, nullptr);
    int dimension = -1;
    const OfxStatus counted = suites.property->propGetDimension(host->host, "OfxPropThatIsNot", &dimension);
    unsigned int keys = 99;
    suites.param->paramGetNumKeys(param(effect, "level"), &keys);
    suites.message->message(effect, kOfxMessageLog, "", "undefined %d %d dimension %d %d keys %u at 0 %g", found,
                            undefined != nullptr, counted, dimension, keys, double_param(effect, "level", 0.0));
}

}  // namespace

OfxStatus manners_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Manners"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName);
        define_clip(effect, "Mask", {.optional = true});
        define_clip(effect, "Other", {.optional = true});
        define_clip(effect, kOfxImageEffectOutputClipName);
        define_param(effect, kOfxParamTypeDouble, "level");
        return kOfxStatOK;
    }
    if (name == kOfxActionInstanceChanged || name == kOfxImageEffectActionIsIdentity) {
        suites.message->message(effect, kOfxMessageLog, "", "%s", action);
        return kOfxStatReplyDefault;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    tell(effect, get_double(in, kOfxPropTime));
    suites.param->paramSetValue(param(effect, "level"), 7.0);
    return kOfxStatFailed;
}

}  // namespace probe
