#include "describe.hpp"

#include "effect_instance.hpp"
#include "overlay.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr const char* kDescription =
    "Mattes video from a few painted trimaps. Put the folder with the trimaps into Keyframes, or connect a roto to "
    "Trimap and list its frames; the matte of every frame is found from them.";

bool host_has_temporal_access() { return host_properties().get_int(kOfxImageEffectPropTemporalClipAccess, 0) != 0; }

Properties define_clip(OfxImageEffectHandle effect, const char* name, bool temporal) {
    OfxPropertySetHandle handle = nullptr;
    const OfxStatus status = suites().effect->clipDefine(effect, name, &handle);
    if (status != kOfxStatOK) throw Refusal(status, std::string("the host refuses the clip ") + name);
    const Properties clip(handle);
    clip.set_all(kOfxImageEffectPropSupportedComponents,
                 {kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentAlpha});
    clip.set(kOfxImageEffectPropSupportsTiles, 0);
    clip.set(kOfxImageEffectPropTemporalClipAccess, temporal ? 1 : 0);
    return clip;
}

}  // namespace

bool host_tells_changes() { return host_properties().get_string(kOfxPropName) != "MLT"; }

void describe(OfxImageEffectHandle effect) {
    OfxPropertySetHandle handle = nullptr;
    if (suites().effect->getPropertySet(effect, &handle) != kOfxStatOK)
        throw Refusal(kOfxStatErrBadHandle, "no effect");
    const Properties properties(handle);
    properties.set(kOfxPropLabel, "Trimatte");
    properties.set(kOfxPropShortLabel, "Trimatte");
    properties.set(kOfxPropLongLabel, "Trimatte video matting");
    properties.set(kOfxPropPluginDescription, kDescription);
    properties.set(kOfxImageEffectPluginPropGrouping, "Keyer");
    properties.set_all(kOfxImageEffectPropSupportedContexts,
                       {kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral});
    properties.set_all(kOfxImageEffectPropSupportedPixelDepths,
                       {kOfxBitDepthFloat, kOfxBitDepthHalf, kOfxBitDepthShort, kOfxBitDepthByte});
    properties.set(kOfxImageEffectPluginPropSingleInstance, 0);
    properties.set(kOfxImageEffectPluginPropHostFrameThreading, 0);
    properties.set(kOfxImageEffectPluginPropFieldRenderTwiceAlways, 0);
    properties.set(kOfxImageEffectPropSupportsMultiResolution, 1);
    properties.set(kOfxImageEffectPropSupportsTiles, 0);  // a matte needs the whole picture
    properties.set(kOfxImageEffectPropSupportsMultipleClipDepths, 0);
    properties.set(kOfxImageEffectPropSupportsMultipleClipPARs, 0);
    properties.set(kOfxImageEffectPropTemporalClipAccess, host_has_temporal_access() ? 1 : 0);
    // Native names of colour spaces, whatever they are: what the worker cannot convert it refuses with words.
    properties.set(kOfxImageEffectPropColourManagementStyle, kOfxImageEffectColourManagementFull);
    properties.set_all(kOfxImageEffectPropColourManagementAvailableConfigs, {kOfxConfigIdentifier});
    properties.set_all(kOfxImageEffectPropClipPreferencesSlaveParam, {kViewName, kOutputName});
    describe_overlay(properties);
    // MLT makes and describes a new instance for every frame unless the effect says Unsafe.
    properties.set(kOfxImageEffectPluginRenderThreadSafety,
                   !host_tells_changes() ? kOfxImageEffectRenderUnsafe : kOfxImageEffectRenderInstanceSafe);
}

void describe_in_context(OfxImageEffectHandle effect, const std::string& context) {
    if (!context.empty() && context != kOfxImageEffectContextFilter && context != kOfxImageEffectContextGeneral) {
        throw Refusal(kOfxStatErrMissingHostFeature, "the context " + context + " is not supported");
    }
    define_clip(effect, kOfxImageEffectSimpleSourceClipName, host_has_temporal_access());
    // Only here: few hosts wire a second clip of a filter, and without other frames no roto could be read.
    const bool has_trimap_clip = context == kOfxImageEffectContextGeneral && host_has_temporal_access();
    if (has_trimap_clip) define_clip(effect, kTrimapClipName, true).set(kOfxImageClipPropOptional, 1);
    define_clip(effect, kOfxImageEffectOutputClipName, false);
    OfxParamSetHandle parameters = nullptr;
    if (suites().effect->getParamSet(effect, &parameters) != kOfxStatOK) throw Refusal(kOfxStatFailed, "no parameters");
    describe_parameters(
        parameters, {.trimap_clip = has_trimap_clip, .overlays = host_has_overlays(), .changes = host_tells_changes()});
}

}  // namespace trimatte::shell
