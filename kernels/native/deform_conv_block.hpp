// What the deformable convolution and its gradients share: places of the taps for a block of output pixels, samples
// there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "deform_conv.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {

constexpr int kBlock = 96;  // pixels whose places are worked out together: a few cache lines of every offset

// Where one tap of one group looks for a block of pixels: the upper left one of four neighbours (numbers of pixels),
// and what the upper and the lower two (with the mask), the left and the right two of them count.
template <class T>
struct Places {
    int32_t corner[kBlock];
    T upper[kBlock], lower[kBlock], left[kBlock], right[kBlock];
};

// The same with what gradients need.
template <class T>
struct SteepPlaces : Places<T> {
    T fx[kBlock], fy[kBlock], mask[kBlock];
};

// Output pixels of a block, as the places in the picture that a tap without offset has.
template <class T>
struct Origins {
    T x[kBlock], y[kBlock];
};

template <class T, class Place>
TRIMATTE_VECTORISE void find_places(Place* __restrict places, const Origins<T>* __restrict origins,
                                    const T* __restrict dy, const T* __restrict dx, const T* __restrict mask, T tap_x,
                                    T tap_y, int count, int32_t height, int32_t width) {
    const T bottom = T(height), right = T(width);
    const int32_t pitch = width + 2 * int32_t(kFrame);
    for (int i = 0; i < count; ++i) {
        const T y = origins->y[i] + tap_y + dy[i], x = origins->x[i] + tap_x + dx[i];
        const T top = std::floor(y), left = std::floor(x), fy = y - top, fx = x - left;
        // Clamped so that all neighbours lie in the frame; so do those of a place that is no number.
        const int32_t row = int32_t(std::min(std::max(T(-kFrame), top), bottom)) + int32_t(kFrame);
        const int32_t column = int32_t(std::min(std::max(T(-kFrame), left), right)) + int32_t(kFrame);
        places->corner[i] = row * pitch + column;
        places->upper[i] = (1 - fy) * mask[i];
        places->lower[i] = fy * mask[i];
        places->left[i] = 1 - fx;
        places->right[i] = fx;
        if constexpr (!std::is_same_v<Place, Places<T>>) {
            places->fx[i] = fx;
            places->fy[i] = fy;
            places->mask[i] = mask[i];
        }
    }
}

// Cache lines of one tap's offsets and mask for a block.
template <class T>
constexpr int kBlockLines = kBlock * int(sizeof(T)) / 64;
template <class T>
constexpr int kAheadLines = 3 * kBlockLines<T>;

// Asks memory for one of those of the next block, which are too short to be foreseen; `dy` and `mask` of this block.
template <class T>
[[gnu::always_inline]] inline void ask_ahead(const T* dy, const T* mask, int64_t plane, int line) {
    constexpr int64_t lanes = Lanes<T>::count;
    const int64_t place = kBlock + line % kBlockLines<T> * lanes + lanes - 1;  // its first line came with this block
    const T* row = line < kBlockLines<T> ? dy : line < 2 * kBlockLines<T> ? dy + plane : mask;
    __builtin_prefetch(row + place);
}

// Calls body(bundle) for a range of bundles and a block of pixels, with the places of all taps in `places`. Asks memory
// for what the next block reads if the body does not.
template <class T, class Place, class Body>
void visit_block(const T* offset, const T* mask, PixelRange block, bool asks_ahead, int64_t begin, int64_t end,
                 const DeformShape& shape, std::vector<Place>& places, const Body& body) {
    const int64_t taps = shape.taps(), plane = shape.out_plane(), pixel = block.first;
    const int count = int(block.count);
    Origins<T> origins;
    for (int i = 0; i < count; ++i) {
        origins.x[i] = T((pixel + i) % shape.out_width * shape.stride - shape.padding);
        origins.y[i] = T((pixel + i) / shape.out_width * shape.stride - shape.padding);
    }
    places.resize(taps);
    for (int64_t bundle = begin; bundle < end; ++bundle) {
        const bool is_known = bundle > begin && shape.group_of(bundle) == shape.group_of(bundle - 1);
        for (int64_t tap = 0; tap < taps && !is_known; ++tap) {
            const int64_t map = shape.group_of(bundle) * taps + tap;
            const T tap_x = T(tap % shape.kernel_width * shape.dilation);
            const T tap_y = T(tap / shape.kernel_width * shape.dilation);
            const T* dy = offset + 2 * map * plane + pixel;
            for (int line = 0; asks_ahead && line < kAheadLines<T>; ++line)
                ask_ahead(dy, mask + map * plane + pixel, plane, line);
            find_places(&places[tap], &origins, dy, dy + plane, mask + map * plane + pixel, tap_x, tap_y, count,
                        int32_t(shape.height), int32_t(shape.width));
        }
        body(bundle);
    }
}

