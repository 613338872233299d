// The end of the process: instances are destroyed before their plug-ins are unloaded, and nobody waits for ever.
#pragma once

#include <memory>

namespace trimatte::host {

class EffectInstance;
class Plugin;

void register_for_shutdown(const std::shared_ptr<EffectInstance>& instance);
void register_for_shutdown(const std::shared_ptr<Plugin>& plugin);

// Ends every render, destroys and unloads what can be within `seconds`; what cannot is left to the system.
void shut_down(double seconds);

// True once `shut_down` has begun: callbacks into Python must not be made any more.
bool is_shutting_down();

// Keeps every thread but the one that shuts down from going back into an interpreter that is ending.
void park_if_shutting_down();

}  // namespace trimatte::host
