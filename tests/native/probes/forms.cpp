// An RGB source, a mask of one channel, and an output whose form the parameters name; paints what it was given.
#include "probe.hpp"

namespace probe {

OfxStatus forms_main(const char* action, const void* handle, Set in, Set out) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        Set set = nullptr;
        suites.effect->getPropertySet(effect, &set);
        suites.property->propSetInt(set, kOfxImageEffectPropSupportsMultipleClipDepths, 0, 1);
        return describe(effect, {.label = "Forms",
                                 .contexts = {kOfxImageEffectContextGeneral},
                                 .depths = {kOfxBitDepthByte, kOfxBitDepthFloat}});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.components = {kOfxImageComponentRGB}});
        define_clip(effect, "Mask", {.components = {kOfxImageComponentAlpha}, .optional = true, .mask = true});
        define_clip(effect, kOfxImageEffectOutputClipName,
                    {.components = {kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentAlpha}});
        define_param(effect, kOfxParamTypeString, "components");
        define_param(effect, kOfxParamTypeString, "premultiplication");
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionGetClipPreferences) {  // float out of bytes; the rest as the parameters say
        suites.property->propSetString(out, "OfxImageClipPropDepth_Output", 0, kOfxBitDepthFloat);
        if (const char* wish = string_param(effect, "premultiplication"); *wish) {
            suites.property->propSetString(out, kOfxImageEffectPropPreMultiplication, 0, wish);
        }
        return suites.property->propSetString(out, "OfxImageClipPropComponents_Output", 0,
                                              string_param(effect, "components"));
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image mask(effect, "Mask", arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    const float painted[] = {static_cast<float>(source.pixel_bytes), static_cast<float>(mask.pixel_bytes),
                             static_cast<float>(output.pixel_bytes), 0.25F};
    each_pixel(arguments.window, [&](int x, int y) {
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        for (int c = 0; c < output.components; ++c) {
            pixel[c] = painted[output.components == 1 ? 2 : c];
        }
    });
    return source && output ? kOfxStatOK : kOfxStatErrImageFormat;
}

}  // namespace probe
