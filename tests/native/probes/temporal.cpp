// Blends each frame with another one, `offset` frames away. The second probe asks without having declared it.
#include "probe.hpp"

namespace probe {

namespace {

OfxStatus run(const char* action, const void* handle, Set in, Set out, bool declared) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Temporal", .temporal = declared});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.temporal = declared});
        define_clip(effect, kOfxImageEffectOutputClipName);
        const Set offset = define_param(effect, kOfxParamTypeDouble, "offset");
        suites.property->propSetDouble(offset, kOfxParamPropDefault, 0, -1.0);
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionGetFramesNeeded) {
        const double time = get_double(in, kOfxPropTime);
        const double other = time + double_param(effect, "offset", time);
        const double ranges[] = {time, time, other, other};
        return suites.property->propSetDoubleN(out, "OfxImageClipPropFrameRange_Source", 4, ranges);
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const Image now(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image other(effect, kOfxImageEffectSimpleSourceClipName,
                      arguments.time + double_param(effect, "offset", arguments.time));
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    if (!now || !output) {
        return kOfxStatFailed;
    }
    each_pixel(arguments.window, [&](int x, int y) {
        const auto* a = reinterpret_cast<const float*>(now.at(x, y));
        const auto* b = other ? reinterpret_cast<const float*>(other.at(x, y)) : nullptr;
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        for (int c = 0; c < 4; ++c) {  // a frame that does not exist is transparent black
            pixel[c] = 0.5F * a[c] + (b ? 0.5F * b[c] : 0.0F);
        }
    });
    return kOfxStatOK;
}

}  // namespace

OfxStatus temporal_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, true);
}
OfxStatus undeclared_main(const char* action, const void* handle, Set in, Set out) {
    return run(action, handle, in, out, false);
}

}  // namespace probe
