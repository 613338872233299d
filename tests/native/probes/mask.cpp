// Multiplies Source by an optional one-channel Mask, and adds an optional Background where there is one.
#include "probe.hpp"

namespace probe {

namespace {

bool is_connected(Handle effect, const char* clip) {
    OfxImageClipHandle handle = nullptr;
    Set set = nullptr;
    suites.effect->clipGetHandle(effect, clip, &handle, &set);
    return get_int(set, kOfxImageClipPropConnected) != 0;
}

}  // namespace

OfxStatus mask_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Mask"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName);
        define_clip(effect, "Mask", {.components = {kOfxImageComponentAlpha}, .optional = true, .mask = true});
        define_clip(effect, "Background", {.optional = true});
        define_clip(effect, kOfxImageEffectOutputClipName);
        return kOfxStatOK;
    }
    if (name == kOfxActionInstanceChanged && get_string(in, kOfxPropType) == kOfxTypeClip) {
        suites.message->message(effect, kOfxMessageLog, "", "clip %s changed", get_string(in, kOfxPropName).data());
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image mask(effect, "Mask", arguments.time);
    const Image background(effect, "Background", arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    const bool honest = static_cast<bool>(mask) == is_connected(effect, "Mask") &&
                        static_cast<bool>(background) == is_connected(effect, "Background");
    if (!source || !output || !honest || (mask && mask.components != 1)) {
        return kOfxStatFailed;
    }
    each_pixel(arguments.window, [&](int x, int y) {
        const float share = mask.holds(x, y) ? *reinterpret_cast<const float*>(mask.at(x, y)) : 1.0F;
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        for (int c = 0; c < 4; ++c) {
            const float below = background.holds(x, y) ? reinterpret_cast<const float*>(background.at(x, y))[c] : 0.0F;
            const float above = source.holds(x, y) ? reinterpret_cast<const float*>(source.at(x, y))[c] : 0.0F;
            pixel[c] = above * share + below * (1.0F - share);
        }
    });
    return kOfxStatOK;
}

}  // namespace probe
