// What each object of the API carries when it is made.
#pragma once

#include <string>

#include "host_profile.hpp"
#include "property_set.hpp"

namespace trimatte::host {

struct ParamType;

void define_host_properties(PropertySet& set, const HostProfile& profile);
void define_effect_descriptor_properties(PropertySet& set, const std::string& bundle_path);
void define_effect_instance_properties(PropertySet& set, const std::string& context);
void define_clip_descriptor_properties(PropertySet& set, const std::string& name);
void define_clip_instance_properties(PropertySet& set);
void define_param_set_properties(PropertySet& set);
void define_param_properties(PropertySet& set, const ParamType& type, const std::string& name);

}  // namespace trimatte::host
