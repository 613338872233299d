#include "buttons.hpp"

#include "effect_instance.hpp"
#include "keyframe_actions.hpp"
#include "parameters.hpp"
#include "track.hpp"

namespace trimatte::shell {

void act_on_button(EffectInstance& instance, const std::string& name, double time) {
    if (track(instance, name, time) || act_on_keyframes(instance, name, time)) return;
    const int choice = name == kCacheActionName ? read_choice(instance.parameters(), kCacheActionName, time) : 0;
    if (name == kClearCacheName || choice == kCacheClear) {
        instance.clear_cache();
        instance.set_status("The cache is cleared before the next frame.");
    }
    if (name == kSolvedFramesName || choice == kCacheSolved) instance.set_status(list_solved(instance, time));
    if (choice != 0) reset_choice(instance.parameters(), kCacheActionName);
}

void act_on_choices(EffectInstance& instance, double time) {
    for (const char* name : {kCacheActionName, kKeyframeName, kTrackName}) {
        if (!instance.take_choice(name, read_choice(instance.parameters(), name, time))) continue;
        act_on_button(instance, name, time);
        instance.tell(instance.status());
    }
}

}  // namespace trimatte::shell
