// Python face of the worker's end of the wire; the behaviour lives in channel.cpp.
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <variant>

#include "channel.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::bridge {

namespace {

using NoGil = py::call_guard<py::gil_scoped_release>;  // other channels go on while one waits

const char* dtype_name(uint32_t depth) {
    switch (static_cast<wire::Depth>(depth)) {
        case wire::Depth::kByte:
            return "uint8";
        case wire::Depth::kShort:
            return "uint16";
        case wire::Depth::kHalf:
            return "float16";
        default:
            return "float32";
    }
}

// A writable view of the shared pixels; it keeps the mapping alive.
py::array view(Channel& channel, const wire::Image& image) {
    auto mapping = channel.mapping(image);
    std::byte* data = mapping->data() + image.offset;
    py::capsule owner(new std::shared_ptr<wire::Mapping>(mapping),
                      [](void* held) { delete static_cast<std::shared_ptr<wire::Mapping>*>(held); });
    return py::array(py::dtype(dtype_name(image.depth)),
                     std::vector<py::ssize_t>{wire::height(image), wire::width(image), image.channels}, data, owner);
}

std::optional<wire::Image> optional_image(const wire::Image& image) {
    return image.channels == 0 ? std::nullopt : std::optional(image);
}

void bind_requests(py::module_& m) {
    py::class_<wire::Image>(m, "Image", "A picture in the shared memory of a channel.")
        .def_property_readonly(
            "bounds", [](const wire::Image& image) { return std::tuple(image.x1, image.y1, image.x2, image.y2); },
            "(x1, y1, x2, y2) in pixels of the host, y up, upper ends exclusive.")
        .def_property_readonly(
            "channels", [](const wire::Image& image) { return image.channels; }, "1 alpha, 3 RGB, 4 RGBA.")
        .def_property_readonly(
            "dtype", [](const wire::Image& image) { return dtype_name(image.depth); }, "Name of the numpy type.");

    py::class_<Request>(m, "Request", "One frame that the host wants.")
        .def_property_readonly("instance", [](const Request& r) { return r.message.instance; })
        .def_property_readonly(
            "time", [](const Request& r) { return r.message.time; }, "In frames of the effect.")
        .def_property_readonly(
            "frame_range",
            [](const Request& r) -> std::optional<std::pair<double, double>> {
                if (!(r.message.flags & wire::kHasRange)) return std::nullopt;
                return std::pair(r.message.first, r.message.last);
            },
            "First and last frame of the source, or None where the host does not say.")
        .def_property_readonly("temporal", [](const Request& r) { return (r.message.flags & wire::kTemporal) != 0; })
        .def_property_readonly("scale",
                               [](const Request& r) { return std::pair(r.message.scale_x, r.message.scale_y); })
        .def_property_readonly("source", [](const Request& r) { return optional_image(r.message.source); })
        .def_property_readonly("output", [](const Request& r) { return r.message.output; })
        .def_property_readonly("settings", [](const Request& r) { return py::bytes(r.settings); }, "JSON, as bytes.");
}

}  // namespace

PYBIND11_MODULE(_bridge, m) {
    m.doc() = "The worker's end of the wire to the OpenFX shell.";
    m.attr("PROTOCOL_VERSION") = wire::kVersion;
    py::register_exception<wire::Closed>(m, "ClosedError");
    py::register_exception<wire::ProtocolError>(m, "ProtocolError");
    py::register_exception<FrameMissing>(m, "FrameMissingError");
    py::register_exception<Cancelled>(m, "FetchCancelledError");
    py::native_enum<wire::Status>(m, "Status", "enum.Enum", "How a request ended.")
        .value("OK", wire::Status::kOk)
        .value("FAILED", wire::Status::kFailed)
        .value("CANCELLED", wire::Status::kCancelled)
        .finalize();
    py::native_enum<wire::Clip>(m, "Clip", "enum.Enum", "An input of the effect.")
        .value("SOURCE", wire::Clip::kSource)
        .value("TRIMAP", wire::Clip::kTrimap)
        .finalize();
    py::native_enum<wire::Parameter>(m, "Parameter", "enum.Enum",
                                     "A text parameter that the worker may set, or what the overlay draws.")
        .value("KEYFRAMES", wire::Parameter::kKeyframes)
        .value("TRIMAP_FRAMES", wire::Parameter::kTrimapFrames)
        .value("PAINTED", wire::Parameter::kPainted)
        .value("MARKS", wire::Parameter::kMarks)
        .finalize();
    bind_requests(m);

    py::class_<Channel>(m, "Channel", "One request at a time; only ``heartbeat`` may come from another thread.")
        .def("receive", &Channel::receive, NoGil(), "Wait for the next request; ClosedError when the shell is gone.")
        .def("fetch", &Channel::fetch, "time"_a, "clip"_a = wire::Clip::kSource, NoGil(),
             "Ask the host for the picture of a clip at ``time`` (frames); FrameMissingError, FetchCancelledError.")
        .def("set_text", &Channel::set_text, "parameter"_a, "text"_a, NoGil(),
             "Have the host set a text parameter once the request is done.")
        .def("go_to", &Channel::go_to, "time"_a, NoGil(), "Have the host show ``time`` once the request is done.")
        .def("cancelled", &Channel::cancelled, NoGil(), "Whether the host no longer wants the frame.")
        .def("progress", &Channel::progress, "fraction"_a, "Tell the host how far the frame is, 0..1.")
        .def("heartbeat", &Channel::heartbeat, "quiet_seconds"_a,
             "Say that the worker lives, and for how long the solving thread has been quiet.")
        .def("done", &Channel::done, "status"_a, "text"_a, NoGil(), "End the request.")
        .def("close", &Channel::close, "End the conversation; the shell sees the end of file.")
        .def("view", &view, "image"_a, "Writable (H, W, channels) view of the shared pixels, y down.")
        .def("fingerprint", &Channel::fingerprint, "image"_a, NoGil(),
             "64 bits that change with any byte of the image.");

    py::class_<Control>(m, "Control", "The worker's end of the control socket.")
        .def(py::init<int>(), "socket"_a, "Own the descriptor ``socket``.")
        .def("hello", &Control::hello, "ready"_a, "text"_a,
             "Tell the shell that the worker is ready, or why it cannot be.")
        .def(
            "accept",
            [](const Control& control) -> std::variant<std::unique_ptr<Channel>, uint64_t> {
                Control::Event event;
                {
                    py::gil_scoped_release released;
                    event = control.accept();
                }
                if (event.channel) return std::move(event.channel);
                return *event.forgotten;
            },
            "Wait for a new channel, or for the number of an instance to forget; ClosedError when the host ends.");
}

}  // namespace trimatte::bridge
