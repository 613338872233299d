// The exponential of a vector of numbers that are at most zero.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "vectorise.hpp"

namespace trimatte::kernels {

// Replaces x by its exponential, within 2 units in the last place for float; numbers below -87 give 0 there, and NaN
// stays NaN. By reference: vectors of 64 bytes have no calling convention on older processors.
template <class T>
inline __attribute__((always_inline)) void exponentiate(typename Lanes<T>::Vector& x) {
    if constexpr (std::is_same_v<T, double>) {
        for (int lane = 0; lane < Lanes<T>::count; ++lane) x[lane] = std::exp(x[lane]);
    } else {
        using Vector = typename Lanes<T>::Vector;
        typedef int32_t Bits __attribute__((vector_size(64)));
        // x = n log(2) + r; adding 1.5 * 2^23 rounds n to a whole number, which then sits in the low bits.
        const Vector clipped = x < -87.0f ? Vector{} - 87.0f : x;
        const Vector shifted = clipped * 1.44269504f + 12582912.0f;
        const Vector n = shifted - 12582912.0f;
        const Vector r = (clipped - n * 0.693359375f) + n * 2.12194440e-4f;
        // Taylor's series; |r| <= 0.35, so the first term left out is below 2e-8.
        Vector series = r * (1.0f / 5040) + 1.0f / 720;
        series = series * r + 1.0f / 120;
        series = series * r + 1.0f / 24;
        series = series * r + 1.0f / 6;
        series = series * r + 0.5f;
        series = series * r + 1.0f;
        series = series * r + 1.0f;
        Bits bits, exponent;
        std::memcpy(&bits, &series, sizeof(bits));
        std::memcpy(&exponent, &shifted, sizeof(exponent));
        bits += exponent << 23;
        std::memcpy(&series, &bits, sizeof(bits));
        series = x < -87.0f ? Vector{} : series;
        x = x == x ? series : x;
    }
}

}  // namespace trimatte::kernels
