// Offers every context with the clips and parameters that the standard demands there; blends, slips or paints.
#include "probe.hpp"

namespace probe {

namespace {

std::string_view context_of(Handle effect) {
    Set set = nullptr;
    suites.effect->getPropertySet(effect, &set);
    return get_string(set, kOfxImageEffectPropContext);
}

void define(Handle effect, std::string_view context) {
    if (context == kOfxImageEffectContextTransition) {
        define_clip(effect, kOfxImageEffectTransitionSourceFromClipName);
        define_clip(effect, kOfxImageEffectTransitionSourceToClipName);
        define_param(effect, kOfxParamTypeDouble, kOfxImageEffectTransitionParamName);
    } else if (context == kOfxImageEffectContextRetimer) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.temporal = true});
        define_param(effect, kOfxParamTypeDouble, kOfxImageEffectRetimerParamName);
    } else if (context == kOfxImageEffectContextPaint) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName);
        define_clip(effect, "Brush", {.components = {kOfxImageComponentAlpha}, .mask = true});
    } else if (context != kOfxImageEffectContextGenerator) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName,
                    {.optional = context == kOfxImageEffectContextGeneral});
    }
    define_clip(effect, kOfxImageEffectOutputClipName);
}

float value(const Image& image, int x, int y) {
    return image.holds(x, y) ? *reinterpret_cast<const float*>(image.at(x, y)) : 0.0F;
}

OfxStatus render(Handle effect, Set in) {
    const std::string_view context = context_of(effect);
    const RenderArguments arguments = render_arguments(in);
    const double time = arguments.time;
    const bool transition = context == kOfxImageEffectContextTransition;
    const double other =
        context == kOfxImageEffectContextRetimer ? double_param(effect, kOfxImageEffectRetimerParamName, time) : time;
    const Image first(
        effect, transition ? kOfxImageEffectTransitionSourceFromClipName : kOfxImageEffectSimpleSourceClipName, other);
    const Image second(effect, transition ? kOfxImageEffectTransitionSourceToClipName : "Brush", time);
    const Image output(effect, kOfxImageEffectOutputClipName, time);
    const auto share = static_cast<float>(double_param(effect, kOfxImageEffectTransitionParamName, time));
    each_pixel(arguments.window, [&](int x, int y) {
        const float a = value(first, x, y), b = value(second, x, y);
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        pixel[0] = transition ? a + (b - a) * share : a + b;
        pixel[1] = pixel[2] = static_cast<float>(context.size());
        pixel[3] = 1.0F;
    });
    return output ? kOfxStatOK : kOfxStatFailed;
}

}  // namespace

OfxStatus contexts_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Contexts",
                                 .contexts = {kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral,
                                              kOfxImageEffectContextGenerator, kOfxImageEffectContextTransition,
                                              kOfxImageEffectContextRetimer, kOfxImageEffectContextPaint},
                                 .temporal = true});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define(effect, get_string(in, kOfxImageEffectPropContext));
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? render(effect, in) : kOfxStatReplyDefault;
}

}  // namespace probe