// Calls body(bundle, first pixel, pixels, places of all taps) for every block of a range of pixels and bundles.
template <class Place, class T, class Body>
void for_each_block(const T* offset, const T* mask, PixelRange pixels, int64_t begin, int64_t end,
                    const DeformShape& shape, const Body& body) {
    std::vector<Place> places;
    for (int64_t done = 0; done < pixels.count; done += kBlock) {
        const PixelRange block{pixels.first + done, std::min<int64_t>(kBlock, pixels.count - done)};
        visit_block(offset, mask, block, true, begin, end, shape, places,
                    [&](int64_t bundle) { body(bundle, block.first, int(block.count), places); });
    }
}

// Numbers that are added side by side: 32 bytes, since few channels of a bundle are common.
template <class T>
struct Few {
    typedef T Vector __attribute__((vector_size(32)));
    static constexpr int count = 32 / sizeof(T);
};

// One tap of one pixel of a bundle of few channels; `below`: numbers from one row of the picture to the next.
[[gnu::always_inline]] inline void sample_pixel(const float* picture, int64_t below, const Places<float>& at, int i,
                                                float* to) {
    constexpr int64_t depth = Few<float>::count;
    const float* from = picture + at.corner[i] * depth;
    Few<float>::Vector va, vb, vc, vd;
    TRIMATTE_LOAD(va, from);
    TRIMATTE_LOAD(vb, from + depth);
    TRIMATTE_LOAD(vc, from + below);
    TRIMATTE_LOAD(vd, from + below + depth);
    va = (va * at.upper[i] + vc * at.lower[i]) * at.left[i] + (vb * at.upper[i] + vd * at.lower[i]) * at.right[i];
    TRIMATTE_STORE(to, va);
}

// Samples all taps for each pixel of a block; `columns` holds (taps, depth) numbers every `step`. `kDepth`: the depth,
// or 0.
template <class T, int kDepth>
TRIMATTE_VECTORISE void sample_some(const T* picture, int64_t pitch, const Places<T>* places, T* columns, int count,
                                    int64_t taps, int64_t any_depth, int64_t step) {
    const int64_t depth = kDepth > 0 ? kDepth : any_depth;
    typename Few<T>::Vector va, vb, vc, vd;
    for (int i = 0; i < count; ++i, columns += step) {
        const Places<T>* at = places;
        for (T* row = columns; row < columns + taps * depth; row += depth, ++at) {
            const T *a = picture + at->corner[i] * depth, *c = a + pitch * depth;
            const T upper = at->upper[i], lower = at->lower[i], left = at->left[i], right = at->right[i];
            int64_t k = 0;
            for (; k + Few<T>::count <= depth; k += Few<T>::count) {
                TRIMATTE_LOAD(va, a + k);
                TRIMATTE_LOAD(vb, a + depth + k);
                TRIMATTE_LOAD(vc, c + k);
                TRIMATTE_LOAD(vd, c + depth + k);
                va = (va * upper + vc * lower) * left + (vb * upper + vd * lower) * right;
                TRIMATTE_STORE(row + k, va);
            }
            for (; k < depth; ++k) {
                row[k] = (a[k] * upper + c[k] * lower) * left + (a[depth + k] * upper + c[depth + k] * lower) * right;
            }
        }
    }
}

template <class T>
void sample_block(const T* picture, const DeformShape& shape, const Places<T>* places, T* columns, int count,
                  int64_t taps, int64_t step) {
    constexpr int few = Few<T>::count;  // few channels of a bundle are common: nothing is left to be counted
    const auto sample = shape.depth() == few ? sample_some<T, few> : sample_some<T, 0>;
    sample(picture, shape.pitch(), places, columns, count, taps, shape.depth(), step);
}

}  // namespace trimatte::kernels
