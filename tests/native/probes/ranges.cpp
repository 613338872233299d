// Says that it needs three separate ranges of Source and one of Other, and fetches exactly those frames.
#include "probe.hpp"

namespace probe {

namespace {

constexpr double kOffsets[] = {-3.0, -2.0, 1.0, 4.0};  // -3 to -2, 1, 4

}  // namespace

OfxStatus ranges_main(const char* action, const void* handle, Set in, Set out) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Ranges", .contexts = {kOfxImageEffectContextGeneral}, .temporal = true});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.temporal = true});
        define_clip(effect, "Other", {.temporal = true});
        define_clip(effect, kOfxImageEffectOutputClipName);
        return kOfxStatOK;
    }
    const double time = in ? get_double(in, kOfxPropTime) : 0.0;
    if (name == kOfxImageEffectActionGetFramesNeeded) {
        const double source[] = {time - 3.0, time - 2.0, time + 1.0, time + 1.0, time + 4.0, time + 4.0};
        const double other[] = {time + 2.0, time + 2.0};
        suites.property->propSetDoubleN(out, "OfxImageClipPropFrameRange_Source", 6, source);
        return suites.property->propSetDoubleN(out, "OfxImageClipPropFrameRange_Other", 2, other);
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    float sum = 0.0F;
    for (const double offset : kOffsets) {
        const Image image(effect, kOfxImageEffectSimpleSourceClipName, time + offset);
        sum += image ? *reinterpret_cast<const float*>(image.data) : 0.0F;
    }
    const Image other(effect, "Other", time + 2.0);
    const Image output(effect, kOfxImageEffectOutputClipName, time);
    each_pixel(arguments.window, [&](int x, int y) {
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        pixel[0] = sum;
        pixel[1] = other ? *reinterpret_cast<const float*>(other.data) : -1.0F;
        pixel[2] = pixel[3] = 0.0F;
    });
    return kOfxStatOK;
}

}  // namespace probe
