// The module trimatte.host_bridge._host: one function per class, and the end of the process.
#include "python_bridge.hpp"

namespace {

constexpr double kPatienceSeconds = 5.0;  // for renders that still run when the process ends

}  // namespace

PYBIND11_MODULE(_host, m) {
    using namespace trimatte::host;
    m.doc() = "OpenFX host: binaries, effects and their images. The face for people is trimatte.host_bridge.";
    bind_errors();
    bind_property_set(m);
    bind_host(m);
    bind_plugin(m);
    bind_param(m);
    bind_clip_source(m);
    bind_effect_instance(m);
    bind_interact(m);
    m.def("status_name", &status_name, py::arg("status"), "Name of an OfxStatus, such as kOfxStatFailed.");
    py::module_::import("atexit").attr("register")(
        py::cpp_function([] { without_gil([] { shut_down(kPatienceSeconds); }); }));
}
