#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>

#include "array.hpp"
#include "closed_form.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

void run(const Array& plate, const Array& alpha, const Array& open_region, const Array& out,
         const std::array<double, 4>& numbers, int64_t iterations, int threads) {
    const auto& [trust, least_trust, epsilon, tolerance] = numbers;
    const ClosedForm problem{plate.size(1), plate.size(2), trust, least_trust, epsilon, tolerance, iterations};
    const uint8_t* open = open_region.data<uint8_t>();
    by_type(plate, [&](auto zero) {
        using T = decltype(zero);
        const T *picture = plate.data<T>(), *matte = alpha.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        solve_closed_form(picture, matte, open, to, problem, threads);
    });
}

}  // namespace

void bind_closed_form(py::module_& m) {
    m.def(
        "solve_closed_form", &run, "plate"_a, "alpha"_a, "open_region"_a, "out"_a, "numbers"_a, "iterations"_a,
        "threads"_a,
        "Solve the matting Laplacian of (3, H, W) for the open pixels (uint8) of alpha (1, H, W); ``numbers``: trust, "
        "least trust, epsilon, tolerance.");
}

}  // namespace trimatte::kernels
