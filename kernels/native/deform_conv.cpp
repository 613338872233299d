#include "deform_conv.hpp"

#include <algorithm>
#include <vector>

#include "deform_conv_block.hpp"
#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kSegment = 16;  // channels of the picture's gradient that stay together

// Products of a column's gradient with the four neighbours, summed over the channels of a group: four numbers.
template <class T>
TRIMATTE_VECTORISE void multiply_corners(const T* picture, const SteepPlaces<T>& at, int i, const T* gradient,
                                         int64_t depth, T* sums) {
    const T *a = picture + at.corner[0][i] * depth, *b = picture + at.corner[1][i] * depth;
    const T *c = picture + at.corner[2][i] * depth, *d = picture + at.corner[3][i] * depth;
    typename Few<T>::Vector to[4] = {}, v, g;
    int64_t k = 0;
    for (; k + Few<T>::count <= depth; k += Few<T>::count) {
        TRIMATTE_LOAD(g, gradient + k);
        TRIMATTE_LOAD(v, a + k);
        to[0] += g * v;
        TRIMATTE_LOAD(v, b + k);
        to[1] += g * v;
        TRIMATTE_LOAD(v, c + k);
        to[2] += g * v;
        TRIMATTE_LOAD(v, d + k);
        to[3] += g * v;
    }
    for (; k < depth; ++k) {
        to[0][0] += gradient[k] * a[k];
        to[1][0] += gradient[k] * b[k];
        to[2][0] += gradient[k] * c[k];
        to[3][0] += gradient[k] * d[k];
    }
    for (int corner = 0; corner < 4; ++corner) {
        sums[corner] = 0;
        for (int j = 0; j < Few<T>::count; ++j) sums[corner] += to[corner][j];
    }
}

// Adds weight * gradient to `count` channels of one pixel.
template <class T>
TRIMATTE_VECTORISE void add_to_pixel(T* __restrict pixel, const T* gradient, T weight, int64_t count) {
    for (int64_t k = 0; k < count; ++k) pixel[k] += weight * gradient[k];
}

}  // namespace

template <class T>
void deform_columns(const T* picture, const T* offset, const T* mask, T* columns, PixelRange pixels,
                    const DeformShape& shape, int threads) {
    const int64_t taps = shape.taps(), depth = shape.depth(), step = shape.channels * taps;
    parallel_for(pixels.count, threads, kBlock, [&](int64_t begin, int64_t end) {
        for_each_block<Places<T>>(offset, mask, {pixels.first + begin, end - begin}, 0, shape.bundles, shape,
                                  [&](int64_t bundle, int64_t pixel, int count, const std::vector<Places<T>>& places) {
                                      T* out = columns + (pixel - pixels.first) * step + bundle * taps * depth;
                                      sample_block(picture + bundle * shape.one_bundle(), places.data(), out, count,
                                                   taps, depth, step);
                                  });
    });
}

template <class T>
void deform_place_gradients(const T* picture, const T* offset, const T* mask, const T* column_gradient,
                            T* offset_gradient, T* mask_gradient, PixelRange pixels, const DeformShape& shape,
                            int threads) {
    const int64_t taps = shape.taps(), depth = shape.depth(), step = shape.channels * taps, plane = shape.out_plane();
    parallel_for(pixels.count, threads, kBlock, [&](int64_t begin, int64_t end) {
        for_each_block<SteepPlaces<T>>(
            offset, mask, {pixels.first + begin, end - begin}, 0, shape.bundles, shape,
            [&](int64_t bundle, int64_t pixel, int count, const std::vector<SteepPlaces<T>>& places) {
                const T* rows = column_gradient + (pixel - pixels.first) * step + bundle * taps * depth;
                const T* source = picture + bundle * shape.one_bundle();
                for (int64_t tap = 0; tap < taps; ++tap) {
                    const int64_t map = shape.group_of(bundle) * taps + tap;
                    T* to_offset = offset_gradient + 2 * map * plane + pixel;
                    T* to_mask = mask_gradient + map * plane + pixel;
                    const SteepPlaces<T>& at = places[tap];
                    for (int i = 0; i < count; ++i) {
                        T to[4];
                        multiply_corners(source, at, i, rows + i * step + tap * depth, depth, to);
                        const T fx = at.fx[i], fy = at.fy[i];
                        to_offset[i] += at.mask[i] * ((to[2] - to[0]) * (1 - fx) + (to[3] - to[1]) * fx);
                        to_offset[plane + i] += at.mask[i] * ((to[1] - to[0]) * (1 - fy) + (to[3] - to[2]) * fy);
                        for (int k = 0; k < 4; ++k) to_mask[i] += at.weight[k][i] * to[k];
                    }
                }
            });
    });
}

template <class T>
void deform_picture_gradient(const T* offset, const T* mask, const T* column_gradient, T* picture_gradient,
                             PixelRange pixels, const DeformShape& shape, int threads) {
    const int64_t taps = shape.taps(), depth = shape.depth(), step = shape.channels * taps;
    const int64_t segments = (depth + kSegment - 1) / kSegment;
    parallel_for(shape.bundles * segments, threads, 1, [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; ++unit) {
            const int64_t bundle = unit / segments, first = unit % segments * kSegment;
            const int64_t count = std::min(kSegment, depth - first);
            T* target = picture_gradient + bundle * shape.one_bundle() + first;
            for_each_block<Places<T>>(
                offset, mask, pixels, bundle, bundle + 1, shape,
                [&](int64_t, int64_t pixel, int block, const std::vector<Places<T>>& places) {
                    const T* rows = column_gradient + (pixel - pixels.first) * step + bundle * taps * depth;
                    for (int i = 0; i < block; ++i)
                        for (int64_t tap = 0; tap < taps; ++tap)
                            for (int k = 0; k < 4; ++k)
                                add_to_pixel(target + places[tap].corner[k][i] * depth,
                                             rows + i * step + tap * depth + first, places[tap].strength[k][i], count);
                });
        }
    });
}

#define TRIMATTE_INSTANTIATE(T)                                                                          \
    template void deform_columns(const T*, const T*, const T*, T*, PixelRange, const DeformShape&, int); \
    template void deform_place_gradients(const T*, const T*, const T*, const T*, T*, T*, PixelRange,     \
                                         const DeformShape&, int);                                       \
    template void deform_picture_gradient(const T*, const T*, const T*, T*, PixelRange, const DeformShape&, int);
TRIMATTE_INSTANTIATE(float)
TRIMATTE_INSTANTIATE(double)
#undef TRIMATTE_INSTANTIATE

}  // namespace trimatte::kernels
