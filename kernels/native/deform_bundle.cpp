// Pictures as the deformable convolution reads them: the channels of a bundle together, in a frame of zeros.
#include <algorithm>
#include <cstring>

#include "deform_conv.hpp"
#include "deform_conv_block.hpp"
#include "parallel.hpp"
#include "permute.hpp"

namespace trimatte::kernels {
namespace {

// Turns 32 pixels of few channels, `plane` apart, in registers; returns how many pixels of the row that were.
TRIMATTE_PERMUTE int64_t bundle_squares(const float* channels, float* to, int64_t plane, int64_t width) {
    constexpr int depth = Few<float>::count, half = kLanes / 2;
    int64_t x = 0;
    for (; x + 2 * kLanes <= width; x += 2 * kLanes, to += 2 * kLanes * depth) {
        Floats square[kLanes];
        for (int k = 0; k < kLanes; ++k) TRIMATTE_LOAD(square[k], channels + k % half * plane + x + k / half * kLanes);
        turn_square(square);
        for (int k = 0; k < kLanes; ++k) {
            std::memcpy(to + k * depth, &square[k], sizeof(Floats) / 2);
            std::memcpy(to + (kLanes + k) * depth, reinterpret_cast<const float*>(&square[k]) + half,
                        sizeof(Floats) / 2);
        }
    }
    return x;
}

// Brings the channels of a row, which lie `plane` apart, together.
template <class T>
void bundle_row(const T* channels, T* to, int64_t depth, int64_t plane, int64_t width) {
    int64_t done = 0;
    if constexpr (sizeof(T) == sizeof(float)) {
        if (depth == Few<T>::count && can_permute()) done = bundle_squares(channels, to, plane, width);
    }
    for (int64_t channel = 0; channel < depth; ++channel)
        for (int64_t x = done; x < width; ++x) to[x * depth + channel] = channels[channel * plane + x];
}

}  // namespace

template <class T>
void bundle_channels(const T* image, T* picture, int64_t bundles, int64_t depth, int64_t height, int64_t width,
                     int threads) {
    const int64_t lines = height + 2 * kFrame, side = kFrame * depth, pitch = width * depth + 2 * side;
    parallel_for(bundles * lines, threads, 1 << 4, [&](int64_t begin, int64_t end) {
        for (int64_t index = begin; index < end; ++index) {
            const int64_t bundle = index / lines, y = index % lines - kFrame;
            T* to = picture + index * pitch;
            if (y < 0 || y >= height) {
                std::fill_n(to, pitch, T(0));
                continue;
            }
            std::fill_n(to, side, T(0));
            std::fill_n(to + side + width * depth, side, T(0));
            bundle_row(image + (bundle * depth * height + y) * width, to + side, depth, height * width, width);
        }
    });
}

template void bundle_channels(const float*, float*, int64_t, int64_t, int64_t, int64_t, int);
template void bundle_channels(const double*, double*, int64_t, int64_t, int64_t, int64_t, int);

}  // namespace trimatte::kernels
