#include "deform_conv.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int kBlock = 32;        // pixels whose places are worked out together
constexpr int64_t kSegment = 16;  // channels of the picture's gradient that stay together

// Where one tap of one group looks for a block of pixels: four neighbours (numbers of pixels) and their weights.
template <class T>
struct Places {
    int32_t corner[4][kBlock];
    T weight[4][kBlock];  // without the mask
    T fx[kBlock], fy[kBlock], mask[kBlock];
};

// Output pixels of a block, as the places in the picture that a tap without offset has.
template <class T>
struct Origins {
    T x[kBlock], y[kBlock];
};

template <class T>
TRIMATTE_VECTORISE void find_places(Places<T>* __restrict places, const Origins<T>* __restrict origins,
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
        places->weight[0][i] = (1 - fy) * (1 - fx);
        places->weight[1][i] = (1 - fy) * fx;
        places->weight[2][i] = fy * (1 - fx);
        places->weight[3][i] = fy * fx;
        places->fx[i] = fx;
        places->fy[i] = fy;
        places->mask[i] = mask[i];
    }
}

// Calls body(bundle, first pixel, pixels, places of all taps) for every block of a range of pixels and bundles.
template <class T, class Body>
void for_each_block(const T* offset, const T* mask, PixelRange pixels, int64_t begin, int64_t end,
                    const DeformShape& shape, const Body& body) {
    const int64_t taps = shape.taps(), plane = shape.out_plane();
    std::vector<Places<T>> places(taps);
    Origins<T> origins;
    for (int64_t done = 0; done < pixels.count; done += kBlock) {
        const int64_t pixel = pixels.first + done;
        const int count = int(std::min<int64_t>(kBlock, pixels.count - done));
        for (int i = 0; i < count; ++i) {
            origins.x[i] = T((pixel + i) % shape.out_width * shape.stride - shape.padding);
            origins.y[i] = T((pixel + i) / shape.out_width * shape.stride - shape.padding);
        }
        for (int64_t bundle = begin; bundle < end; ++bundle) {
            const bool is_known = bundle > begin && shape.group_of(bundle) == shape.group_of(bundle - 1);
            for (int64_t tap = 0; tap < taps && !is_known; ++tap) {
                const int64_t map = shape.group_of(bundle) * taps + tap;
                const T tap_x = T(tap % shape.kernel_width * shape.dilation);
                const T tap_y = T(tap / shape.kernel_width * shape.dilation);
                const T* dy = offset + 2 * map * plane + pixel;
                find_places(&places[tap], &origins, dy, dy + plane, mask + map * plane + pixel, tap_x, tap_y, count,
                            int32_t(shape.height), int32_t(shape.width));
            }
            body(bundle, pixel, count, places);
        }
    }
}

// Numbers that are added side by side: 32 bytes, since few channels of a bundle are common.
template <class T>
struct Few {
    typedef T Vector __attribute__((vector_size(32)));
    static constexpr int count = 32 / sizeof(T);
};

// Samples all taps for each pixel of a block; `columns` holds (taps, depth) numbers every `step`.
template <class T>
TRIMATTE_VECTORISE void sample_block(const T* picture, const Places<T>* places, T* columns, int count, int64_t taps,
                                     int64_t depth, int64_t step) {
    typename Few<T>::Vector va, vb, vc, vd;
    for (int i = 0; i < count; ++i) {
        for (int64_t tap = 0; tap < taps; ++tap) {
            const Places<T>& at = places[tap];
            const T *a = picture + at.corner[0][i] * depth, *b = picture + at.corner[1][i] * depth;
            const T *c = picture + at.corner[2][i] * depth, *d = picture + at.corner[3][i] * depth;
            const T factor = at.mask[i], wa = at.weight[0][i] * factor, wb = at.weight[1][i] * factor;
            const T wc = at.weight[2][i] * factor, wd = at.weight[3][i] * factor;
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

// Products of a column's gradient with the four neighbours, summed over the channels of a group: four numbers.
template <class T>
TRIMATTE_VECTORISE void multiply_corners(const T* picture, const Places<T>& at, int i, const T* gradient, int64_t depth,
                                         T* sums) {
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
        for_each_block(offset, mask, {pixels.first + begin, end - begin}, 0, shape.bundles, shape,
                       [&](int64_t bundle, int64_t pixel, int count, const std::vector<Places<T>>& places) {
                           T* out = columns + (pixel - pixels.first) * step + bundle * taps * depth;
                           sample_block(picture + bundle * shape.one_bundle(), places.data(), out, count, taps, depth,
                                        step);
                       });
    });
}

template <class T>
void deform_place_gradients(const T* picture, const T* offset, const T* mask, const T* column_gradient,
                            T* offset_gradient, T* mask_gradient, PixelRange pixels, const DeformShape& shape,
                            int threads) {
    const int64_t taps = shape.taps(), depth = shape.depth(), step = shape.channels * taps, plane = shape.out_plane();
    parallel_for(pixels.count, threads, kBlock, [&](int64_t begin, int64_t end) {
        for_each_block(offset, mask, {pixels.first + begin, end - begin}, 0, shape.bundles, shape,
                       [&](int64_t bundle, int64_t pixel, int count, const std::vector<Places<T>>& places) {
                           const T* rows = column_gradient + (pixel - pixels.first) * step + bundle * taps * depth;
                           const T* source = picture + bundle * shape.one_bundle();
                           for (int64_t tap = 0; tap < taps; ++tap) {
                               const int64_t map = shape.group_of(bundle) * taps + tap;
                               T* to_offset = offset_gradient + 2 * map * plane + pixel;
                               T* to_mask = mask_gradient + map * plane + pixel;
                               const Places<T>& at = places[tap];
                               for (int i = 0; i < count; ++i) {
                                   T to[4];
                                   multiply_corners(source, at, i, rows + i * step + tap * depth, depth, to);
                                   const T fx = at.fx[i], fy = at.fy[i];
                                   to_offset[i] += at.mask[i] * ((to[2] - to[0]) * (1 - fx) + (to[3] - to[1]) * fx);
                                   to_offset[plane + i] +=
                                       at.mask[i] * ((to[1] - to[0]) * (1 - fy) + (to[3] - to[2]) * fy);
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
            for_each_block(offset, mask, pixels, bundle, bundle + 1, shape,
                           [&](int64_t, int64_t pixel, int block, const std::vector<Places<T>>& places) {
                               const T* rows = column_gradient + (pixel - pixels.first) * step + bundle * taps * depth;
                               for (int i = 0; i < block; ++i)
                                   for (int64_t tap = 0; tap < taps; ++tap)
                                       for (int k = 0; k < 4; ++k)
                                           add_to_pixel(target + places[tap].corner[k][i] * depth,
                                                        rows + i * step + tap * depth + first,
                                                        places[tap].weight[k][i] * places[tap].mask[i], count);
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
