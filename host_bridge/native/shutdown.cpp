// The end of the process.
#include "shutdown.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "effect_instance.hpp"
#include "plugin.hpp"

namespace trimatte::host {

namespace {

std::atomic<bool> shutting_down{false};
std::thread::id shutdown_thread;  // written before shutting_down

template <class T>
struct Living {
    std::mutex mutex;
    std::vector<std::weak_ptr<T>> objects;

    static Living& all() {
        static auto* living = new Living;  // outlives static destructors
        return *living;
    }
    void add(const std::shared_ptr<T>& object) {
        std::lock_guard lock(mutex);
        std::erase_if(objects, [](const auto& known) { return known.expired(); });
        objects.push_back(object);
    }
    std::vector<std::shared_ptr<T>> take() {
        std::lock_guard lock(mutex);
        std::vector<std::shared_ptr<T>> result;
        for (const auto& known : objects) {
            if (auto object = known.lock()) {
                result.push_back(std::move(object));
            }
        }
        return result;
    }
};

}  // namespace

void register_for_shutdown(const std::shared_ptr<EffectInstance>& instance) {
    Living<EffectInstance>::all().add(instance);
}

void register_for_shutdown(const std::shared_ptr<Plugin>& plugin) { Living<Plugin>::all().add(plugin); }

void shut_down(double seconds) {
    shutdown_thread = std::this_thread::get_id();
    shutting_down = true;
    const auto patience = std::chrono::milliseconds(static_cast<long>(seconds * 1000.0));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto instances = Living<EffectInstance>::all().take();
    for (const auto& instance : instances) {
        instance->abort();
    }
    bool all_closed = true;
    for (const auto& instance : instances) {
        try {
            all_closed = instance->close_before(deadline) && all_closed;
        } catch (const std::exception&) {  // DestroyInstance was refused; the instance is gone all the same
        }
    }
    if (!all_closed) {
        // A plug-in that still renders must not be unloaded under itself; the last reference must not end here.
        new std::vector<std::shared_ptr<EffectInstance>>(std::move(instances));
        return;
    }
    for (const auto& plugin : Living<Plugin>::all().take()) {
        try {
            plugin->unload();
        } catch (const std::exception&) {  // nobody is left to be told
        }
    }
}

bool is_shutting_down() { return shutting_down; }

void park_if_shutting_down() {
    while (shutting_down && std::this_thread::get_id() != shutdown_thread) {
        std::this_thread::sleep_for(std::chrono::hours(1));
    }
}

}  // namespace trimatte::host
