// Python face of plug-in binaries and of the effects in them.
#include <pybind11/stl.h>

#include "plugin.hpp"
#include "python_bridge.hpp"

namespace trimatte::host {

using namespace py::literals;

namespace {

std::shared_ptr<PropertySet> share_properties(const std::shared_ptr<EffectDescriptor>& descriptor) {
    return descriptor->properties().shared_from_this();
}

}  // namespace

void bind_plugin(py::module_& m) {
    py::class_<Binary, std::shared_ptr<Binary>>(m, "Binary", "A shared library that exports OpenFX effects.")
        .def(py::init([](const std::string& path) { return without_gil([&] { return Binary::open(path); }); }),
             "path"_a)
        .def_property_readonly("path", &Binary::path, "Real path of the library.")
        .def("__len__", [](const Binary& binary) { return binary.entries().size(); }, "Number of effects.");
    py::class_<Plugin, std::shared_ptr<Plugin>>(m, "Plugin", "One effect as one host sees it.")
        .def(py::init(
                 [](std::shared_ptr<Binary> binary, int index, std::shared_ptr<Host> host, const std::string& path) {
                     return let_go_without_gil(Plugin::create(std::move(binary), index, std::move(host), path));
                 }),
             "binary"_a, "index"_a, "host"_a, "bundle_path"_a)
        .def_property_readonly("api", &Plugin::api)
        .def_property_readonly("api_version", &Plugin::api_version)
        .def_property_readonly("identifier", &Plugin::identifier)
        .def_property_readonly("version_major", &Plugin::version_major)
        .def_property_readonly("version_minor", &Plugin::version_minor)
        .def_property_readonly("is_loaded", &Plugin::is_loaded)
        .def(
            "load", [](Plugin& plugin) { without_gil([&] { plugin.load(); }); }, "Run the Load action, once.")
        .def(
            "unload", [](Plugin& plugin) { without_gil([&] { plugin.unload(); }); },
            "Run the Unload action; refused while instances live.")
        .def(
            "describe", [](Plugin& plugin) { return share_properties(without_gil([&] { return plugin.describe(); })); },
            "Properties of the effect, from the Describe action.")
        .def(
            "describe_in_context",
            [](Plugin& plugin, const std::string& context) {
                return share_properties(without_gil([&] { return plugin.describe_in_context(context); }));
            },
            "context"_a, "Properties of the effect in one context.");
}

}  // namespace trimatte::host
