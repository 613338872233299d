// Python face of one parameter: read only; values are set through the effect, which tells the plug-in.
#include <pybind11/stl.h>

#include "python_bridge.hpp"

namespace trimatte::host {

using namespace py::literals;

void bind_param(py::module_& m) {
    py::class_<Param, std::shared_ptr<Param>>(m, "Param", "One parameter of an effect instance.")
        .def_property_readonly("name", &Param::name)
        .def_property_readonly("type", [](const Param& param) { return param.type().name; })
        .def_property_readonly("dimension", [](const Param& param) { return param.type().dimension; })
        .def_property_readonly("properties", [](const Param& param) { return param.properties().shared_from_this(); })
        .def(
            "value",
            [](const Param& param, double time) -> py::list {
                const ParamValue value = param.value_at(time);
                if (param.type().kind != ParamKind::kBytes) {
                    return to_python(value);
                }
                py::list result;
                result.append(py::bytes(std::get<std::string>(value.at(0))));
                return result;
            },
            "time"_a, "Values at ``time`` (frames), one per dimension.")
        .def(
            "points",
            [](Param& param, int curve) {
                py::list result;
                for (const ControlPoint& point : param.curves().points(curve)) {
                    result.append(py::make_tuple(point.key, point.value));
                }
                return result;
            },
            "curve"_a, "Control points (position, value) of one curve of a parametric parameter.")
        .def(
            "curve_value",
            [](Param& param, int curve, double position) { return param.curves().value(curve, position); }, "curve"_a,
            "position"_a, "Value of one curve of a parametric parameter.")
        .def("key_times", &Param::key_times, "Times of the animation keys, rising.");
}

}  // namespace trimatte::host
