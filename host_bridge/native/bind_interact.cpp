// Python face of an effect's overlay.
#include <pybind11/stl.h>

#include "effect_instance.hpp"
#include "interact.hpp"
#include "python_bridge.hpp"

namespace trimatte::host {

using namespace py::literals;

namespace {

using Point = std::pair<double, double>;

OfxPointD to_point(const Point& point) { return {point.first, point.second}; }

py::list draw(Interact& interact, double time, const Point& scale, const Point& pixel_scale) {
    const auto drawings = without_gil([&] { return interact.draw(time, to_point(scale), to_point(pixel_scale)); });
    py::list result;
    for (const Drawing& drawing : drawings) {
        py::list points;
        for (const OfxPointD& point : drawing.points) {
            points.append(py::make_tuple(point.x, point.y));
        }
        const OfxRGBAColourF& c = drawing.colour;
        result.append(py::make_tuple(drawing.primitive, points, py::make_tuple(c.r, c.g, c.b, c.a), drawing.line_width,
                                     drawing.stipple, to_text(drawing.text), drawing.alignment));
    }
    return result;
}

bool act(Interact& interact, const std::string& action, double time, const Point& scale, const Point& pixel_scale,
         const Point& position, double pressure, int key, const std::string& text) {
    return without_gil([&] {
        return interact.act(action.c_str(), time, to_point(scale), to_point(pixel_scale),
                            {to_point(position), pressure, key, text});
    });
}

}  // namespace

void bind_interact(py::module_& m) {
    py::class_<Interact, std::shared_ptr<Interact>>(m, "Interact", "The overlay of one effect instance.")
        .def(py::init([](const std::shared_ptr<EffectInstance>& effect) {
                 return let_go_without_gil(without_gil([&] { return Interact::create(effect); }));
             }),
             "effect"_a)
        .def_property_readonly("draws_without_gl", &Interact::draws_without_gl)
        .def_property_readonly("redraws", &Interact::redraws, "How often the effect asked to be drawn again.")
        .def_property_readonly("properties",
                               [](const Interact& interact) { return interact.properties().shared_from_this(); })
        .def("draw", &draw, "time"_a, "scale"_a, "pixel_scale"_a,
             "Tuples (primitive, points, colour, line width, stipple, text, alignment).")
        .def("act", &act, "action"_a, "time"_a, "scale"_a, "pixel_scale"_a, "position"_a, "pressure"_a, "key"_a,
             "text"_a, "Whether the effect used the event.")
        .def("close", [](Interact& interact) { without_gil([&] { interact.close(); }); });
}

}  // namespace trimatte::host
