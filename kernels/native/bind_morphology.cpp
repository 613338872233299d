#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "array.hpp"
#include "module.hpp"
#include "morphology.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

void run(const Array& image, const Array& out, const std::vector<std::array<int64_t, 3>>& rows, bool erodes,
         int threads) {
    const StackShape shape{image.size(0), image.size(1), image.size(2)};
    std::vector<ElementRow> element;
    for (const auto& [dy, dx, length] : rows) element.push_back({dy, dx, length});
    const auto call = [&](auto zero) {
        using T = decltype(zero);
        const T* from = image.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        dilate(from, to, shape, element, erodes, threads);
    };
    if (image.is_byte()) {
        call(uint8_t{});
    } else {
        by_type(image, call);
    }
}

}  // namespace

void bind_morphology(py::module_& m) {
    m.def("dilate", &run, "image"_a, "out"_a, "rows"_a, "erodes"_a, "threads"_a,
          "Dilate or erode (N, H, W) of float32, float64 or uint8 by an element of rows (dy, dx, length), top down.");
}

}  // namespace trimatte::kernels
