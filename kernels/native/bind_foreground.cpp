#include <pybind11/pybind11.h>

#include "array.hpp"
#include "foreground.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

void run(const Array& picture, const Array& alpha, const Array& foreground, const Array& background,
         const Array& next_foreground, const Array& next_background, int64_t radius, double epsilon, int threads) {
    const FusionShape shape{picture.size(0), picture.size(1), picture.size(2), picture.size(3), radius};
    by_type(picture, [&](auto zero) {
        using T = decltype(zero);
        const T *whole = picture.data<T>(), *weight = alpha.data<T>();
        const T *front = foreground.data<T>(), *back = background.data<T>();
        T *next_front = next_foreground.data<T>(), *next_back = next_background.data<T>();
        py::gil_scoped_release unlock;
        fuse_blurred(whole, weight, front, back, next_front, next_back, shape, T(epsilon), threads);
    });
}

}  // namespace

void bind_foreground(py::module_& m) {
    m.def("fuse_blurred", &run, "picture"_a, "alpha"_a, "foreground"_a, "background"_a, "next_foreground"_a,
          "next_background"_a, "radius"_a, "epsilon"_a, "threads"_a,
          "One pass of blur fusion over pictures (B, C, H, W) and alpha (B, 1, H, W).");
}

}  // namespace trimatte::kernels
