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
    const int64_t bundles = picture.size(0) * picture.size(1), depth = picture.size(4);
    const int64_t height = image.size(2), width = image.size(3);
    by_type(image, [&](auto zero) {
        using T = decltype(zero);
        const T* from = image.data<T>();
        T* to = picture.data<T>();
        py::gil_scoped_release unlock;
        bundle_channels(from, to, bundles, depth, height, width, threads);
    });
}

void run_gradients(const Array& picture, const Array& offset, const Array& mask, const Array& weights,
                   const Array& gradient, const Array& picture_gradient, const Array& offset_gradient,
                   const Array& mask_gradient, const Array& weight_gradient, const Sizes& sizes, int threads) {
    const DeformOutputs outputs{gradient.size(0), weights.size(0), weights.size(1)};
    by_type(picture, [&](auto zero) {
        using T = decltype(zero);
        const DeformArrays<T> arrays{picture.data<T>(), offset.data<T>(), mask.data<T>(), weights.data<T>(),
                                     gradient.data<T>()};
        const DeformGradients<T> found{picture_gradient.data<T>(), offset_gradient.data<T>(), mask_gradient.data<T>(),
                                       weight_gradient.data<T>()};
        py::gil_scoped_release unlock;
        deform_gradients(arrays, found, outputs, shape_of(sizes), threads);
    });
}

}  // namespace

void bind_deform_conv(py::module_& m) {
    m.def("bundle_channels", &run_bundle, "image"_a, "picture"_a, "threads"_a,
          "Write an image (B, C, H, W) as ``picture`` (B, bundles, H + 4, W + 4, C / bundles), in a frame of zeros.");
    m.def(
        "deform_conv", &run, "picture"_a, "offset"_a, "mask"_a, "weights"_a, "bias"_a, "out"_a, "sizes"_a, "threads"_a,
        "Write the convolution (B, O, H', W'); ``picture`` as above, ``weights`` (groups, O / groups, rows) with rows "
        "in the order (bundle, tap, channel).");
    m.def("deform_gradients", &run_gradients, "picture"_a, "offset"_a, "mask"_a, "weights"_a, "gradient"_a,
          "picture_gradient"_a, "offset_gradient"_a, "mask_gradient"_a, "weight_gradient"_a, "sizes"_a, "threads"_a,
          "Write the gradients of all operands, which are zero before; ``gradient`` is that of the outputs.");
}

}  // namespace trimatte::kernels
