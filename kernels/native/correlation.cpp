#include "correlation.hpp"

#include <algorithm>
#include <vector>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int kShifts = 9;  // displacements along x that are summed in registers at a time

// Adds products of 64 bytes of pixels with kShifts neighbouring places of `second`, over all channels.
template <class T>
TRIMATTE_VECTORISE void sum_block(const T* first, const T* second, T* sums, int64_t channels, int64_t first_step,
                                  int64_t second_step) {
    typename Lanes<T>::Vector total[kShifts] = {}, a, b;
    for (int64_t channel = 0; channel < channels; ++channel) {
        TRIMATTE_LOAD(a, first + channel * first_step);
        const T* row = second + channel * second_step;
#pragma GCC unroll 9
        for (int shift = 0; shift < kShifts; ++shift) {
            TRIMATTE_LOAD(b, row + shift);
            total[shift] += a * b;
        }
    }
    TRIMATTE_STORE(sums, total);
}

// A map with zeros around it, so that blocks may read beyond the picture: rows of `stride` numbers.
template <class T>
struct Padded {
    Padded(const T* map, int64_t channels, int64_t height, int64_t width, int margin, int64_t stride)
        : margin(margin), stride(stride), plane(stride * (height + 2 * margin)), numbers(plane * channels + stride) {
        for (int64_t row = 0; row < channels * height; ++row) {
            std::copy_n(map + row * width, width, at(row / height, row % height, 0));
        }
    }
    T* at(int64_t channel, int64_t y, int64_t x) {
        return numbers.data() + channel * plane + (y + margin) * stride + x + margin;
    }
    int margin;
    int64_t stride, plane;
    std::vector<T> numbers;
};

}  // namespace

template <class T>
void correlation(const T* first, const T* second, T* out, const CorrelationShape& shape, int threads) {
    constexpr int lanes = Lanes<T>::count;
    const auto [batch, channels, height, width, radius] = shape;
    const int64_t side = 2 * radius + 1, plane = height * width, map = channels * plane;
    const int64_t stride = (width + lanes - 1) / lanes * lanes + 2 * radius + kShifts;
    for (int64_t item = 0; item < batch; ++item) {
        Padded<T> one(first + item * map, channels, height, width, 0, stride);
        Padded<T> two(second + item * map, channels, height, width, radius, stride);
        T* result = out + item * side * side * plane;
        parallel_for(height, threads, 1,
                     [&, height = height, width = width, channels = channels](int64_t top, int64_t bottom) {
                         T sums[kShifts * lanes];
                         for (int64_t y = top; y < bottom; ++y)
                             for (int64_t dy = 0; dy < side; ++dy)
                                 for (int64_t x = 0; x < width; x += lanes)
                                     for (int64_t dx = 0; dx < side; dx += kShifts) {
                                         sum_block(one.at(0, y, x), two.at(0, y + dy - two.margin, x + dx - two.margin),
                                                   sums, channels, one.plane, two.plane);
                                         const int64_t shifts = std::min<int64_t>(kShifts, side - dx);
                                         const int64_t pixels = std::min<int64_t>(lanes, width - x);
                                         for (int64_t shift = 0; shift < shifts; ++shift) {
                                             T* row = result + (dy * side + dx + shift) * plane + y * width + x;
                                             for (int64_t k = 0; k < pixels; ++k)
                                                 row[k] = sums[shift * lanes + k] / T(channels);
                                         }
                                     }
                     });
    }
}

namespace {

// Adds gradient * other to one row: sums[x] += gradient[x] * other[x].
template <class T>
TRIMATTE_VECTORISE void add_products(T* sums, const T* gradient, const T* other, int64_t count, T scale) {
    for (int64_t x = 0; x < count; ++x) sums[x] += gradient[x] * other[x] * scale;
}

}  // namespace

template <class T>
void correlation_backward(const T* gradient, const T* first, const T* second, T* first_gradient, T* second_gradient,
                          const CorrelationShape& shape, int threads) {
    const auto [batch, channels, height, width, radius] = shape;
    const int64_t side = 2 * radius + 1, plane = height * width;
    const T scale = T(1) / T(channels);
    std::fill_n(first_gradient, batch * channels * plane, T(0));
    std::fill_n(second_gradient, batch * channels * plane, T(0));
    // Both gradients of one channel are written by one thread: no races, and the same sums for any number of threads.
    parallel_for(batch * channels, threads, 1,
                 [&, channels = channels, height = height, width = width, radius = radius](int64_t begin, int64_t end) {
                     for (int64_t map = begin; map < end; ++map) {
                         const T* item_gradient = gradient + map / channels * side * side * plane;
                         for (int64_t shift = 0; shift < side * side; ++shift) {
                             const int64_t dy = shift / side - radius, dx = shift % side - radius;
                             const int64_t left = std::max<int64_t>(0, -dx), count = width - std::abs(dx);
                             if (count <= 0) continue;
                             for (int64_t y = std::max<int64_t>(0, -dy); y < std::min(height, height - dy); ++y) {
                                 const int64_t here = y * width + left, there = (y + dy) * width + left + dx;
                                 const T* weights = item_gradient + shift * plane + here;
                                 const T* one = first + map * plane;
                                 const T* two = second + map * plane;
                                 add_products(first_gradient + map * plane + here, weights, two + there, count, scale);
                                 add_products(second_gradient + map * plane + there, weights, one + here, count, scale);
                             }
                         }
                     }
                 });
}

template void correlation(const float*, const float*, float*, const CorrelationShape&, int);
template void correlation(const double*, const double*, double*, const CorrelationShape&, int);
template void correlation_backward(const float*, const float*, const float*, float*, float*, const CorrelationShape&,
                                   int);
template void correlation_backward(const double*, const double*, const double*, double*, double*,
                                   const CorrelationShape&, int);

}  // namespace trimatte::kernels
