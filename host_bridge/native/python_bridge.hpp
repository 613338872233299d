// Where Python and the host meet: the GIL, values, and callables that may be called from any thread.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "param.hpp"
#include "shutdown.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace py = pybind11;

// Drops the GIL for one call into the host. A thread that comes back while the interpreter ends stays outside.
class WithoutGil {
  public:
    WithoutGil() : state_(PyEval_SaveThread()) {}
    ~WithoutGil() {
        park_if_shutting_down();
        PyEval_RestoreThread(state_);
    }
    WithoutGil(const WithoutGil&) = delete;
    WithoutGil& operator=(const WithoutGil&) = delete;

  private:
    PyThreadState* state_;
};

// Runs `body` without the GIL.
template <class Body>
auto without_gil(Body&& body) {
    const WithoutGil released;
    return body();
}

// A second owner of `object` for Python, which lets go of it without the GIL: what a plug-in does at the end of an
// instance may wait for a thread that needs it. Not for classes that share themselves: Python then takes their own
// owner.
template <class T>
std::shared_ptr<T> let_go_without_gil(std::shared_ptr<T> object) {
    T* address = object.get();
    return {address, [object = std::move(object)](T*) mutable {
                if (!is_shutting_down() && PyGILState_Check()) {
                    without_gil([&] { object.reset(); });
                }
            }};
}

// Keeps a Python object alive from threads that do not hold the GIL.
inline std::shared_ptr<py::object> share(py::object object) {
    return {new py::object(std::move(object)), [](py::object* held) {
                if (is_shutting_down()) {
                    return;  // the interpreter may be gone; so is the process, soon
                }
                const py::gil_scoped_acquire gil;
                delete held;
            }};
}

// A Python callable; takes the GIL for the call only. Its exceptions are those of Python.
class Callback {
  public:
    explicit Callback(py::object callable) : callable_(share(std::move(callable))) {}

    // `use` receives the answer while the GIL is held.
    template <class Use, class... Arguments>
    auto operator()(Use&& use, const Arguments&... arguments) const {
        if (is_shutting_down()) {
            throw HostFailure("the process is ending");
        }
        const py::gil_scoped_acquire gil;
        return use((*callable_)(arguments...));
    }

  private:
    std::shared_ptr<py::object> callable_;
};

py::object to_python(const Value& value);
py::list to_python(const std::vector<Value>& values);
py::str to_text(const std::string& text);
ParamValue to_param_value(const py::sequence& values);

void bind_errors();
void bind_property_set(py::module_& m);
void bind_host(py::module_& m);
void bind_plugin(py::module_& m);
void bind_param(py::module_& m);
void bind_clip_source(py::module_& m);
void bind_effect_instance(py::module_& m);
void bind_interact(py::module_& m);

}  // namespace trimatte::host
