// Moves pictures along flow, both ways, and the gradients of that; formulas in kernels/warp/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

// Pictures are (batch, channels, height, width), flow is (batch, 2, height, width) with x before y. A pixel is related
// to the place (x + flow x * stretch_x, y + flow y * stretch_y).
struct WarpShape {
    int64_t batch, channels, height, width;
    double stretch_x, stretch_y;
    int64_t plane() const { return height * width; }
};

// Looks up `image` at the places: backward warp. Without an image, that of a plane of ones.
template <class T>
void warp_gather(const T* image, const T* flow, T* out, const WarpShape& shape, int threads);
template <class T>
void warp_coverage(const T* flow, T* out, const WarpShape& shape, int threads);

// Adds `values` to the four grid points around their places: forward splat. With `total` (batch, 1, height, width), the
// values are weighted, `total` becomes the sum of weights and `out` the mean; `weights` may be null, for ones.
template <class T>
void warp_scatter(const T* values, const T* weights, const T* flow, T* out, T* total, const WarpShape& shape,
                  int threads);

// Writes, for each pixel, the sum over channels of `factor` times how `map` changes as its place moves in x and in y.
template <class T>
void warp_slopes(const T* map, const T* factor, const T* flow, T* out, const WarpShape& shape, int threads);

}  // namespace trimatte::kernels
