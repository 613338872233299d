// What hosts, effects and clips carry when they are made; names, types and defaults are those of the standard.
#include "property_tables.hpp"

#include <openfx/openfx.h>

namespace trimatte::host {

namespace {

constexpr Access kHost = Access::kHostWrites;
constexpr Access kPlugin = Access::kPluginWrites;

// Natron's: a menu may be written anew at any time, as it may here. Effects of several planes ask for it.
constexpr const char* kDynamicChoices = "NatronOfxParamHostPropSupportsDynamicChoices";

std::string text(const char* words = "") { return words; }

std::vector<Value> to_values(const std::vector<int>& numbers) { return {numbers.begin(), numbers.end()}; }

// Name, label and the like, which a plug-in may set on whatever it describes.
void define_labels(PropertySet& set, const std::string& label) {
    set.define(kOfxPropLabel, kPlugin, {label});
    set.define(kOfxPropShortLabel, kPlugin, {label});
    set.define(kOfxPropLongLabel, kPlugin, {label});
}

// What a side could do; the host says more where its profile names a device.
void define_gpu_switches(PropertySet& set, Access access) {
    for (const char* name : {kOfxImageEffectPropOpenGLRenderSupported, kOfxImageEffectPropCudaRenderSupported,
                             kOfxImageEffectPropCudaStreamSupported, kOfxImageEffectPropMetalRenderSupported,
                             kOfxImageEffectPropOpenCLRenderSupported, kOfxImageEffectPropOpenCLSupported}) {
        set.define(name, access, {text("false")});
    }
    set.define(kOfxImageEffectPropCPURenderSupported, access, {text("true")});
}

}  // namespace

void define_extra(PropertySet& set, const ExtraProperties& extra) {
    for (const auto& [name, values] : extra) {
        std::vector<Value> converted;
        for (const auto& value : values) {
            std::visit([&](const auto& held) { converted.emplace_back(held); }, value);
        }
        set.define(name, kHost, converted);
    }
}

void define_host_properties(PropertySet& set, const HostProfile& profile) {
    set.define(kOfxPropType, kHost, {text(kOfxTypeImageEffectHost)});
    set.define(kOfxPropName, kHost, {profile.name});
    set.define(kOfxPropLabel, kHost, {profile.label});
    set.define_list(kOfxPropVersion, kHost, 0, to_values(profile.version));
    set.define(kOfxPropVersionLabel, kHost, {text("0.1.0")});
    set.define_list(kOfxPropAPIVersion, kHost, 0, to_values(profile.api_version));
    set.define(kOfxPropHostOSHandle, kHost, {static_cast<void*>(nullptr)});
    set.define(kOfxImageEffectHostPropIsBackground, kHost, {profile.background ? 1 : 0});
    set.define(kOfxImageEffectPropSupportsOverlays, kHost, {profile.overlays ? 1 : 0});
    set.define(kOfxImageEffectPropSupportsMultiResolution, kHost, {profile.multi_resolution ? 1 : 0});
    set.define(kOfxImageEffectPropSupportsTiles, kHost, {profile.tiles ? 1 : 0});
    set.define(kOfxImageEffectPropTemporalClipAccess, kHost, {profile.temporal_access ? 1 : 0});
    set.define_list(kOfxImageEffectPropSupportedComponents, kHost, text(), to_values(profile.components));
    set.define_list(kOfxImageEffectPropSupportedPixelDepths, kHost, text(), to_values(profile.depths));
    set.define_list(kOfxImageEffectPropSupportedContexts, kHost, text(), to_values(profile.contexts));
    set.define(kOfxImageEffectPropSupportsMultipleClipDepths, kHost, {profile.multiple_clip_depths ? 1 : 0});
    set.define(kOfxImageEffectPropSupportsMultipleClipPARs, kHost, {0});
    set.define(kOfxImageEffectPropSetableFrameRate, kHost, {0});
    set.define(kOfxImageEffectPropSetableFielding, kHost, {0});
    set.define(kOfxImageEffectInstancePropSequentialRender, kHost, {2});
    set.define(kOfxImageEffectPropRenderQualityDraft, kHost, {0});
    set.define(kOfxImageEffectHostPropNativeOrigin, kHost, {text(kOfxHostNativeOriginBottomLeft)});
    set.define(kOfxParamHostPropSupportsCustomInteract, kHost, {profile.overlays ? 1 : 0});
    set.define(kOfxParamHostPropSupportsStringAnimation, kHost, {1});
    set.define(kOfxParamHostPropSupportsChoiceAnimation, kHost, {1});
    set.define(kOfxParamHostPropSupportsStrChoice, kHost, {1});
    set.define(kOfxParamHostPropSupportsStrChoiceAnimation, kHost, {1});
    set.define(kOfxParamHostPropSupportsBooleanAnimation, kHost, {1});
    set.define(kOfxParamHostPropSupportsCustomAnimation, kHost, {0});
    set.define(kOfxParamHostPropSupportsParametricAnimation, kHost, {0});
    set.define(kOfxParamHostPropMaxParameters, kHost, {-1});
    set.define(kOfxParamHostPropMaxPages, kHost, {0});
    set.define(kOfxParamHostPropPageRowColumnCount, kHost, {0, 0});
    if (profile.planes) {
        set.define(kMultiPlanar, kHost, {1});
        set.define(kDynamicChoices, kHost, {1});
    }
    define_gpu_switches(set, kHost);
    if (profile.gpu == "cuda") {
        set.set(kOfxImageEffectPropCudaRenderSupported, text("true"));
        set.set(kOfxImageEffectPropCudaStreamSupported, text("true"));
    } else if (profile.gpu == "opencl") {
        set.set(kOfxImageEffectPropOpenCLRenderSupported, text("true"));
        set.set(kOfxImageEffectPropOpenCLSupported, text("true"));
    } else if (profile.gpu == "opengl") {
        set.set(kOfxImageEffectPropOpenGLRenderSupported, text("true"));
    }
    define_extra(set, profile.host_properties);
    for (const std::string& name : profile.hidden_properties) {
        set.remove(name);
    }
}

void define_effect_descriptor_properties(PropertySet& set, const std::string& bundle_path) {
    set.define(kOfxPropType, kHost, {text(kOfxTypeImageEffect)});
    define_labels(set, "");
    set.define_list(kOfxPropVersion, kPlugin, 0);
    set.define(kOfxPropVersionLabel, kPlugin, {text()});
    set.define(kOfxPropPluginDescription, kPlugin, {text()});
    set.define(kOfxPropIcon, kPlugin, {text(), text()});
    set.define_list(kOfxImageEffectPropSupportedContexts, kPlugin, text());
    set.define(kOfxImageEffectPluginPropGrouping, kPlugin, {text()});
    set.define(kOfxImageEffectPluginPropObsolete, kPlugin, {0});
    set.define(kOfxImageEffectPluginPropSingleInstance, kPlugin, {0});
    set.define(kOfxImageEffectPluginRenderThreadSafety, kPlugin, {text(kOfxImageEffectRenderInstanceSafe)});
    set.define(kOfxImageEffectPluginPropHostFrameThreading, kPlugin, {1});
    set.define(kOfxImageEffectPluginPropOverlayInteractV1, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxImageEffectPluginPropOverlayInteractV2, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxImageEffectPropSupportsMultiResolution, kPlugin, {1});
    set.define(kOfxImageEffectPropSupportsTiles, kPlugin, {1});
    set.define(kOfxImageEffectPropTemporalClipAccess, kPlugin, {0});
    set.define(kOfxImageEffectPropNoSpatialAwareness, kPlugin, {text("false")});
    set.define_list(kOfxImageEffectPropSupportedPixelDepths, kPlugin, text());
    set.define(kOfxImageEffectPluginPropFieldRenderTwiceAlways, kPlugin, {1});
    set.define(kOfxImageEffectPropSupportsMultipleClipDepths, kPlugin, {0});
    set.define(kOfxImageEffectPropSupportsMultipleClipPARs, kPlugin, {0});
    set.define_list(kOfxImageEffectPropClipPreferencesSlaveParam, kPlugin, text());
    set.define(kOfxImageEffectInstancePropSequentialRender, kPlugin, {0});
    set.define(kOfxPluginPropFilePath, kHost, {bundle_path});
    set.define(kMultiPlanar, kPlugin, {0});
    set.define(kPassThrough, kPlugin, {0});
    define_gpu_switches(set, kPlugin);
}

void define_effect_instance_properties(PropertySet& set, const std::string& context) {
    set.define(kOfxPropType, kHost, {text(kOfxTypeImageEffectInstance)});
    set.define(kOfxImageEffectPropContext, kHost, {context});
    set.define(kOfxPropInstanceData, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxImageEffectPropPluginHandle, kHost, {static_cast<void*>(nullptr)});
    set.define(kOfxImageEffectPropProjectSize, kHost, {0.0, 0.0});
    set.define(kOfxImageEffectPropProjectOffset, kHost, {0.0, 0.0});
    set.define(kOfxImageEffectPropProjectExtent, kHost, {0.0, 0.0});
    set.define(kOfxImageEffectPropProjectPixelAspectRatio, kHost, {1.0});
    set.define(kOfxImageEffectInstancePropEffectDuration, kHost, {1.0});
    set.define(kOfxImageEffectPropFrameRate, kHost, {24.0});
    set.define(kOfxPropIsInteractive, kHost, {0});
}

void define_clip_descriptor_properties(PropertySet& set, const std::string& name) {
    set.define(kOfxPropType, kHost, {text(kOfxTypeClip)});
    set.define(kOfxPropName, kHost, {name});
    define_labels(set, name);
    set.define_list(kOfxImageEffectPropSupportedComponents, kPlugin, text());
    set.define(kOfxImageEffectPropTemporalClipAccess, kPlugin, {0});
    set.define(kOfxImageClipPropOptional, kPlugin, {0});
    set.define(kOfxImageClipPropIsMask, kPlugin, {0});
    set.define(kOfxImageClipPropFieldExtraction, kPlugin, {text(kOfxImageFieldDoubled)});
    set.define(kOfxImageEffectPropSupportsTiles, kPlugin, {1});
}

void define_clip_instance_properties(PropertySet& set) {
    set.define(kOfxImageEffectPropPixelDepth, kHost, {text(kOfxBitDepthNone)});
    set.define(kOfxImageEffectPropComponents, kHost, {text(kOfxImageComponentNone)});
    set.define(kOfxImageClipPropUnmappedPixelDepth, kHost, {text(kOfxBitDepthNone)});
    set.define(kOfxImageClipPropUnmappedComponents, kHost, {text(kOfxImageComponentNone)});
    set.define(kOfxImageEffectPropPreMultiplication, kHost, {text(kOfxImageUnPreMultiplied)});
    set.define(kOfxImagePropPixelAspectRatio, kHost, {1.0});
    set.define(kOfxImageEffectPropFrameRate, kHost, {24.0});
    set.define(kOfxImageEffectPropUnmappedFrameRate, kHost, {24.0});
    set.define(kOfxImageEffectPropFrameRange, kHost, {0.0, 0.0});
    set.define(kOfxImageEffectPropUnmappedFrameRange, kHost, {0.0, 0.0});
    set.define(kOfxImageClipPropFieldOrder, kHost, {text(kOfxImageFieldNone)});
    set.define(kOfxImageClipPropConnected, kHost, {0});
    set.define(kOfxImageClipPropContinuousSamples, kHost, {0});
    set.define_list(kPlanesPresent, kHost, text(), {text(kColourPlane)});
}

}  // namespace trimatte::host
