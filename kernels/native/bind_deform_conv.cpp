#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>

#include "array.hpp"
#include "deform_conv.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

using Sizes = std::array<int64_t, 12>;

DeformShape shape_of(const Sizes& s) {
    return {s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11]};
}

void run(const Array& picture, const Array& offset, const Array& mask, const Array& columns, int64_t first,
         const Sizes& sizes, int threads) {
    by_type(picture, [&](auto zero) {
        using T = decltype(zero);
        const T *pixels = picture.data<T>(), *moves = offset.data<T>(), *factors = mask.data<T>();
        T* out = columns.data<T>();
        const PixelRange range{first, columns.size(0)};
        py::gil_scoped_release unlock;
        deform_columns(pixels, moves, factors, out, range, shape_of(sizes), threads);
    });
}

void run_backward(const Array& picture, const Array& offset, const Array& mask, const Array& column_gradient,
                  const Array& picture_gradient, const Array& offset_gradient, const Array& mask_gradient,
                  int64_t first, const Sizes& sizes, int threads) {
    by_type(picture, [&](auto zero) {
        using T = decltype(zero);
        const T *pixels = picture.data<T>(), *moves = offset.data<T>(), *factors = mask.data<T>();
        const T* gradient = column_gradient.data<T>();
        T *to_picture = picture_gradient.data<T>(), *to_offset = offset_gradient.data<T>();
        T* to_mask = mask_gradient.data<T>();
        const PixelRange range{first, column_gradient.size(0)};
        const DeformShape shape = shape_of(sizes);
        py::gil_scoped_release unlock;
        deform_place_gradients(pixels, moves, factors, gradient, to_offset, to_mask, range, shape, threads);
        deform_picture_gradient(moves, factors, gradient, to_picture, range, shape, threads);
    });
}

}  // namespace

void bind_deform_conv(py::module_& m) {
    m.def("deform_columns", &run, "picture"_a, "offset"_a, "mask"_a, "columns"_a, "first"_a, "sizes"_a, "threads"_a,
          "Write the samples of all taps into ``columns`` (P, bundles, K, C / bundles) for P output pixels of one item "
          "from "
          "``first`` on; ``picture`` is (bundles, H W + 1, C / bundles), its last pixel zero.");
    m.def("deform_columns_backward", &run_backward, "picture"_a, "offset"_a, "mask"_a, "column_gradient"_a,
          "picture_gradient"_a, "offset_gradient"_a, "mask_gradient"_a, "first"_a, "sizes"_a, "threads"_a,
          "Add the gradients of the picture, and of offset and mask at these pixels.");
}

}  // namespace trimatte::kernels
