// Powers of positive numbers that the compiler can vectorise: no table, no branch, 2 units in the last place or better.
#pragma once

#include <bit>
#include <cstdint>
#include <numbers>
#include <type_traits>

namespace trimatte::kernels {

template <class T>
struct Bits;
template <>
struct Bits<float> {
    using Int = int32_t;
    static constexpr int mantissa = 23, bias = 127, log_terms = 5, exp_terms = 8;
};
template <>
struct Bits<double> {
    using Int = int64_t;
    static constexpr int mantissa = 52, bias = 1023, log_terms = 12, exp_terms = 15;
};

// log2 of a normal, finite, positive number: exponent + series of 2 atanh(s), |s| < 0.172.
template <class T>
[[gnu::always_inline]] inline T log2_of(T x) {
    using B = Bits<T>;
    using Int = typename B::Int;
    constexpr Int root = std::bit_cast<Int>(T(1) / std::numbers::sqrt2_v<T>);
    const Int bits = std::bit_cast<Int>(x);
    const Int exponent = (bits - root) >> B::mantissa;  // so that the rest lies around 1
    const T rest = std::bit_cast<T>(bits - exponent * (Int(1) << B::mantissa));
    const T s = (rest - 1) / (rest + 1), square = s * s;
    T sum = 0;
#pragma GCC unroll 16
    for (int term = B::log_terms - 1; term >= 0; --term) sum = sum * square + T(1) / T(2 * term + 1);
    return T(exponent) + sum * s * T(2 * std::numbers::log2e_v<double>);
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
    const T rest = (x - (shifted - shift)) * std::numbers::ln2_v<T>;
    T sum = 1;
#pragma GCC unroll 16
    for (int term = B::exp_terms - 1; term >= 1; --term) sum = T(1) + sum * rest * (T(1) / T(term));
    return sum * std::bit_cast<T>((whole + B::bias) * (Int(1) << B::mantissa));
}

template <class T>
[[gnu::always_inline]] inline T power_of(T base, T exponent) {
    return exp2_of(exponent * log2_of(base));
}

}  // namespace trimatte::kernels
