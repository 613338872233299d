// Python face of one effect instance; the behaviour lives in effect_*.cpp.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "effect_instance.hpp"
#include "python_bridge.hpp"
#include "python_hooks.hpp"

namespace trimatte::host {

using namespace py::literals;

namespace {

using Point = std::pair<double, double>;
using Window = std::array<int, 4>;
using Region = std::array<double, 4>;

OfxPointD to_point(const Point& point) { return {point.first, point.second}; }
OfxRectI to_rect(const Window& w) { return {w[0], w[1], w[2], w[3]}; }
py::tuple to_tuple(const OfxRectD& r) { return py::make_tuple(r.x1, r.y1, r.x2, r.y2); }
py::tuple to_tuple(const OfxRectI& r) { return py::make_tuple(r.x1, r.y1, r.x2, r.y2); }

py::tuple to_tuple(const Message& message) {
    return py::make_tuple(to_text(message.type), to_text(message.id), to_text(message.text), message.persistent);
}

py::array to_array(const Image& image, const OfxRectI& window) {
    const std::string& depth = image.spec().depth;
    const char* type = depth == kOfxBitDepthByte    ? "u1"
                       : depth == kOfxBitDepthShort ? "u2"
                       : depth == kOfxBitDepthHalf  ? "f2"
                                                    : "f4";
    const py::ssize_t channels = component_count(image.spec().components);
    py::array pixels(py::dtype(type), {static_cast<py::ssize_t>(window.y2 - window.y1),
                                       static_cast<py::ssize_t>(window.x2 - window.x1), channels});
    auto* target = static_cast<std::byte*>(pixels.mutable_data());
    without_gil([&] { image.copy_out(window, target); });
    return pixels;
}

py::tuple render(EffectInstance& effect, double time, const std::optional<Window>& window, const Point& scale,
                 int margin, bool honour_identity, const py::object& aborted) {
    RenderRequest request;
    request.time = time;
    request.scale = to_point(scale);
    if (window) {
        request.window = to_rect(*window);
    }
    request.margin = margin;
    request.honour_identity = honour_identity;
    request.aborted = to_check(aborted);
    const auto [image, rendered] = without_gil([&] { return effect.render(request); });
    return py::make_tuple(to_array(*image, rendered), to_tuple(rendered));
}

py::dict clip_preferences(EffectInstance& effect) {
    const ClipPreferences preferences = without_gil([&] { return effect.clip_preferences(); });
    py::dict clips;
    for (const auto& [name, form] : preferences.clips) {
        clips[to_text(name)] = py::make_tuple(form.components, form.depth, form.pixel_aspect);
    }
    return py::dict("clips"_a = clips, "frame_rate"_a = preferences.frame_rate,
                    "premultiplication"_a = preferences.premultiplication, "field_order"_a = preferences.field_order,
                    "continuous_samples"_a = preferences.continuous_samples,
                    "frame_varying"_a = preferences.frame_varying);
}

py::dict frames_needed(EffectInstance& effect, double time) {
    py::dict result;
    for (const auto& [name, ranges] : without_gil([&] { return effect.frames_needed(time); })) {
        py::list pairs;
        for (const OfxRangeD& range : ranges) {
            pairs.append(py::make_tuple(range.min, range.max));
        }
        result[to_text(name)] = pairs;
    }
    return result;
}

py::dict regions_of_interest(EffectInstance& effect, double time, const Region& r, const Point& scale) {
    py::dict result;
    const OfxRectD region{r[0], r[1], r[2], r[3]};
    for (const auto& [name, rect] :
         without_gil([&] { return effect.regions_of_interest(time, to_point(scale), region); })) {
        result[to_text(name)] = to_tuple(rect);
    }
    return result;
}

py::object identity(EffectInstance& effect, double time, const Window& window, const Point& scale) {
    const auto same = without_gil([&] { return effect.identity(time, to_point(scale), to_rect(window)); });
    return same ? py::object(py::make_tuple(to_text(same->clip), same->time)) : py::none();
}

using Class = py::class_<EffectInstance, std::shared_ptr<EffectInstance>>;

void bind_contents(Class& effect) {
    effect.def_property_readonly("context", &EffectInstance::context)
        .def_property_readonly("properties", [](const EffectInstance& e) { return e.properties().shared_from_this(); })
        .def("param_names",
             [](const EffectInstance& e) {
                 py::list names;
                 for (const auto& param : e.params().params()) {
                     names.append(to_text(param->name()));
                 }
                 return names;
             })
        .def(
            "param", [](const EffectInstance& e, const std::string& name) { return e.params().find(name); }, "name"_a,
            py::keep_alive<0, 1>())
        .def("clip_names",
             [](const EffectInstance& e) {
                 py::list names;
                 for (const auto& clip : e.clips()) {
                     names.append(to_text(clip->name()));
                 }
                 return names;
             })
        .def(
            "clip_properties",
            [](const EffectInstance& e, const std::string& name) {
                const auto clip = e.find_clip(name);
                return clip ? clip->properties().shared_from_this() : nullptr;
            },
            "name"_a)
        .def_property_readonly("messages",
                               [](const EffectInstance& e) {
                                   py::list result;
                                   for (const Message& message : e.messages()) {
                                       result.append(to_tuple(message));
                                   }
                                   return result;
                               })
        .def_property_readonly("persistent_message",
                               [](const EffectInstance& e) -> py::object {
                                   const auto message = e.persistent_message();
                                   return message ? py::object(to_tuple(*message)) : py::none();
                               })
        .def_property_readonly("leaked_images", &EffectInstance::leaked_images);
}

void bind_changes(Class& effect) {
    effect
        .def(
            "connect",
            [](EffectInstance& e, const std::string& clip, std::shared_ptr<ClipSource> source) {
                without_gil([&] { e.connect(clip, std::move(source)); });
            },
            "clip"_a, "source"_a)
        .def(
            "set_param",
            [](EffectInstance& e, const std::string& name, const py::sequence& values, std::optional<double> time) {
                ParamValue value = to_param_value(values);
                without_gil([&] { e.set_param(name, std::move(value), time); });
            },
            "name"_a, "values"_a, "time"_a = py::none())
        .def(
            "delete_key",
            [](EffectInstance& e, const std::string& name, double time) {
                bool found = false;
                without_gil([&] { e.edit_keys(name, [&](Param& param) { found = param.delete_key(time); }); });
                return found;
            },
            "name"_a, "time"_a)
        .def(
            "delete_keys",
            [](EffectInstance& e, const std::string& name) {
                without_gil([&] { e.edit_keys(name, [](Param& param) { param.delete_keys(); }); });
            },
            "name"_a)
        .def(
            "set_points",
            [](EffectInstance& e, const std::string& name, int curve,
               const std::vector<std::pair<double, double>>& points) {
                without_gil([&] {
                    e.edit_keys(name, [&](Param& param) {
                        std::vector<ControlPoint> made;
                        for (const auto& [key, value] : points) {
                            made.push_back({key, value});
                        }
                        param.curves().set_all(curve, std::move(made));
                    });
                });
            },
            "name"_a, "curve"_a, "points"_a)
        .def(
            "press", [](EffectInstance& e, const std::string& name) { without_gil([&] { e.press(name); }); }, "name"_a)
        .def(
            "set_project",
            [](EffectInstance& e, const Point& size, double pixel_aspect, double frame_rate, const Point& frames) {
                without_gil(
                    [&] { e.set_project(to_point(size), pixel_aspect, frame_rate, {frames.first, frames.second}); });
            },
            "size"_a, "pixel_aspect"_a, "frame_rate"_a, "frames"_a);
}

}  // namespace

void bind_effect_instance(py::module_& m) {
    Class effect(m, "EffectInstance", "One instance of an OpenFX effect.");
    effect
        .def(py::init([](std::shared_ptr<Plugin> plugin, const std::string& context, const std::string& depth,
                         const py::object& message, const py::object& progress) {
                 Hooks hooks = to_hooks(message, progress);
                 return let_go_without_gil(
                     without_gil([&] { return EffectInstance::create(plugin, context, depth, std::move(hooks)); }));
             }),
             "plugin"_a, "context"_a, "depth"_a = "", "message"_a = py::none(), "progress"_a = py::none())
        .def(
            "close", [](EffectInstance& e) { without_gil([&] { e.close(); }); }, "Wait for renders, then destroy.")
        .def_property_readonly("is_closed", &EffectInstance::is_closed)
        .def("abort", &EffectInstance::abort, "Ask the actions that run now to stop.")
        .def("clip_preferences", &clip_preferences)
        .def(
            "region_of_definition",
            [](EffectInstance& e, double time, const Point& scale) {
                return to_tuple(without_gil([&] { return e.region_of_definition(time, to_point(scale)); }));
            },
            "time"_a, "scale"_a, "(x1, y1, x2, y2) in canonical coordinates.")
        .def("regions_of_interest", &regions_of_interest, "time"_a, "region"_a, "scale"_a)
        .def("frames_needed", &frames_needed, "time"_a)
        .def("identity", &identity, "time"_a, "window"_a, "scale"_a)
        .def("time_domain",
             [](EffectInstance& e) {
                 const OfxRangeD domain = without_gil([&] { return e.time_domain(); });
                 return py::make_tuple(domain.min, domain.max);
             })
        .def(
            "begin_sequence",
            [](EffectInstance& e, double first, double last, double step, const Point& scale) {
                without_gil([&] { e.begin_sequence(first, last, step, to_point(scale)); });
            },
            "first"_a, "last"_a, "step"_a, "scale"_a)
        .def("end_sequence", [](EffectInstance& e) { without_gil([&] { e.end_sequence(); }); })
        .def("render", &render, "time"_a, "window"_a, "scale"_a, "margin"_a, "honour_identity"_a, "aborted"_a,
             "Picture (height, width, channels), y down, and its window in pixels, y up.")
        .def("purge_caches", [](EffectInstance& e) { without_gil([&] { e.purge_caches(); }); })
        .def("sync_private_data", [](EffectInstance& e) { without_gil([&] { e.sync_private_data(); }); });
    bind_contents(effect);
    bind_changes(effect);
}

}  // namespace trimatte::host
