#include <pybind11/pybind11.h>

#include "array.hpp"
#include "despill.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

void run(const Array& colour, const Array& out, int channel, bool is_limit, double amount, double given, int threads) {
    by_type(colour, [&](auto zero) {
        using T = decltype(zero);
        const T* from = colour.data<T>();
        T* to = out.data<T>();
        const Spill<T> spill{channel, is_limit, T(amount), T(given)};
        py::gil_scoped_release unlock;
        take_spill(from, to, colour.size(0), colour.size(2) * colour.size(3), spill, threads);
    });
}

}  // namespace

void bind_despill(py::module_& m) {
    m.def("take_spill", &run, "colour"_a, "out"_a, "channel"_a, "is_limit"_a, "amount"_a, "given"_a, "threads"_a,
          "Write colours (B, 3, H, W) whose ``channel`` is lowered towards what the two others allow.");
}

}  // namespace trimatte::kernels
