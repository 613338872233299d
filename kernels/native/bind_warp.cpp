#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <utility>

#include "array.hpp"
#include "module.hpp"
#include "warp.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

using Stretch = std::pair<double, double>;

WarpShape shape_of(const Array& map, const Stretch& stretch) {
    return {map.size(0), map.size(1), map.size(2), map.size(3), stretch.first, stretch.second};
}

void gather(const Array& image, const Array& flow, const Array& out, const Stretch& stretch, int threads) {
    by_type(image, [&](auto zero) {
        using T = decltype(zero);
        const T *source = image.data<T>(), *moves = flow.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        warp_gather(source, moves, result, shape_of(image, stretch), threads);
    });
}

void coverage(const Array& flow, const Array& out, const Stretch& stretch, int threads) {
    by_type(flow, [&](auto zero) {
        using T = decltype(zero);
        const T* moves = flow.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        warp_coverage(moves, result, shape_of(out, stretch), threads);
    });
}

void scatter(const Array& values, const Array& flow, const Array& out, const Stretch& stretch, int threads) {
    by_type(values, [&](auto zero) {
        using T = decltype(zero);
        const T *source = values.data<T>(), *moves = flow.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        warp_scatter<T>(source, nullptr, moves, result, nullptr, shape_of(values, stretch), threads);
    });
}

void splat(const Array& image, const std::optional<Array>& weights, const Array& flow, const Array& out,
           const Array& total, int threads) {
    by_type(image, [&](auto zero) {
        using T = decltype(zero);
        const T *source = image.data<T>(), *moves = flow.data<T>();
        const T* factors = weights ? weights->data<T>() : nullptr;
        T *result = out.data<T>(), *sums = total.data<T>();
        py::gil_scoped_release unlock;
        warp_scatter(source, factors, moves, result, sums, shape_of(image, {1, 1}), threads);
    });
}

void slopes(const Array& map, const Array& factor, const Array& flow, const Array& out, const Stretch& stretch,
            int threads) {
    by_type(map, [&](auto zero) {
        using T = decltype(zero);
        const T *source = map.data<T>(), *factors = factor.data<T>(), *moves = flow.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        warp_slopes(source, factors, moves, result, shape_of(map, stretch), threads);
    });
}

}  // namespace

void bind_warp(py::module_& m) {
    m.def("warp_coverage", &coverage, "flow"_a, "out"_a, "stretch"_a, "threads"_a,
          "Write the lookups of a plane of ones into ``out`` (B, 1, H, W).");
    m.def("warp_gather", &gather, "image"_a, "flow"_a, "out"_a, "stretch"_a, "threads"_a,
          "Look ``image`` (B, C, H, W) up where ``flow`` (B, 2, H, W) in pixels, times ``stretch`` (x, y), leads.");
    m.def("warp_scatter", &scatter, "values"_a, "flow"_a, "out"_a, "stretch"_a, "threads"_a,
          "Add ``values`` (B, C, H, W) to the grid points around the places where ``flow`` leads.");
    m.def("warp_slopes", &slopes, "map"_a, "factor"_a, "flow"_a, "out"_a, "stretch"_a, "threads"_a,
          "Write what a change of ``flow`` does to the sum of ``factor`` times the lookups of ``map``: (B, 2, H, W).");
    m.def("warp_splat", &splat, "image"_a, "weights"_a, "flow"_a, "out"_a, "total"_a, "threads"_a,
          "Write the mean of what lands on each pixel, and the sums of the weights into ``total`` (B, 1, H, W).");
}

}  // namespace trimatte::kernels
