// Asks the worker for one frame, and again from another one when it dies or hangs.
#pragma once

#include "conversation.hpp"

namespace trimatte::shell {

// The parameters at ``time`` and what else the worker must know, as JSON. ``solve_only``: no picture is wanted.
std::string settings_of(EffectInstance& instance, double time, bool solve_only);

// Never throws; a failure comes with words for the user.
Reply solve(const Job& job);

}  // namespace trimatte::shell
