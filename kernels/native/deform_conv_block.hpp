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

// Where one tap of one group looks for a block of pixels: four neighbours (numbers of pixels) and their weights.
template <class T>
struct Places {
    int32_t corner[4][kBlock];
    T strength[4][kBlock];  // with the mask
};

// The same with what gradients need.
template <class T>
struct SteepPlaces : Places<T> {
    T weight[4][kBlock];  // without the mask
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
    const int32_t outside = height * width;
    for (int i = 0; i < count; ++i) {
        const T y = origins->y[i] + tap_y + dy[i], x = origins->x[i] + tap_x + dx[i];
        const T top = std::floor(y), left = std::floor(x), fy = y - top, fx = x - left;
        // Clamped so that they are numbers; a place that is none becomes -2, where all neighbours are outside.
        const int32_t row = int32_t(std::min(std::max(T(-2), top), bottom));
        const int32_t column = int32_t(std::min(std::max(T(-2), left), right));
        // One comparison tells both bounds; nested, since the compiler vectorises no conjunction.
        const int32_t next_row = row + 1, next = column + 1, first = row * width + column;
        const int32_t a = uint32_t(column) < uint32_t(width) ? first : outside;
        const int32_t b = uint32_t(next) < uint32_t(width) ? first + 1 : outside;
        const int32_t c = uint32_t(column) < uint32_t(width) ? first + width : outside;
        const int32_t d = uint32_t(next) < uint32_t(width) ? first + width + 1 : outside;
        places->corner[0][i] = uint32_t(row) < uint32_t(height) ? a : outside;
        places->corner[1][i] = uint32_t(row) < uint32_t(height) ? b : outside;
        places->corner[2][i] = uint32_t(next_row) < uint32_t(height) ? c : outside;
        places->corner[3][i] = uint32_t(next_row) < uint32_t(height) ? d : outside;
        const T weight[4] = {(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx};
        for (int k = 0; k < 4; ++k) places->strength[k][i] = weight[k] * mask[i];
        if constexpr (!std::is_same_v<Place, Places<T>>) {
            for (int k = 0; k < 4; ++k) places->weight[k][i] = weight[k];
            places->fx[i] = fx;
            places->fy[i] = fy;
            places->mask[i] = mask[i];
        }
    }
}

// Calls body(bundle) for a range of bundles and a block of pixels, with the places of all taps in `places`.
template <class T, class Place, class Body>
void visit_block(const T* offset, const T* mask, PixelRange block, int64_t begin, int64_t end, const DeformShape& shape,
                 std::vector<Place>& places, const Body& body) {
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
            for (const T* row : {dy, dy + plane, mask + map * plane + pixel})  // the next block's: too short to foresee
                for (int i = kBlock; i < 2 * kBlock; i += 64 / int(sizeof(T))) __builtin_prefetch(row + i);
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
        visit_block(offset, mask, block, begin, end, shape, places,
                    [&](int64_t bundle) { body(bundle, block.first, int(block.count), places); });
    }
}

// Numbers that are added side by side: 32 bytes, since few channels of a bundle are common.
template <class T>
struct Few {
    typedef T Vector __attribute__((vector_size(32)));
    static constexpr int count = 32 / sizeof(T);
};

// As sample_block, for bundles of one vector: nothing is left to be counted.
template <class T>
TRIMATTE_VECTORISE void sample_narrow(const T* picture, const Places<T>* places, T* columns, int count, int64_t taps,
                                      int64_t step) {
    constexpr int64_t depth = Few<T>::count;
    typename Few<T>::Vector va, vb, vc, vd;
    for (int i = 0; i < count; ++i, columns += step) {
        const Places<T>* at = places;
        for (T* row = columns; row < columns + taps * depth; row += depth, ++at) {
            TRIMATTE_LOAD(va, picture + at->corner[0][i] * depth);
            TRIMATTE_LOAD(vb, picture + at->corner[1][i] * depth);
            TRIMATTE_LOAD(vc, picture + at->corner[2][i] * depth);
            TRIMATTE_LOAD(vd, picture + at->corner[3][i] * depth);
            va = at->strength[0][i] * va + at->strength[1][i] * vb + at->strength[2][i] * vc + at->strength[3][i] * vd;
            TRIMATTE_STORE(row, va);
        }
    }
}

// Samples all taps for each pixel of a block; `columns` holds (taps, depth) numbers every `step`.
template <class T>
TRIMATTE_VECTORISE void sample_block(const T* picture, const Places<T>* places, T* columns, int count, int64_t taps,
                                     int64_t depth, int64_t step) {
    if (depth == Few<T>::count) return sample_narrow(picture, places, columns, count, taps, step);
    typename Few<T>::Vector va, vb, vc, vd;
    for (int i = 0; i < count; ++i) {
        for (int64_t tap = 0; tap < taps; ++tap) {
            const Places<T>& at = places[tap];
            const T *a = picture + at.corner[0][i] * depth, *b = picture + at.corner[1][i] * depth;
            const T *c = picture + at.corner[2][i] * depth, *d = picture + at.corner[3][i] * depth;
            const T wa = at.strength[0][i], wb = at.strength[1][i], wc = at.strength[2][i], wd = at.strength[3][i];
            T* row = columns + i * step + tap * depth;
            int64_t k = 0;
            for (; k + Few<T>::count <= depth; k += Few<T>::count) {
                TRIMATTE_LOAD(va, a + k);
                TRIMATTE_LOAD(vb, b + k);
                TRIMATTE_LOAD(vc, c + k);
                TRIMATTE_LOAD(vd, d + k);
                va = wa * va + wb * vb + wc * vc + wd * vd;
                TRIMATTE_STORE(row + k, va);
            }
            for (; k < depth; ++k) row[k] = wa * a[k] + wb * b[k] + wc * c[k] + wd * d[k];
        }
    }
}

}  // namespace trimatte::kernels
