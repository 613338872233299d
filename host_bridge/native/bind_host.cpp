// Python face of a host: what it says of itself to plug-ins.
#include <pybind11/native_enum.h>
#include <pybind11/stl.h>

#include "host.hpp"
#include "python_bridge.hpp"

namespace trimatte::host {

using namespace py::literals;

void bind_host(py::module_& m) {
    py::native_enum<RowOrder>(m, "RowOrder", "enum.Enum", "Where the rows of an image lie in memory.")
        .value("POSITIVE", RowOrder::kPositive)
        .value("PADDED", RowOrder::kPadded)
        .value("NEGATIVE", RowOrder::kNegative)
        .finalize();
    py::native_enum<OffTime>(m, "OffTime", "enum.Enum", "What another frame gets where temporal access is off.")
        .value("FAIL", OffTime::kFail)
        .value("CURRENT_FRAME", OffTime::kCurrentFrame)
        .finalize();
    py::class_<HostProfile>(m, "HostProfile", "What a host says of itself.")
        .def(py::init<>())
        .def_readwrite("name", &HostProfile::name)
        .def_readwrite("label", &HostProfile::label)
        .def_readwrite("version", &HostProfile::version)
        .def_readwrite("api_version", &HostProfile::api_version)
        .def_readwrite("contexts", &HostProfile::contexts)
        .def_readwrite("depths", &HostProfile::depths)
        .def_readwrite("components", &HostProfile::components)
        .def_readwrite("temporal_access", &HostProfile::temporal_access)
        .def_readwrite("off_time", &HostProfile::off_time)
        .def_readwrite("tiles", &HostProfile::tiles)
        .def_readwrite("multi_resolution", &HostProfile::multi_resolution)
        .def_readwrite("multiple_clip_depths", &HostProfile::multiple_clip_depths)
        .def_readwrite("background", &HostProfile::background)
        .def_readwrite("planes", &HostProfile::planes)
        .def_readwrite("overlays", &HostProfile::overlays)
        .def_readwrite("gpu", &HostProfile::gpu)
        .def_readwrite("row_order", &HostProfile::row_order)
        .def_readwrite("hidden_properties", &HostProfile::hidden_properties)
        .def_readwrite("hidden_suites", &HostProfile::hidden_suites)
        .def_readwrite("hidden_instance_properties", &HostProfile::hidden_instance_properties)
        .def_readwrite("hidden_clip_properties", &HostProfile::hidden_clip_properties)
        .def_readwrite("hidden_param_types", &HostProfile::hidden_param_types)
        .def_readwrite("host_properties", &HostProfile::host_properties)
        .def_readwrite("image_properties", &HostProfile::image_properties)
        .def_readwrite("output_premultiplication", &HostProfile::output_premultiplication)
        .def_readwrite("persistent_messages", &HostProfile::persistent_messages)
        .def_readwrite("time_line", &HostProfile::time_line)
        .def_readwrite("aborts", &HostProfile::aborts)
        .def_readwrite("unwired_black", &HostProfile::unwired_black)
        .def_readwrite("dialogs", &HostProfile::dialogs)
        .def_readwrite("ghost_clips", &HostProfile::ghost_clips)
        .def_readwrite("param_keys", &HostProfile::param_keys)
        .def_readwrite("forgiving", &HostProfile::forgiving)
        .def_readwrite("render_sets_params", &HostProfile::render_sets_params)
        .def_readwrite("render_status", &HostProfile::render_status)
        .def_readwrite("hidden_actions", &HostProfile::hidden_actions);
    py::class_<Host, std::shared_ptr<Host>>(m, "Host", "A host as plug-ins meet it.")
        .def(py::init(&Host::create), "profile"_a);
}

}  // namespace trimatte::host
