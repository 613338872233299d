#include "constant_host.hpp"

#include <openfx/ofx_draw.h>
#include <openfx/ofx_interact.h>

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fuzz {

namespace {

Set* set_of(OfxPropertySetHandle handle) { return reinterpret_cast<Set*>(handle); }

template <typename Stored, typename Given>
OfxStatus set_value(OfxPropertySetHandle handle, const char* name, int index, Given value) {
    if (!handle || index < 0) return kOfxStatErrBadHandle;
    auto& values = (*set_of(handle))[name];
    if (values.size() <= static_cast<size_t>(index)) values.resize(static_cast<size_t>(index) + 1, Stored{});
    values[static_cast<size_t>(index)] = Stored(value);
    return kOfxStatOK;
}

template <typename Stored>
Stored* find(OfxPropertySetHandle handle, const char* name, int index) {
    if (!handle) return nullptr;
    const auto found = set_of(handle)->find(name);
    if (found == set_of(handle)->end() || index < 0 || static_cast<size_t>(index) >= found->second.size())
        return nullptr;
    return std::get_if<Stored>(&found->second[static_cast<size_t>(index)]);
}

template <typename Stored>
OfxStatus get_value(OfxPropertySetHandle handle, const char* name, int index, Stored* value) {
    Stored* found = find<Stored>(handle, name, index);
    if (found) *value = *found;
    return found ? kOfxStatOK : kOfxStatErrUnknown;
}

OfxStatus get_string(OfxPropertySetHandle handle, const char* name, int index, char** value) {
    std::string* found = find<std::string>(handle, name, index);
    if (found) *value = found->data();
    return found ? kOfxStatOK : kOfxStatErrUnknown;
}

const OfxPropertySuiteV1 kProperties = {.propSetPointer = set_value<void*, void*>,
                                        .propSetString = set_value<std::string, const char*>,
                                        .propSetDouble = set_value<double, double>,
                                        .propSetInt = set_value<int, int>,
                                        .propSetPointerN = nullptr,
                                        .propSetStringN = nullptr,
                                        .propSetDoubleN = nullptr,
                                        .propSetIntN = nullptr,
                                        .propGetPointer = get_value<void*>,
                                        .propGetString = get_string,
                                        .propGetDouble = get_value<double>,
                                        .propGetInt = get_value<int>,
                                        .propGetPointerN = nullptr,
                                        .propGetStringN = nullptr,
                                        .propGetDoubleN = nullptr,
                                        .propGetIntN = nullptr,
                                        .propReset = nullptr,
                                        .propGetDimension = nullptr};

OfxStatus clip_handle(OfxImageEffectHandle, const char* name, OfxImageClipHandle* clip, OfxPropertySetHandle* set) {
    ConstantHost& host = the_host();
    const bool is_source = std::strcmp(name, kOfxImageEffectSimpleSourceClipName) == 0;
    if (!is_source && std::strcmp(name, kOfxImageEffectOutputClipName) != 0) return kOfxStatErrUnknown;
    Set& found = is_source ? host.source : host.output;
    *clip = reinterpret_cast<OfxImageClipHandle>(&found);
    if (set) *set = host.handle_of(found);
    return kOfxStatOK;
}

const OfxImageEffectSuiteV1 kEffects = {
    .getPropertySet =
        [](OfxImageEffectHandle handle, OfxPropertySetHandle* set) {
            *set = reinterpret_cast<OfxPropertySetHandle>(handle);
            return kOfxStatOK;
        },
    .getParamSet =
        [](OfxImageEffectHandle, OfxParamSetHandle* set) {
            *set = reinterpret_cast<OfxParamSetHandle>(&the_host());
            return kOfxStatOK;
        },
    .clipDefine =
        [](OfxImageEffectHandle, const char*, OfxPropertySetHandle* set) {
            static Set descriptor;
            *set = reinterpret_cast<OfxPropertySetHandle>(&descriptor);
            return kOfxStatOK;
        },
    .clipGetHandle = clip_handle,
    .clipGetPropertySet = nullptr,
    .clipGetImage =
        [](OfxImageClipHandle clip, OfxTime, const OfxRectD*, OfxPropertySetHandle* image) {
            ConstantHost& host = the_host();
            *image =
                host.handle_of(reinterpret_cast<Set*>(clip) == &host.source ? host.source_image : host.output_image);
            return kOfxStatOK;
        },
    .clipReleaseImage = [](OfxPropertySetHandle) { return kOfxStatOK; },
    .clipGetRegionOfDefinition =
        [](OfxImageClipHandle, OfxTime, OfxRectD* region) {
            *region = {0, 0, kSide, kSide};
            return kOfxStatOK;
        },
    .abort = [](OfxImageEffectHandle) { return the_host().aborts ? 1 : 0; },
    .imageMemoryAlloc = nullptr,
    .imageMemoryFree = nullptr,
    .imageMemoryLock = nullptr,
    .imageMemoryUnlock = nullptr};

Parameter* parameter_of(OfxParamHandle handle) { return reinterpret_cast<Parameter*>(handle); }

OfxStatus define(OfxParamSetHandle, const char* type, const char* name, OfxPropertySetHandle* set) {
    static Set descriptor;
    Parameter& made = the_host().parameters[name];
    made.type = type;
    if (made.type == kOfxParamTypeString) made.value = std::string();
    if (made.type == kOfxParamTypeDouble) made.value = 1.0;
    *set = reinterpret_cast<OfxPropertySetHandle>(&descriptor);
    return kOfxStatOK;
}

OfxStatus value_at_time(OfxParamHandle handle, OfxTime time, ...) {
    va_list out;
    va_start(out, time);
    Value& value = parameter_of(handle)->value;
    if (auto* text = std::get_if<std::string>(&value)) {
        *va_arg(out, char**) = text->data();
    } else if (const auto* number = std::get_if<double>(&value)) {
        *va_arg(out, double*) = *number;
    } else {
        *va_arg(out, int*) = std::get<int>(value);
    }
    va_end(out);
    return kOfxStatOK;
}

OfxStatus set_parameter(OfxParamHandle handle,
                        ...) {  // reads every byte that it is given, and keeps texts as they were
    va_list in;
    va_start(in, handle);
    if (std::holds_alternative<std::string>(parameter_of(handle)->value)) {
        the_host().drawn += static_cast<int>(std::strlen(va_arg(in, const char*)) % 2);
    }
    va_end(in);
    return kOfxStatOK;
}

const OfxParameterSuiteV1 kParameters = {
    .paramDefine = define,
    .paramGetHandle =
        [](OfxParamSetHandle, const char* name, OfxParamHandle* out, OfxPropertySetHandle*) {
            const auto found = the_host().parameters.find(name);
            if (found == the_host().parameters.end()) return kOfxStatErrUnknown;
            *out = reinterpret_cast<OfxParamHandle>(&found->second);
            return kOfxStatOK;
        },
    .paramSetGetPropertySet = nullptr,
    .paramGetPropertySet = nullptr,
    .paramGetValue = nullptr,
    .paramGetValueAtTime = value_at_time,
    .paramGetDerivative = nullptr,
    .paramGetIntegral = nullptr,
    .paramSetValue = set_parameter,
    .paramSetValueAtTime = nullptr,
    .paramGetNumKeys = nullptr,
    .paramGetKeyTime = nullptr,
    .paramGetKeyIndex = nullptr,
    .paramDeleteKey = nullptr,
    .paramDeleteAllKeys = nullptr,
    .paramCopy = nullptr,
    .paramEditBegin = nullptr,
    .paramEditEnd = nullptr};

// A host formats what it is given: a percent sign that came through alone would be read as a request for an argument.
OfxStatus message(void*, const char*, const char*, const char* format, ...) {
    va_list none;
    va_start(none, format);
    for (const char* at = format; (at = std::strchr(at, '%')) != nullptr; at += 2) {
        if (at[1] != '%') std::abort();
    }
    std::vsnprintf(nullptr, 0, format, none);
    va_end(none);
    return kOfxStatOK;
}

const OfxMessageSuiteV2 kMessages = {
    .message = message, .setPersistentMessage = message, .clearPersistentMessage = [](void*) { return kOfxStatOK; }};

const OfxInteractSuiteV1 kInteracts = {.interactSwapBuffers = nullptr,
                                       .interactRedraw = [](OfxInteractHandle) { return kOfxStatOK; },
                                       .interactGetPropertySet =
                                           [](OfxInteractHandle handle, OfxPropertySetHandle* set) {
                                               *set = reinterpret_cast<OfxPropertySetHandle>(handle);
                                               return kOfxStatOK;
                                           }};

OfxStatus draw(OfxDrawContextHandle, OfxDrawPrimitive, const OfxPointD* points, int count) {
    for (int i = 0; i < count; ++i) {
        if (!std::isfinite(points[i].x) || !std::isfinite(points[i].y)) std::abort();
    }
    ++the_host().drawn;
    return kOfxStatOK;
}

const OfxDrawSuiteV1 kDrawing = {
    .getColour = [](OfxDrawContextHandle, OfxStandardColour, OfxRGBAColourF*) { return kOfxStatOK; },
    .setColour = [](OfxDrawContextHandle, const OfxRGBAColourF*) { return kOfxStatOK; },
    .setLineWidth = [](OfxDrawContextHandle, float) { return kOfxStatOK; },
    .setLineStipple = [](OfxDrawContextHandle, OfxDrawLineStipplePattern) { return kOfxStatOK; },
    .draw = draw,
    .drawText = [](OfxDrawContextHandle, const char*, const OfxPointD*, int) { return kOfxStatOK; }};

const void* fetch_suite(OfxPropertySetHandle, const char* name, int version) {
    const std::map<std::pair<std::string, int>, const void*> suites = {
        {{kOfxPropertySuite, 1}, &kProperties},  {{kOfxImageEffectSuite, 1}, &kEffects},
        {{kOfxParameterSuite, 1}, &kParameters}, {{kOfxMessageSuite, 2}, &kMessages},
        {{kOfxInteractSuite, 1}, &kInteracts},   {{kOfxDrawSuite, 1}, &kDrawing}};
    const auto found = suites.find({name, version});
    return found == suites.end() ? nullptr : found->second;
}

void describe_image(Set& set, std::vector<float>& pixels) {
    pixels.assign(size_t{kSide} * kSide * 4, 0.5F);
    set[kOfxImagePropBounds] = {0, 0, kSide, kSide};
    set[kOfxImagePropRowBytes] = {static_cast<int>(kSide * 4 * sizeof(float))};
    set[kOfxImageEffectPropPixelDepth] = {std::string(kOfxBitDepthFloat)};
    set[kOfxImageEffectPropComponents] = {std::string(kOfxImageComponentRGBA)};
    set[kOfxImagePropData] = {static_cast<void*>(pixels.data())};
}

}  // namespace

ConstantHost::ConstantHost() : host{handle_of(properties), fetch_suite} {
    properties[kOfxPropName] = {std::string("org.trimatte.ConstantHost")};
    properties[kOfxImageEffectPropTemporalClipAccess] = {1};
    properties[kOfxImageEffectPropSupportsOverlays] = {1};
    properties[kOfxImageEffectPropSupportedComponents] = {std::string(kOfxImageComponentRGBA)};
    source[kOfxImageEffectPropFrameRange] = {0.0, 3.0};
    source[kOfxImagePropPixelAspectRatio] = {1.0};
    effect[kOfxPropInstanceData] = {static_cast<void*>(nullptr)};
    interact[kOfxPropInstanceData] = {static_cast<void*>(nullptr)};
    interact[kOfxPropEffectInstance] = {static_cast<void*>(&effect)};
    describe_image(source_image, source_pixels);
    describe_image(output_image, output_pixels);
}

ConstantHost& the_host() {
    static auto* host = new ConstantHost;
    return *host;
}

}  // namespace fuzz
