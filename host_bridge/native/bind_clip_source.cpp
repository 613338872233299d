// Python face of a clip's frames: how large they are, and the function that reads one.
#include <pybind11/stl.h>

#include "clip.hpp"
#include "python_bridge.hpp"

namespace trimatte::host {

using namespace py::literals;

namespace {

// The struct-module letter of one component.
std::string format_of(const std::string& depth) {
    if (depth == kOfxBitDepthByte) {
        return "B";
    }
    if (depth == kOfxBitDepthShort) {
        return "H";
    }
    return depth == kOfxBitDepthHalf ? "e" : "f";
}

struct Lent {
    std::shared_ptr<py::object> owner;
    std::unique_ptr<py::buffer_info> view;
    ~Lent() {
        if (is_shutting_down()) {
            static_cast<void>(view.release());
            return;
        }
        const py::gil_scoped_acquire gil;
        view.reset();
    }
};

// Borrows the rows of an array that has exactly the form that was asked for.
FrameBuffer borrow(const py::object& answer, const FrameRequest& request) {
    if (answer.is_none()) {
        return {};
    }
    auto lent = std::make_shared<Lent>();
    lent->owner = share(answer);
    lent->view = std::make_unique<py::buffer_info>(answer.cast<py::buffer>().request());
    const py::buffer_info& view = *lent->view;
    const int channels = component_count(request.components);
    const int size = depth_bytes(request.depth);
    if (view.format != format_of(request.depth) || view.ndim != 3 || view.shape[2] != channels ||
        view.strides[2] != size || view.strides[1] != static_cast<py::ssize_t>(size) * channels) {
        throw HostFailure("a frame must be (height, width, " + std::to_string(channels) + ") of type " +
                          format_of(request.depth) + " with packed rows; it is of type " + view.format + " with " +
                          std::to_string(view.ndim) + " dimensions");
    }
    return {static_cast<const std::byte*>(view.ptr), view.strides[0], static_cast<int>(view.shape[1]),
            static_cast<int>(view.shape[0]), lent};
}

}  // namespace

void bind_clip_source(py::module_& m) {
    py::class_<ClipSource, std::shared_ptr<ClipSource>>(m, "ClipSource", "Frames outside the host's world.")
        .def(py::init([](const py::object& read) {
                 auto source = std::make_shared<ClipSource>();
                 source->read = [callback = Callback(read)](const FrameRequest& request) {
                     return callback([&](const py::object& answer) { return borrow(answer, request); }, request.time,
                                     request.depth, request.components, request.width, request.height);
                 };
                 return source;
             }),
             "read"_a)
        .def_readwrite("width", &ClipSource::width)
        .def_readwrite("height", &ClipSource::height)
        .def_property(
            "offset", [](const ClipSource& source) { return py::make_tuple(source.offset.x, source.offset.y); },
            [](ClipSource& source, std::pair<int, int> offset) { source.offset = {offset.first, offset.second}; })
        .def_readwrite("first", &ClipSource::first)
        .def_readwrite("last", &ClipSource::last)
        .def_readwrite("frame_rate", &ClipSource::frame_rate)
        .def_readwrite("pixel_aspect", &ClipSource::pixel_aspect)
        .def_readwrite("depth", &ClipSource::depth)
        .def_readwrite("components", &ClipSource::components)
        .def_readwrite("premultiplication", &ClipSource::premultiplication)
        .def_readwrite("field", &ClipSource::field)
        .def_readwrite("identity", &ClipSource::identity);
}

}  // namespace trimatte::host
