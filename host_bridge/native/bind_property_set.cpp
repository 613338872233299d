// Python face of a property set: read only, for whoever wants to know what an object says of itself.
#include <pybind11/stl.h>

#include "python_bridge.hpp"

namespace trimatte::host {

using namespace py::literals;

void bind_property_set(py::module_& m) {
    py::class_<PropertySet, std::shared_ptr<PropertySet>>(m, "PropertySet",
                                                          "Named lists of values that an OpenFX object carries.")
        .def(
            "names", [](const PropertySet& set) { return set.names(); }, "Names of all properties.")
        .def(
            "get", [](const PropertySet& set, const std::string& name) { return to_python(set.values(name)); },
            "name"_a, "Values of one property; empty when it is not there.");
}

}  // namespace trimatte::host
