// Python callables as the host calls them while a plug-in runs.
#pragma once

#include <functional>

#include "effect_instance.hpp"
#include "python_bridge.hpp"

namespace trimatte::host {

// A check that says true once the callable did; asked no more often than every few milliseconds. None is no check.
std::function<bool()> to_check(const py::object& callable);

// Messages and progress for Python, and Ctrl-C for the main thread.
Hooks to_hooks(const py::object& message, const py::object& progress);

}  // namespace trimatte::host
