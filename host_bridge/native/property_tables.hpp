// What each object of the API carries when it is made.
#pragma once

#include <string>

#include "host_profile.hpp"
#include "property_set.hpp"

namespace trimatte::host {

// Nuke's extension for clips of several planes, as far as effects ask for it that work on one.
inline constexpr const char* kPlaneSuite = "uk.co.thefoundry.FnOfxImageEffectPlaneSuite";
inline constexpr const char* kMultiPlanar = "uk.co.thefoundry.OfxImageEffectPropMultiPlanar";
inline constexpr const char* kPassThrough = "uk.co.thefoundry.OfxImageEffectPropPassThroughComponents";
inline constexpr const char* kPlanesPresent = "uk.co.thefoundry.OfxImageEffectClipPropPlanesPresent";
inline constexpr const char* kRenderPlanes = "OfxImageEffectPropRenderPlanes";
inline constexpr const char* kColourPlane = "uk.co.thefoundry.OfxImagePlaneColour";

struct ParamType;

// Sets what a profile adds to an object, or says otherwise.
void define_extra(PropertySet& set, const ExtraProperties& extra);

void define_host_properties(PropertySet& set, const HostProfile& profile);
void define_effect_descriptor_properties(PropertySet& set, const std::string& bundle_path);
void define_effect_instance_properties(PropertySet& set, const std::string& context);
void define_clip_descriptor_properties(PropertySet& set, const std::string& name);
void define_clip_instance_properties(PropertySet& set);
void define_param_set_properties(PropertySet& set);
void define_param_properties(PropertySet& set, const ParamType& type, const std::string& name);

}  // namespace trimatte::host
