// The keyframe buttons, and the choice that stands for them in hosts without buttons.
#pragma once

#include "effect_instance.hpp"

namespace trimatte::shell {

// Does what the parameter ``name`` stands for at the frame of ``time``; false when it is none of the keyframe group.
bool act_on_keyframes(EffectInstance& instance, const std::string& name, double time);

}  // namespace trimatte::shell
