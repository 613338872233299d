#include "regions.hpp"

#include <algorithm>
#include <cstdlib>

#include "parameters.hpp"

namespace trimatte::shell {

namespace {

bool source_region(EffectInstance& instance, double time, OfxRectD& region) {
    region = {0, 0, 0, 0};
    if (!instance.source()) return false;
    if (suites().effect->clipGetRegionOfDefinition(instance.source(), time, &region) != kOfxStatOK) return false;
    return region.x2 > region.x1 && region.y2 > region.y1;
}

bool host_has_rgba() {
    const Properties host = host_properties();
    for (int i = 0; i < 16; ++i) {
        const std::string components = host.get_string(kOfxImageEffectPropSupportedComponents, "", i);
        if (components.empty()) return i == 0;  // a host that does not say has it
        if (components == kOfxImageComponentRGBA) return true;
    }
    return false;
}

void set_rectangle(const Properties& out, const char* name, const OfxRectD& region) {
    const double values[] = {region.x1, region.y1, region.x2, region.y2};
    for (int i = 0; i < 4; ++i) out.set(name, values[i], i);
}

}  // namespace

const char* wanted_premultiplication(EffectInstance& instance, double time) {
    if (read_choice(instance.parameters(), kViewName, time) != kViewResult) return kOfxImageOpaque;
    switch (read_choice(instance.parameters(), kOutputName, time)) {
        case kOutputPremultiplied:
            return kOfxImagePreMultiplied;
        case kOutputMatteInRgb:
            return kOfxImageOpaque;
        default:
            return kOfxImageUnPreMultiplied;
    }
}

OfxStatus get_clip_preferences(EffectInstance& instance, const Properties& out) {
    const std::string plate = instance.source_properties().get_string(kOfxImageClipPropUnmappedComponents);
    // A filter's output has the components of its source: RGBA wherever the host has it, only a grey plate stays grey.
    const char* components = kOfxImageComponentRGBA;
    if (plate == kOfxImageComponentAlpha) components = kOfxImageComponentAlpha;
    if (plate == kOfxImageComponentRGB && !host_has_rgba()) components = kOfxImageComponentRGB;
    out.set("OfxImageClipPropComponents_Output", components);
    out.set("OfxImageClipPropComponents_Source", components);
    out.set(kOfxImageEffectPropPreMultiplication, wanted_premultiplication(instance, 0));
    out.set(kOfxImageEffectFrameVarying, 1);  // a still source still has one matte per frame
    return kOfxStatOK;
}

OfxStatus get_output_colourspace(EffectInstance& instance, const Properties& out) {
    const std::string plate = instance.source_properties().get_string(kOfxImageClipPropColourspace);
    if (plate.empty()) return kOfxStatReplyDefault;
    out.set(kOfxImageClipPropColourspace, plate.c_str());
    return kOfxStatOK;
}

OfxStatus get_region_of_definition(EffectInstance& instance, const Properties& in, const Properties& out) {
    OfxRectD region;
    if (!source_region(instance, in.get_double(kOfxPropTime, 0), region)) return kOfxStatReplyDefault;
    set_rectangle(out, kOfxImageEffectPropRegionOfDefinition, region);
    return kOfxStatOK;
}

OfxStatus get_regions_of_interest(EffectInstance& instance, const Properties& in, const Properties& out) {
    OfxRectD region;  // the matte of any pixel depends on the whole plate
    if (!source_region(instance, in.get_double(kOfxPropTime, 0), region)) return kOfxStatReplyDefault;
    set_rectangle(out, "OfxImageClipPropRoI_Source", region);
    if (instance.trimap()) set_rectangle(out, "OfxImageClipPropRoI_Trimap", region);
    return kOfxStatOK;
}

// Neighbours only. The solver may want any frame of the span, but a host would fetch all that is listed here for
// every frame; what else is needed is asked for within Render, which tree hosts allow for clips with temporal access.
OfxStatus get_frames_needed(EffectInstance& instance, const Properties& in, const Properties& out) {
    if (!host_properties().get_int(kOfxImageEffectPropTemporalClipAccess, 0)) return kOfxStatReplyDefault;
    const double time = in.get_double(kOfxPropTime, 0);
    double range[2] = {time - 1, time + 1}, clip[2];
    if (instance.source_properties().get_doubles(kOfxImageEffectPropFrameRange, clip, 2) && clip[0] <= clip[1]) {
        range[0] = std::clamp(range[0], std::min(clip[0], time), time);
        range[1] = std::clamp(range[1], time, std::max(clip[1], time));
    }
    for (int i = 0; i < 2; ++i) out.set("OfxImageClipPropFrameRange_Source", range[i], i);
    if (instance.trimap()) {
        int count = 0;
        for (const double at : trimap_times(instance, time)) {
            for (int i = 0; i < 2; ++i) out.set("OfxImageClipPropFrameRange_Trimap", at, count++);
        }
    }
    return kOfxStatOK;
}

std::vector<double> trimap_times(EffectInstance& instance, double time) {
    std::vector<double> times;
    if (!instance.trimap()) return times;
    const std::string text = read_text(instance.parameters(), kTrimapFramesName, time);
    const int offset = read_integer(instance.parameters(), kFrameOffsetName, time);
    for (const char* at = text.c_str(); *at != '\0';) {
        char* end = nullptr;
        const long frame = std::strtol(at, &end, 10);
        if (end != at) times.push_back(static_cast<double>(frame - offset));
        at = end == at ? at + 1 : end;
    }
    return times;
}

OfxStatus is_identity(EffectInstance& instance, const Properties& in, const Properties& out) {
    const double time = in.get_double(kOfxPropTime, 0);
    if (!lacks_keyframes(instance, time)) return kOfxStatReplyDefault;
    warn_without_keyframes(instance);
    out.set(kOfxPropName, kOfxImageEffectSimpleSourceClipName);
    out.set(kOfxPropTime, time);
    return kOfxStatOK;
}

bool lacks_keyframes(EffectInstance& instance, double time) {
    return read_choice(instance.parameters(), kModelName, time) != kModelRvm &&
           read_text(instance.parameters(), kKeyframesName, time).empty() && trimap_times(instance, time).empty();
}

void warn_without_keyframes(EffectInstance& instance) {
    instance.show_message(kOfxMessageWarning,
                          "Trimatte shows the source: set Keyframes to the folder with the painted trimaps" +
                              std::string(instance.trimap() ? ", or list the frames of the Trimap input." : "."));
}

}  // namespace trimatte::shell
