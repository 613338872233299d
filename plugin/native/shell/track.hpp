// Solving ahead: the Track buttons, and the choice that stands for them in hosts without buttons.
#pragma once

#include "effect_instance.hpp"

namespace trimatte::shell {

// Does what the parameter ``name`` stands for, seen from the frame at ``time``; false when it is none of Track's.
bool track(EffectInstance& instance, const std::string& name, double time);

// Says which frames of the clip are solved.
std::string list_solved(EffectInstance& instance, double time);

}  // namespace trimatte::shell
