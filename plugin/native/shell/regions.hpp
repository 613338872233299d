// The questions a host asks before it renders: regions, frames, preferences, identity.
#pragma once

#include <vector>

#include "effect_instance.hpp"

namespace trimatte::shell {

OfxStatus get_clip_preferences(EffectInstance& instance, const Properties& out);
OfxStatus get_output_colourspace(EffectInstance& instance, const Properties& out);
OfxStatus get_region_of_definition(EffectInstance& instance, const Properties& in, const Properties& out);
OfxStatus get_regions_of_interest(EffectInstance& instance, const Properties& in, const Properties& out);
OfxStatus get_frames_needed(EffectInstance& instance, const Properties& in, const Properties& out);
OfxStatus is_identity(EffectInstance& instance, const Properties& in, const Properties& out);

// Premultiplication that the parameters ask for.
const char* wanted_premultiplication(EffectInstance& instance, double time);
// Times at which the Trimap input is a keyframe; the worker reads the same list and says what is wrong with it.
std::vector<double> trimap_times(EffectInstance& instance, double time);
// Whether the chosen model needs keyframes and there are none: the effect passes the source through.
bool lacks_keyframes(EffectInstance& instance, double time);
void warn_without_keyframes(EffectInstance& instance);

}  // namespace trimatte::shell
