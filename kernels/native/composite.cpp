#include "composite.hpp"

#include <algorithm>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kRun = 2048;             // pixels whose alpha stays in the nearest cache while all channels use it
constexpr int64_t kLeastPixels = 1 << 14;  // fewer are not worth a thread

// Calls blend(alpha offset, picture offset, count) for runs of pixels of every channel.
template <class Blend>
void for_runs(const PictureShape& shape, int threads, const Blend& blend) {
    const int64_t channels = shape.channels, plane = shape.plane;
    parallel_for(shape.batch * plane, threads, kLeastPixels, [&](int64_t first, int64_t last) {
        for (int64_t place = first, count; place < last; place += count) {
            const int64_t item = place / plane, pixel = place % plane;
            count = std::min({kRun, last - place, plane - pixel});
            for (int64_t channel = 0; channel < channels; ++channel) {
                blend(place, (item * channels + channel) * plane + pixel, count);
            }
        }
    });
}

template <class T>
TRIMATTE_VECTORISE void over_run(const T* foreground, const T* alpha, const T* background, T* out, int64_t count) {
    for (int64_t k = 0; k < count; ++k) out[k] = foreground[k] * alpha[k] + background[k] * (1 - alpha[k]);
}

template <class T>
TRIMATTE_VECTORISE void premultiply_run(const T* foreground, const T* alpha, T* out, int64_t count) {
    for (int64_t k = 0; k < count; ++k) out[k] = foreground[k] * alpha[k];
}

template <class T>
TRIMATTE_VECTORISE void unpremultiply_run(const T* foreground, const T* alpha, T* out, T epsilon, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const T straight = foreground[k] / alpha[k];
        out[k] = alpha[k] < epsilon ? T(0) : straight;  // an alpha that is not a number shows in the result
    }
}

}  // namespace

template <class T>
void over(const T* foreground, const T* alpha, const T* background, T* out, const PictureShape& shape, int threads) {
    for_runs(shape, threads, [=](int64_t matte, int64_t picture, int64_t count) {
        over_run(foreground + picture, alpha + matte, background + picture, out + picture, count);
    });
}

template <class T>
void premultiply(const T* foreground, const T* alpha, T* out, const PictureShape& shape, int threads) {
    for_runs(shape, threads, [=](int64_t matte, int64_t picture, int64_t count) {
        premultiply_run(foreground + picture, alpha + matte, out + picture, count);
    });
}

template <class T>
void unpremultiply(const T* foreground, const T* alpha, T* out, T epsilon, const PictureShape& shape, int threads) {
    for_runs(shape, threads, [=](int64_t matte, int64_t picture, int64_t count) {
        unpremultiply_run(foreground + picture, alpha + matte, out + picture, epsilon, count);
    });
}

template void over(const float*, const float*, const float*, float*, const PictureShape&, int);
template void over(const double*, const double*, const double*, double*, const PictureShape&, int);
template void premultiply(const float*, const float*, float*, const PictureShape&, int);
template void premultiply(const double*, const double*, double*, const PictureShape&, int);
template void unpremultiply(const float*, const float*, float*, float, const PictureShape&, int);
template void unpremultiply(const double*, const double*, double*, double, const PictureShape&, int);

}  // namespace trimatte::kernels
