// Deformable convolution and its gradients. Formulas in kernels/deform_conv/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

constexpr int64_t kFrame = 2;  // pixels of zeros on every side of a picture: whatever lies outside is read from there

// Sizes of one item. Pictures are (bundles, height + 2 kFrame, width + 2 kFrame, channels / bundles): all channels of a
// bundle together, so that a tap reads them, and those of the next pixel, in one go. Bundles that follow one another
// may share a group of offsets.
struct DeformShape {
    int64_t channels, height, width, out_height, out_width;
    int64_t kernel_height, kernel_width, stride, padding, dilation, groups, bundles;

    int64_t taps() const { return kernel_height * kernel_width; }
    int64_t depth() const { return channels / bundles; }
    int64_t out_plane() const { return out_height * out_width; }
    int64_t pitch() const { return width + 2 * kFrame; }
    int64_t one_bundle() const { return (height + 2 * kFrame) * pitch() * depth(); }
    int64_t group_of(int64_t bundle) const { return bundle * groups / bundles; }
};

// Output pixels [first, first + count) in row-major order.
struct PixelRange {
    int64_t first, count;
};

// The batch, groups of the product, and output channels of each.
struct DeformOutputs {
    int64_t batch, groups, of_group;
};

// Writes out (batch, groups * of_group, out_plane); weights (groups, of_group, rows) with rows in the order (bundle,
// tap, channel), bias (groups * of_group). The other arrays hold the whole batch as well.
template <class T>
void deform_conv(const T* picture, const T* offset, const T* mask, const T* weights, const T* bias, T* out,
                 const DeformOutputs& outputs, const DeformShape& shape, int threads);

// Writes a picture as above from planes (bundles, depth, height, width).
template <class T>
void bundle_channels(const T* image, T* picture, int64_t bundles, int64_t depth, int64_t height, int64_t width,
                     int threads);

// What gradients are found from: arrays as above, weights in the order of rows, and the gradient of the outputs.
template <class T>
struct DeformArrays {
    const T *picture, *offset, *mask, *weights, *gradient;
};

// Where they are written; zero at first. The picture's is laid out as the picture.
template <class T>
struct DeformGradients {
    T *picture, *offset, *mask, *weights;
};

// Sums do not depend on the number of threads.
template <class T>
void deform_gradients(const DeformArrays<T>& arrays, const DeformGradients<T>& to, const DeformOutputs& outputs,
                      const DeformShape& shape, int threads);

}  // namespace trimatte::kernels
