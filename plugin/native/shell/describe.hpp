// What the effect tells a host about itself. Hosts do this at every launch: no files, no Python, no clock.
#pragma once

#include "suites.hpp"

namespace trimatte::shell {

constexpr const char* kIdentifier = "org.trimatte.Trimatte";

// Whether the host says what the user changes: MLT does not, and buttons do nothing there.
bool host_tells_changes();

void describe(OfxImageEffectHandle effect);
void describe_in_context(OfxImageEffectHandle effect, const std::string& context);

}  // namespace trimatte::shell
