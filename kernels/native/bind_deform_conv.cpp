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

void run(const Array& picture, const Array& offset, const Array& mask, const Array& weights, const Array& bias,
         const Array& out, const Sizes& sizes, int threads) {
    const DeformOutputs outputs{out.size(0), weights.size(0), weights.size(1)};
    by_type(picture, [&](auto zero) {
        using T = decltype(zero);
        const T *pixels = picture.data<T>(), *moves = offset.data<T>(), *factors = mask.data<T>();
        const T *kernels = weights.data<T>(), *start = bias.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        deform_conv(pixels, moves, factors, kernels, start, to, outputs, shape_of(sizes), threads);
    });
}

void run_bundle(const Array& image, const Array& picture, int threads) {
    const int64_t bundles = picture.size(0) * picture.size(1), depth = picture.size(3), plane = picture.size(2) - 1;
    by_type(image, [&](auto zero) {
        using T = decltype(zero);
        const T* from = image.data<T>();
        T* to = picture.data<T>();
        py::gil_scoped_release unlock;
        bundle_channels(from, to, bundles, depth, plane, threads);
    });
}

void run_columns(const Array& picture, const Array& offset, const Array& mask, const Array& columns, int64_t first,
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
    m.def("bundle_channels", &run_bundle, "image"_a, "picture"_a, "threads"_a,
          "Write an image (B, C, H, W) as ``picture`` (B, bundles, H W + 1, C / bundles), the last pixel zero.");
    m.def("deform_conv", &run, "picture"_a, "offset"_a, "mask"_a, "weights"_a, "bias"_a, "out"_a, "sizes"_a,
          "threads"_a,
          "Write the convolution (B, O, H', W'); ``picture`` as below for the whole batch, ``weights`` (groups, "
          "O / groups, rows) in the order of the columns below.");
    m.def("deform_columns", &run_columns, "picture"_a, "offset"_a, "mask"_a, "columns"_a, "first"_a, "sizes"_a,
          "threads"_a,
          "Write the samples of all taps into ``columns`` (P, bundles, K, C / bundles) for P output pixels of one item "
          "from "
          "``first`` on; ``picture`` is (bundles, H W + 1, C / bundles), its last pixel zero.");
    m.def("deform_columns_backward", &run_backward, "picture"_a, "offset"_a, "mask"_a, "column_gradient"_a,
          "picture_gradient"_a, "offset_gradient"_a, "mask_gradient"_a, "first"_a, "sizes"_a, "threads"_a,
          "Add the gradients of the picture, and of offset and mask at these pixels.");
}

}  // namespace trimatte::kernels
