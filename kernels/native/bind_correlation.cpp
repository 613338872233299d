#include <pybind11/pybind11.h>

#include "array.hpp"
#include "correlation.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

CorrelationShape shape_of(const Array& map, int radius) {
    return {map.size(0), map.size(1), map.size(2), map.size(3), radius};
}

void run(const Array& first, const Array& second, const Array& out, int radius, int threads) {
    const CorrelationShape shape = shape_of(first, radius);
    by_type(first, [&](auto zero) {
        using T = decltype(zero);
        const T *one = first.data<T>(), *two = second.data<T>();
        T* result = out.data<T>();
        py::gil_scoped_release unlock;
        correlation(one, two, result, shape, threads);
    });
}

void run_backward(const Array& gradient, const Array& first, const Array& second, const Array& first_gradient,
                  const Array& second_gradient, int radius, int threads) {
    const CorrelationShape shape = shape_of(first, radius);
    by_type(first, [&](auto zero) {
        using T = decltype(zero);
        const T *weights = gradient.data<T>(), *one = first.data<T>(), *two = second.data<T>();
        T *to_one = first_gradient.data<T>(), *to_two = second_gradient.data<T>();
        py::gil_scoped_release unlock;
        correlation_backward(weights, one, two, to_one, to_two, shape, threads);
    });
}

}  // namespace

void bind_correlation(py::module_& m) {
    m.def("correlation", &run, "first"_a, "second"_a, "out"_a, "radius"_a, "threads"_a,
          "Write the cost volume of two maps (B, C, H, W) into ``out`` (B, (2 radius + 1)^2, H, W).");
    m.def("correlation_backward", &run_backward, "gradient"_a, "first"_a, "second"_a, "first_gradient"_a,
          "second_gradient"_a, "radius"_a, "threads"_a, "Write the gradients of both maps.");
}

}  // namespace trimatte::kernels
