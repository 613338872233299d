// Python callables as the host calls them while a plug-in runs.
#include "python_hooks.hpp"

#include <pybind11/stl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

namespace trimatte::host {

namespace {

// True at most once in `pause`: plug-ins poll for every row, and every poll that reaches Python waits for the GIL.
class Pace {
  public:
    explicit Pace(std::chrono::milliseconds pause) : pause_(pause) {}
    bool is_due() {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        auto next = next_.load();
        return now.count() >= next && next_.compare_exchange_strong(next, (now + pause_).count());
    }

  private:
    std::chrono::steady_clock::duration pause_;
    std::atomic<std::chrono::steady_clock::rep> next_{0};
};

}  // namespace

std::function<bool()> to_check(const py::object& callable) {
    if (callable.is_none()) {
        return nullptr;
    }
    auto pace = std::make_shared<Pace>(std::chrono::milliseconds(5));
    auto answered = std::make_shared<std::atomic<bool>>(false);
    return [callback = Callback(callable), pace, answered] {
        if (!*answered && pace->is_due()) {
            *answered = callback([](const py::object& answer) { return answer.cast<bool>(); });
        }
        return answered->load();
    };
}

namespace {

// Lets Ctrl-C through while the main thread is inside the plug-in: Python's handler runs, and what it raises ends the
// action.
std::function<bool()> signal_check() {
    auto pace = std::make_shared<Pace>(std::chrono::milliseconds(50));
    return [pace] {
        if (getpid() == gettid() && !is_shutting_down() && pace->is_due()) {
            const py::gil_scoped_acquire gil;
            if (PyErr_CheckSignals() != 0) {
                throw py::error_already_set();
            }
        }
        return false;
    };
}

}  // namespace

Hooks to_hooks(const py::object& message, const py::object& progress) {
    Hooks hooks;
    hooks.aborted = signal_check();
    if (!message.is_none()) {
        hooks.message = [callback = Callback(message)](const Message& words) {
            return callback([](const py::object& answer) { return answer.cast<std::optional<bool>>(); }, words.type,
                            words.id, words.text, words.persistent);
        };
    }
    if (!progress.is_none()) {
        hooks.progress = [callback = Callback(progress)](const std::string& label, double fraction) {
            return callback([](const py::object& answer) { return answer.is_none() || answer.cast<bool>(); }, label,
                            fraction);
        };
    }
    return hooks;
}

}  // namespace trimatte::host
