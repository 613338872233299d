// What buttons do, and the choices that stand for them.
#pragma once

#include <string>

namespace trimatte::shell {

class EffectInstance;

// Does what the button or choice ``name`` says; nothing where it is neither.
void act_on_button(EffectInstance& instance, const std::string& name, double time);

// For a host that never says what the user changes: does what the choices say, once each time they say it anew. They
// are set back as everywhere; such a host lets effects set parameters while they render.
void act_on_choices(EffectInstance& instance, double time);

}  // namespace trimatte::shell
