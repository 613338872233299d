// Copies Source in whatever form arrives; four variants take one depth only.
#include <cstring>

#include "probe.hpp"

namespace probe {

namespace {

OfxStatus run(const char* action, const void* handle, Set in, Set out, std::initializer_list<const char*> depths) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Copy", .depths = depths});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        const auto any = {kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentAlpha};
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.components = any});
        define_clip(effect, kOfxImageEffectOutputClipName, {.components = any});
        define_param(effect, kOfxParamTypeString, "premultiplication");
        define_param(effect, kOfxParamTypeString, "components");
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionGetClipPreferences) {  // asks for what the two strings say
        if (const char* wish = string_param(effect, "premultiplication"); *wish) {
            suites.property->propSetString(out, kOfxImageEffectPropPreMultiplication, 0, wish);
        }
        if (const char* wish = string_param(effect, "components"); *wish) {
            suites.property->propSetString(out, "OfxImageClipPropComponents_Output", 0, wish);
        }
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    if (!source || !output || source.pixel_bytes != output.pixel_bytes) {
        return kOfxStatErrImageFormat;
    }
    each_pixel(arguments.window, [&](int x, int y) {
        if (source.holds(x, y)) {
            std::memcpy(output.at(x, y), source.at(x, y), output.pixel_bytes);
        }
    });
    return kOfxStatOK;
}

}  // namespace

OfxStatus copy_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, {kOfxBitDepthByte, kOfxBitDepthShort, kOfxBitDepthHalf, kOfxBitDepthFloat});
}
OfxStatus copy_byte_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, {kOfxBitDepthByte});
}
OfxStatus copy_short_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, {kOfxBitDepthShort});
}
OfxStatus copy_half_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, {kOfxBitDepthHalf});
}
OfxStatus copy_float_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, {kOfxBitDepthFloat});
}

}  // namespace probe
