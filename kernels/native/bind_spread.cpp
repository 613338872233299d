#include <pybind11/pybind11.h>

#include "array.hpp"
#include "module.hpp"
#include "spread.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

void run(const Array& colour, const Array& weight, const Array& out, double least, int threads) {
    by_type(colour, [&](auto zero) {
        using T = decltype(zero);
        const T *known = colour.data<T>(), *trust = weight.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        spread_colour(known, trust, to, colour.size(0), colour.size(1), colour.size(2), T(least), threads);
    });
}

}  // namespace

void bind_spread(py::module_& m) {
    m.def("spread_colour", &run, "colour"_a, "weight"_a, "out"_a, "least"_a, "threads"_a,
          "Write a colour (C, H, W), spread from where it has a weight (1, H, W) over the rest.");
}

}  // namespace trimatte::kernels
