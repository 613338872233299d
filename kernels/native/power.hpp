// Powers of positive numbers that the compiler can vectorise: no table, no branch. Float is off by about a unit in the
// last place for each doubling that lies between 1 and the result.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace trimatte::kernels {

// Series that are as good as the type: log2((1 + s) / (1 - s)) / s in s^2 for |s| < 0.172, and 2^x for |x| <= 0.5.
template <class T>
struct Bits;
template <>
struct Bits<float> {
    using Int = int32_t;
    static constexpr int mantissa = 23, bias = 127;
    // Remez's exchange: off by 2e-9 at most.
    static constexpr std::array log_series{2.885390043258667f, 0.9617988467216492f, 0.5767138600349426f,
                                           0.43174833059310913f};
    static constexpr std::array exp_series{1.0f,
                                           0.6931471824645996f,
                                           0.24022646248340607f,
                                           0.05550328642129898f,
                                           0.009618489071726799f,
                                           0.0013399930903688073f,
                                           0.0001534581242594868f};
};
template <>
struct Bits<double> {
    using Int = int64_t;
    static constexpr int mantissa = 52, bias = 1023;
    // Taylor's.
    static constexpr std::array log_series = [] {
        std::array<double, 12> terms{};
        for (int k = 0; k < 12; ++k) terms[k] = 2 * std::numbers::log2e / (2 * k + 1);
        return terms;
    }();
    static constexpr std::array exp_series = [] {
        std::array<double, 15> terms{1};
        for (int k = 1; k < 15; ++k) terms[k] = terms[k - 1] * std::numbers::ln2 / k;
        return terms;
    }();
};

template <class T, size_t kTerms>
[[gnu::always_inline]] inline T sum_series(const std::array<T, kTerms>& series, T x) {
    T sum = series[kTerms - 1];
#pragma GCC unroll 16
    for (int term = int(kTerms) - 2; term >= 0; --term) sum = sum * x + series[term];
    return sum;
}

// log2 of a normal, finite, positive number.
template <class T>
[[gnu::always_inline]] inline T log2_of(T x) {
    using B = Bits<T>;
    using Int = typename B::Int;
    constexpr Int root = std::bit_cast<Int>(T(1) / std::numbers::sqrt2_v<T>);
    const Int bits = std::bit_cast<Int>(x);
    const Int exponent = (bits - root) >> B::mantissa;  // so that the rest lies around 1
    const T rest = std::bit_cast<T>(bits - exponent * (Int(1) << B::mantissa));
    const T s = (rest - 1) / (rest + 1);
    return T(exponent) + sum_series(B::log_series, s * s) * s;
}

// 2^x; 0 from the smallest normal number down, infinite beyond the largest.
template <class T>
[[gnu::always_inline]] inline T exp2_of(T x) {
    using B = Bits<T>;
    using Int = typename B::Int;
    constexpr T shift = T(Int(3) << (B::mantissa - 1));  // adding it rounds to whole numbers in the low bits
    x = x > T(B::bias + 1) ? T(B::bias + 1) : x < T(-B::bias) ? T(-B::bias) : x;
    const T shifted = x + shift;
    const Int whole = std::bit_cast<Int>(shifted) - std::bit_cast<Int>(shift);
    const T value = sum_series(B::exp_series, x - (shifted - shift));
    return value * std::bit_cast<T>((whole + B::bias) * (Int(1) << B::mantissa));
}

template <class T>
[[gnu::always_inline]] inline T power_of(T base, T exponent) {
    return exp2_of(exponent * log2_of(base));
}

}  // namespace trimatte::kernels
