// The render action.
#pragma once

#include "effect_instance.hpp"

namespace trimatte::shell {

OfxStatus render(EffectInstance& instance, const Properties& in);

}  // namespace trimatte::shell
