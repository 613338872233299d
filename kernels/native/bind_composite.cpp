#include <pybind11/pybind11.h>

#include "array.hpp"
#include "composite.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

// Pictures are (..., C, H, W).
PictureShape shape_of(const Array& picture) {
    const int64_t plane = picture.size(-2) * picture.size(-1), channels = picture.size(-3);
    return {picture.count() / std::max<int64_t>(plane * channels, 1), channels, plane};
}

void run_over(const Array& foreground, const Array& alpha, const Array& background, const Array& out, int threads) {
    const PictureShape shape = shape_of(foreground);
    by_type(foreground, [&](auto zero) {
        using T = decltype(zero);
        const T *front = foreground.data<T>(), *matte = alpha.data<T>(), *behind = background.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        over(front, matte, behind, result, shape, threads);
    });
}

void run_premultiply(const Array& foreground, const Array& alpha, const Array& out, int threads) {
    const PictureShape shape = shape_of(foreground);
    by_type(foreground, [&](auto zero) {
        using T = decltype(zero);
        const T *front = foreground.data<T>(), *matte = alpha.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        premultiply(front, matte, result, shape, threads);
    });
}

void run_unpremultiply(const Array& foreground, const Array& alpha, const Array& out, double epsilon, int threads) {
    const PictureShape shape = shape_of(foreground);
    by_type(foreground, [&](auto zero) {
        using T = decltype(zero);
        const T *front = foreground.data<T>(), *matte = alpha.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        unpremultiply(front, matte, result, T(epsilon), shape, threads);
    });
}

}  // namespace

void bind_composite(py::module_& m) {
    m.def("over", &run_over, "foreground"_a, "alpha"_a, "background"_a, "out"_a, "threads"_a,
          "Write the foreground (..., C, H, W) over the background; alpha is (..., 1, H, W).");
    m.def("premultiply", &run_premultiply, "foreground"_a, "alpha"_a, "out"_a, "threads"_a,
          "Write the colour times alpha.");
    m.def("unpremultiply", &run_unpremultiply, "foreground"_a, "alpha"_a, "out"_a, "epsilon"_a, "threads"_a,
          "Write the colour divided by alpha, 0 where alpha is below ``epsilon``.");
}

}  // namespace trimatte::kernels
