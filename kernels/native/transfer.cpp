#include "transfer.hpp"

#include <cmath>
#include <limits>

#include "parallel.hpp"
#include "power.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr double kJoin = 0.003130668442500634, kEncodedJoin = 12.92 * kJoin;
constexpr int64_t kLeastNumbers = 1 << 13;  // fewer are not worth a thread

template <class T>
TRIMATTE_VECTORISE void encode_run(const T* linear, T* out, int64_t count) {
    constexpr T endless = std::numeric_limits<T>::infinity(), join = T(kJoin);
    for (int64_t k = 0; k < count; ++k) {
        const T size = std::fabs(linear[k]);
        const T curved = T(1.055) * power_of(size > join ? size : join, T(1 / 2.4)) - T(0.055);
        const T encoded = std::copysign(size > join ? curved : size * T(12.92), linear[k]);
        out[k] = size < endless ? encoded : linear[k];
    }
}

template <class T>
TRIMATTE_VECTORISE void decode_run(const T* encoded, T* out, int64_t count) {
    constexpr T endless = std::numeric_limits<T>::infinity(), join = T(kEncodedJoin);
    for (int64_t k = 0; k < count; ++k) {
        const T size = std::fabs(encoded[k]);
        const T curved = power_of(((size > join ? size : join) + T(0.055)) * T(1 / 1.055), T(2.4));
        const T linear = std::copysign(size > join ? curved : size * T(1 / 12.92), encoded[k]);
        out[k] = size < endless ? linear : encoded[k];
    }
}

}  // namespace

template <class T>
void encode_srgb(const T* linear, T* out, int64_t count, int threads) {
    parallel_for(count, threads, kLeastNumbers,
                 [=](int64_t first, int64_t last) { encode_run(linear + first, out + first, last - first); });
}

template <class T>
void decode_srgb(const T* encoded, T* out, int64_t count, int threads) {
    parallel_for(count, threads, kLeastNumbers,
                 [=](int64_t first, int64_t last) { decode_run(encoded + first, out + first, last - first); });
}

template void encode_srgb(const float*, float*, int64_t, int);
template void encode_srgb(const double*, double*, int64_t, int);
template void decode_srgb(const float*, float*, int64_t, int);
template void decode_srgb(const double*, double*, int64_t, int);

}  // namespace trimatte::kernels
