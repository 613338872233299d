// Writes (x, y, time, 1), found from bounds and row bytes alone; on demand also where it must not.
#include "probe.hpp"

namespace probe {

OfxStatus ramp_main(const char* action, const void* handle, Set in, Set out) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Ramp",
                                 .contexts = {kOfxImageEffectContextGenerator, kOfxImageEffectContextGeneral},
                                 .safety = kOfxImageEffectRenderFullySafe});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectOutputClipName);
        const Set region = define_param(effect, kOfxParamTypeInteger3D, "corner");
        suites.property->propSetInt(region, kOfxParamPropDefault, 0, 0);
        define_param(effect, kOfxParamTypeInteger2D, "size");
        define_param(effect, kOfxParamTypeInteger, "stray");
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionGetRegionOfDefinition) {
        int x = 0, y = 0, z = 0, width = 0, height = 0;
        suites.param->paramGetValue(param(effect, "corner"), &x, &y, &z);
        suites.param->paramGetValue(param(effect, "size"), &width, &height);
        if (width == 0) {
            return kOfxStatReplyDefault;
        }
        const double region[] = {double(x), double(y), double(x + width), double(y + height)};
        return suites.property->propSetDoubleN(out, kOfxImageEffectPropRegionOfDefinition, 4, region);
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    if (!output) {
        return kOfxStatFailed;
    }
    OfxRectI window = arguments.window;
    window.x2 += int_param(effect, "stray", arguments.time);
    each_pixel(window, [&](int x, int y) {
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        pixel[0] = static_cast<float>(x);
        pixel[1] = static_cast<float>(y);
        pixel[2] = static_cast<float>(arguments.time);
        pixel[3] = 1.0F;
    });
    return kOfxStatOK;
}

}  // namespace probe
