// The keyframe buttons, and the choice that stands for them in hosts without buttons.
#pragma once

#include "conversation.hpp"

namespace trimatte::shell {

// Does what the parameter ``name`` stands for at the frame of ``time``; false when it is none of the keyframe group.
bool act_on_keyframes(EffectInstance& instance, const std::string& name, double time);

// Sets the parameters that the worker wants set, as one step of the host's undo that is called ``label``.
void set_values(EffectInstance& instance, const Reply& reply, const char* label);

}  // namespace trimatte::shell
