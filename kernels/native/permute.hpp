// Lookups within 16 or 32 neighbouring numbers as permutations of registers, where the processor has them.
#pragma once

#include <cstdint>

#include "vectorise.hpp"

namespace trimatte::kernels {

using Floats = Lanes<float>::Vector;
using Ints = Lanes<int32_t>::Vector;
constexpr int kLanes = Lanes<float>::count;
constexpr Ints kLaneNumbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// For functions that run only where can_permute(), and for what they inline: without it a function that is inlined
// later would be taken apart, number by number, for the oldest processor first.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TRIMATTE_PERMUTE __attribute__((target("arch=x86-64-v4")))
#else
#define TRIMATTE_PERMUTE
#endif

// Whether __builtin_shuffle of Floats is an instruction; elsewhere it would go through memory, number by number.
inline bool can_permute() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    static const bool found = __builtin_cpu_supports("x86-64-v4") != 0;
    return found;
#else
    return false;
#endif
}

// One step of turning a square: swaps numbers that lie `kStep` rows and columns apart.
template <int kStep>
TRIMATTE_PERMUTE __attribute__((always_inline)) inline void swap_apart(Floats (&square)[kLanes]) {
    constexpr Ints kHere = kLaneNumbers, kIsRight = kHere & kStep;
    for (int row = 0; row < kLanes; ++row) {
        if (row & kStep) continue;
        const Floats upper = square[row], lower = square[row + kStep];
        square[row] = __builtin_shuffle(upper, lower, kIsRight != 0 ? kHere - kStep + kLanes : kHere);
        square[row + kStep] = __builtin_shuffle(upper, lower, kIsRight != 0 ? kHere + kLanes : kHere + kStep);
    }
}

// Makes the rows of a square of numbers its columns.
TRIMATTE_PERMUTE __attribute__((always_inline)) inline void turn_square(Floats (&square)[kLanes]) {
    swap_apart<1>(square);
    swap_apart<2>(square);
    swap_apart<4>(square);
    swap_apart<8>(square);
}

// The least of a vector's numbers.
TRIMATTE_PERMUTE __attribute__((always_inline)) inline int32_t least_of(const Ints& numbers) {
    Ints least = numbers;
    for (int step = kLanes / 2; step > 0; step /= 2) {
        const Ints other = __builtin_shuffle(least, kLaneNumbers ^ step);
        least = least < other ? least : other;
    }
    return least[0];
}

}  // namespace trimatte::kernels
