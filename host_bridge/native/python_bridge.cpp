// Values between Python and the host, and errors as Python classes.
#include "python_bridge.hpp"

namespace trimatte::host {

py::str to_text(const std::string& text) {  // a plug-in may hand out what is no UTF-8
    PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
    if (!decoded) {
        throw py::error_already_set();
    }
    return py::reinterpret_steal<py::str>(decoded);
}

py::object to_python(const Value& value) {
    if (const auto* number = std::get_if<int>(&value)) {
        return py::int_(*number);
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return py::float_(*number);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return to_text(*text);
    }
    void* pointer = std::get<void*>(value);
    if (!pointer) {
        return py::none();
    }
    return py::int_(reinterpret_cast<std::uintptr_t>(pointer));
}

py::list to_python(const std::vector<Value>& values) {
    py::list result;
    for (const Value& value : values) {
        result.append(to_python(value));
    }
    return result;
}

ParamValue to_param_value(const py::sequence& values) {
    ParamValue result;
    for (const auto& item : values) {
        if (py::isinstance<py::bool_>(item)) {
            result.emplace_back(item.cast<bool>() ? 1 : 0);
        } else if (py::isinstance<py::int_>(item)) {
            result.emplace_back(item.cast<int>());
        } else if (py::isinstance<py::float_>(item)) {
            result.emplace_back(item.cast<double>());
        } else if (py::isinstance<py::str>(item) || py::isinstance<py::bytes>(item)) {
            result.emplace_back(item.cast<std::string>());
        } else {
            throw HostFailure("parameter values are numbers, strings or bytes, not " +
                              py::str(py::type::handle_of(item)).cast<std::string>());
        }
    }
    return result;
}

void bind_errors() {
    py::register_exception_translator([](std::exception_ptr pointer) {
        const auto raise = [](const char* name, const py::tuple& arguments) {
            const py::object type = py::module_::import("trimatte.host_bridge.errors").attr(name);
            const py::object error = type(*arguments);
            PyErr_SetObject(type.ptr(), error.ptr());
        };
        try {
            if (pointer) {
                std::rethrow_exception(pointer);
            }
        } catch (const ActionRefused& error) {
            raise("PluginRefusedError", py::make_tuple(error.action(), error.status(), status_name(error.status()),
                                                       to_text(error.message())));
        } catch (const RenderAborted& error) {
            raise("RenderAbortedError", py::make_tuple(to_text(error.what())));
        } catch (const HostFailure& error) {
            raise("HostError", py::make_tuple(to_text(error.what())));
        }
    });
}

}  // namespace trimatte::host
