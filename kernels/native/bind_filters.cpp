#include <pybind11/pybind11.h>

#include "array.hpp"
#include "filters.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

FilterShape shape_of(const Array& picture) {
    return {picture.size(0), picture.size(1), picture.size(2), picture.size(3)};
}

void run_mean(const Array& picture, const Array& out, int64_t radius, int border, int threads) {
    by_type(picture, [&](auto zero) {
        using T = decltype(zero);
        const T* from = picture.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        box_mean(from, to, shape_of(picture), radius, static_cast<Border>(border), threads);
    });
}

void run_linear(const Array& guide, const Array& picture, const Array& out, int64_t radius, double epsilon,
                int threads) {
    by_type(guide, [&](auto zero) {
        using T = decltype(zero);
        const T *one = guide.data<T>(), *two = picture.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        fit_linear(one, two, to, shape_of(guide), radius, T(epsilon), threads);
    });
}

void run_colour(const Array& plate, const Array& matte, const Array& weight, const Array& scratch, const Array& out,
                int64_t radius, double epsilon, int threads) {
    by_type(plate, [&](auto zero) {
        using T = decltype(zero);
        const T *colour = plate.data<T>(), *alpha = matte.data<T>(), *trust = weight.data<T>();
        T *raw = scratch.data<T>(), *to = out.data<T>();
        py::gil_scoped_release unlock;
        fit_colour(colour, alpha, trust, raw, to, shape_of(plate), radius, T(epsilon), threads);
    });
}

void run_apply(const Array& guide, const Array& fit, const Array& out, int threads) {
    by_type(guide, [&](auto zero) {
        using T = decltype(zero);
        const T *colour = guide.data<T>(), *map = fit.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        apply_fit(colour, map, to, shape_of(guide), out.size(1), fit.size(2), fit.size(3), threads);
    });
}

}  // namespace

void bind_filters(py::module_& m) {
    m.def("box_mean", &run_mean, "picture"_a, "out"_a, "radius"_a, "border"_a, "threads"_a,
          "Average (B, C, H, W) over squares; ``border`` counts zeros, shrink, replicate from 0.");
    m.def("fit_linear", &run_linear, "guide"_a, "picture"_a, "out"_a, "radius"_a, "epsilon"_a, "threads"_a,
          "Write slopes and offsets (B, 2 C, H, W) of the fit of ``picture`` to ``guide`` (B, C, H, W).");
    m.def("fit_colour", &run_colour, "plate"_a, "matte"_a, "weight"_a, "scratch"_a, "out"_a, "radius"_a, "epsilon"_a,
          "threads"_a, "Write slopes and offset (B, 4, H, W) of the fit of a matte to a plate (B, 3, H, W).");
    m.def("apply_fit", &run_apply, "guide"_a, "fit"_a, "out"_a, "threads"_a,
          "Enlarge ``fit`` to ``guide`` (B, C, H, W) and write its values (B, groups, H, W).");
}

}  // namespace trimatte::kernels
