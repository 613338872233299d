#include "composite.hpp"

#include <algorithm>

#include "parallel.hpp"
#include "stream.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kLeastNumbers = 1 << 15;  // fewer are not worth a thread

// For every channel of every picture, in the order of memory: streams that run on are what it serves fastest, and the
// alpha of a picture comes back from the caches. run(alpha offset, picture offset, count) writes numbers; lines(...)
// does where whole cache lines are for memory. `pictures`: how many are read and written.
template <class T, class Run, class Lines>
void for_runs(const T* out, const PictureShape& shape, int64_t pictures, int threads, const Run& run,
              const Lines& lines) {
    const int64_t channels = shape.channels, plane = shape.plane, numbers = shape.batch * channels * plane;
    const bool is_for_memory = outgrows_caches((numbers * pictures + shape.batch * plane) * int64_t(sizeof(T)));
    parallel_for(numbers, threads, kLeastNumbers, [&](int64_t first, int64_t last) {
        for (int64_t place = first, count; place < last; place += count) {
            const int64_t pixel = place % plane, matte = place / plane / channels * plane + pixel;
            count = std::min(last - place, plane - pixel);
            if (!is_for_memory) {
                run(matte, place, count);
                continue;
            }
            const int64_t head = before_line(out + place, count);
            const int64_t whole = (count - head) / Lanes<T>::count * Lanes<T>::count, tail = head + whole;
            run(matte, place, head);
            lines(matte + head, place + head, whole);
            run(matte + tail, place + tail, count - tail);
        }
        finish_streams();
    });
}

template <class T>
TRIMATTE_VECTORISE void over_run(const T* foreground, const T* alpha, const T* background, T* out, int64_t count) {
    for (int64_t k = 0; k < count; ++k) out[k] = foreground[k] * alpha[k] + background[k] * (1 - alpha[k]);
}

template <class T>
TRIMATTE_VECTORISE void over_lines(const T* foreground, const T* alpha, const T* background, T* out, int64_t count) {
    typename Lanes<T>::Vector front, matte, behind;
    for (int64_t k = 0; k < count; k += Lanes<T>::count) {
        TRIMATTE_LOAD(front, foreground + k);
        TRIMATTE_LOAD(matte, alpha + k);
        TRIMATTE_LOAD(behind, background + k);
        front = front * matte + behind * (1 - matte);
        stream_line(&front, out + k);
    }
}

template <class T>
TRIMATTE_VECTORISE void premultiply_run(const T* foreground, const T* alpha, T* out, int64_t count) {
    for (int64_t k = 0; k < count; ++k) out[k] = foreground[k] * alpha[k];
}

template <class T>
TRIMATTE_VECTORISE void premultiply_lines(const T* foreground, const T* alpha, T* out, int64_t count) {
    typename Lanes<T>::Vector colour, matte;
    for (int64_t k = 0; k < count; k += Lanes<T>::count) {
        TRIMATTE_LOAD(colour, foreground + k);
        TRIMATTE_LOAD(matte, alpha + k);
        colour *= matte;
        stream_line(&colour, out + k);
    }
}

template <class T>
TRIMATTE_VECTORISE void unpremultiply_run(const T* foreground, const T* alpha, T* out, T epsilon, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const T straight = foreground[k] / alpha[k];
        out[k] = alpha[k] < epsilon ? T(0) : straight;  // an alpha that is not a number shows in the result
    }
}

template <class T>
TRIMATTE_VECTORISE void unpremultiply_lines(const T* foreground, const T* alpha, T* out, T epsilon, int64_t count) {
    typename Lanes<T>::Vector colour, matte;
    for (int64_t k = 0; k < count; k += Lanes<T>::count) {
        TRIMATTE_LOAD(colour, foreground + k);
        TRIMATTE_LOAD(matte, alpha + k);
        colour /= matte;
        colour = matte < epsilon ? typename Lanes<T>::Vector{} : colour;
        stream_line(&colour, out + k);
    }
}

}  // namespace

template <class T>
void over(const T* foreground, const T* alpha, const T* background, T* out, const PictureShape& shape, int threads) {
    for_runs(
        out, shape, 3, threads,
        [=](int64_t matte, int64_t picture, int64_t count) {
            over_run(foreground + picture, alpha + matte, background + picture, out + picture, count);
        },
        [=](int64_t matte, int64_t picture, int64_t count) {
            over_lines(foreground + picture, alpha + matte, background + picture, out + picture, count);
        });
}

template <class T>
void premultiply(const T* foreground, const T* alpha, T* out, const PictureShape& shape, int threads) {
    for_runs(
        out, shape, 2, threads,
        [=](int64_t matte, int64_t picture, int64_t count) {
            premultiply_run(foreground + picture, alpha + matte, out + picture, count);
        },
        [=](int64_t matte, int64_t picture, int64_t count) {
            premultiply_lines(foreground + picture, alpha + matte, out + picture, count);
        });
}

template <class T>
void unpremultiply(const T* foreground, const T* alpha, T* out, T epsilon, const PictureShape& shape, int threads) {
    for_runs(
        out, shape, 2, threads,
        [=](int64_t matte, int64_t picture, int64_t count) {
            unpremultiply_run(foreground + picture, alpha + matte, out + picture, epsilon, count);
        },
        [=](int64_t matte, int64_t picture, int64_t count) {
            unpremultiply_lines(foreground + picture, alpha + matte, out + picture, epsilon, count);
        });
}

template void over(const float*, const float*, const float*, float*, const PictureShape&, int);
template void over(const double*, const double*, const double*, double*, const PictureShape&, int);
template void premultiply(const float*, const float*, float*, const PictureShape&, int);
template void premultiply(const double*, const double*, double*, const PictureShape&, int);
template void unpremultiply(const float*, const float*, float*, float, const PictureShape&, int);
template void unpremultiply(const double*, const double*, double*, double, const PictureShape&, int);

}  // namespace trimatte::kernels
