// What every probe needs.
#include "probe.hpp"

namespace probe {

OfxHost* host = nullptr;
Suites suites;

OfxStatus load() {
    const auto fetch = [](const char* name, int version) { return host->fetchSuite(host->host, name, version); };
    suites.property = static_cast<const OfxPropertySuiteV1*>(fetch(kOfxPropertySuite, 1));
    suites.effect = static_cast<const OfxImageEffectSuiteV1*>(fetch(kOfxImageEffectSuite, 1));
    suites.param = static_cast<const OfxParameterSuiteV1*>(fetch(kOfxParameterSuite, 1));
    suites.memory = static_cast<const OfxMemorySuiteV1*>(fetch(kOfxMemorySuite, 1));
    suites.thread = static_cast<const OfxMultiThreadSuiteV1*>(fetch(kOfxMultiThreadSuite, 1));
    suites.message = static_cast<const OfxMessageSuiteV2*>(fetch(kOfxMessageSuite, 2));
    suites.progress = static_cast<const OfxProgressSuiteV1*>(fetch(kOfxProgressSuite, 1));
    suites.time_line = static_cast<const OfxTimeLineSuiteV1*>(fetch(kOfxTimeLineSuite, 1));
    return suites.property && suites.effect && suites.param ? kOfxStatOK : kOfxStatErrMissingHostFeature;
}

OfxStatus describe(Handle effect, const Description& description) {
    Set set = nullptr;
    suites.effect->getPropertySet(effect, &set);
    suites.property->propSetString(set, kOfxPropLabel, 0, description.label);
    suites.property->propSetString(set, kOfxImageEffectPluginPropGrouping, 0, "Trimatte/Probes");
    int index = 0;
    for (const char* context : description.contexts) {
        suites.property->propSetString(set, kOfxImageEffectPropSupportedContexts, index++, context);
    }
    index = 0;
    for (const char* depth : description.depths) {
        suites.property->propSetString(set, kOfxImageEffectPropSupportedPixelDepths, index++, depth);
    }
    for (const char* property : description.supported) {
        suites.property->propSetString(set, property, 0, "true");
    }
    suites.property->propSetString(set, kOfxImageEffectPluginRenderThreadSafety, 0, description.safety);
    suites.property->propSetInt(set, kOfxImageEffectPropTemporalClipAccess, 0, description.temporal);
    return suites.property->propSetInt(set, kOfxImageEffectPluginPropHostFrameThreading, 0, 0);
}

void define_clip(Handle effect, const char* name, const ClipDescription& description) {
    Set set = nullptr;
    suites.effect->clipDefine(effect, name, &set);
    int index = 0;
    for (const char* components : description.components) {
        suites.property->propSetString(set, kOfxImageEffectPropSupportedComponents, index++, components);
    }
    suites.property->propSetInt(set, kOfxImageEffectPropTemporalClipAccess, 0, description.temporal);
    suites.property->propSetInt(set, kOfxImageClipPropOptional, 0, description.optional);
    suites.property->propSetInt(set, kOfxImageClipPropIsMask, 0, description.mask);
}

void define_filter_clips(Handle effect, const ClipDescription& description) {
    define_clip(effect, kOfxImageEffectSimpleSourceClipName, description);
    define_clip(effect, kOfxImageEffectOutputClipName, description);
}

Set define_param(Handle effect, const char* type, const char* name) {
    OfxParamSetHandle params = nullptr;
    Set set = nullptr;
    suites.effect->getParamSet(effect, &params);
    suites.param->paramDefine(params, type, name, &set);
    return set;
}

double get_double(Set set, const char* name, int index) {
    double value = 0.0;
    suites.property->propGetDouble(set, name, index, &value);
    return value;
}

int get_int(Set set, const char* name, int index) {
    int value = 0;
    suites.property->propGetInt(set, name, index, &value);
    return value;
}

std::string_view get_string(Set set, const char* name, int index) {
    char* value = nullptr;
    suites.property->propGetString(set, name, index, &value);
    return value ? value : "";
}

OfxParamHandle param(Handle effect, const char* name) {
    OfxParamSetHandle params = nullptr;
    OfxParamHandle handle = nullptr;
    suites.effect->getParamSet(effect, &params);
    suites.param->paramGetHandle(params, name, &handle, nullptr);
    return handle;
}

int int_param(Handle effect, const char* name, double time) {
    int value = 0;
    suites.param->paramGetValueAtTime(param(effect, name), time, &value);
    return value;
}

double double_param(Handle effect, const char* name, double time) {
    double value = 0.0;
    suites.param->paramGetValueAtTime(param(effect, name), time, &value);
    return value;
}

const char* string_param(Handle effect, const char* name) {
    char* value = nullptr;
    suites.param->paramGetValue(param(effect, name), &value);
    return value ? value : "";
}

Image::Image(Handle effect, const char* clip, double time) {
    OfxImageClipHandle handle = nullptr;
    status = suites.effect->clipGetHandle(effect, clip, &handle, nullptr);
    if (status != kOfxStatOK) {
        return;
    }
    status = suites.effect->clipGetImage(handle, time, nullptr, &set);
    if (status != kOfxStatOK) {
        set = nullptr;
        return;
    }
    void* address = nullptr;
    suites.property->propGetPointer(set, kOfxImagePropData, 0, &address);
    data = static_cast<char*>(address);
    suites.property->propGetIntN(set, kOfxImagePropBounds, 4, &bounds.x1);
    row_bytes = get_int(set, kOfxImagePropRowBytes);
    const std::string_view layout = get_string(set, kOfxImageEffectPropComponents);
    const std::string_view depth = get_string(set, kOfxImageEffectPropPixelDepth);
    components = layout == kOfxImageComponentRGBA ? 4 : layout == kOfxImageComponentRGB ? 3 : 1;
    component_bytes = depth == kOfxBitDepthByte ? 1 : depth == kOfxBitDepthFloat ? 4 : 2;
    pixel_bytes = components * component_bytes;
}

Image::~Image() {
    if (set) {
        suites.effect->clipReleaseImage(set);
    }
}

RenderArguments render_arguments(Set in) {
    RenderArguments arguments{};
    arguments.time = get_double(in, kOfxPropTime);
    suites.property->propGetIntN(in, kOfxImageEffectPropRenderWindow, 4, &arguments.window.x1);
    arguments.scale_x = get_double(in, kOfxImageEffectPropRenderScale, 0);
    arguments.scale_y = get_double(in, kOfxImageEffectPropRenderScale, 1);
    return arguments;
}

void double_pixels(const Image& source, const Image& output, const OfxRectI& window) {
    each_pixel(window, [&](int x, int y) {
        for (int c = 0; c < output.components; ++c) {
            reinterpret_cast<float*>(output.at(x, y))[c] = 2.0F * reinterpret_cast<const float*>(source.at(x, y))[c];
        }
    });
}

}  // namespace probe
