// Small matrix products with one block of columns that stays in the cache: what the memory read and the deformable
// convolution are made of.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vectorise.hpp"

namespace trimatte::kernels {

constexpr int kBlockVectors = 4;

// Columns of a block.
template <class T>
constexpr int kBlockWidth = kBlockVectors * Lanes<T>::count;

// The left side of a product, anywhere in memory: number (row, column) lies at row * row_step + column * column_step.
template <class T>
struct Left {
    const T* data;
    int64_t row_step, column_step;
};

// A few rows of the product, kVectors vectors of each: as many sums as there are registers.
template <class T, int kRows, int kVectors>
inline __attribute__((always_inline)) void multiply_rows(const Left<T>& left, const T* right, int64_t depth, T* out,
                                                         bool adds) {
    constexpr int lanes = Lanes<T>::count, width = kBlockWidth<T>;
    typename Lanes<T>::Vector sums[kRows][kVectors] = {}, part[kVectors];
    if (adds) {
        for (int k = 0; k < kRows; ++k) std::memcpy(sums[k], out + k * width, sizeof(sums[k]));
    }
    const T* numbers = left.data;
    for (int64_t place = 0; place < depth; ++place, numbers += left.column_step, right += width) {
#pragma GCC unroll 4
        for (int vector = 0; vector < kVectors; ++vector) TRIMATTE_LOAD(part[vector], right + vector * lanes);
#pragma GCC unroll 8
        for (int k = 0; k < kRows; ++k) {
#pragma GCC unroll 4
            for (int vector = 0; vector < kVectors; ++vector) {
                sums[k][vector] += numbers[k * left.row_step] * part[vector];
            }
        }
    }
    for (int k = 0; k < kRows; ++k) std::memcpy(out + k * width, sums[k], sizeof(sums[k]));
}

template <class T, int kRows, int kVectors>
inline __attribute__((always_inline)) void multiply_all_rows(Left<T> left, int64_t rows, const T* right, int64_t depth,
                                                             T* out, bool adds) {
    for (; rows >= kRows; rows -= kRows, left.data += kRows * left.row_step, out += kRows * kBlockWidth<T>) {
        multiply_rows<T, kRows, kVectors>(left, right, depth, out, adds);
    }
    for (; rows > 0; --rows, left.data += left.row_step, out += kBlockWidth<T>) {
        multiply_rows<T, 1, kVectors>(left, right, depth, out, adds);
    }
}

// For 32 registers of 64 bytes: 24 sums.
template <class T>
TRIMATTE_VECTORISE void multiply_wide(Left<T> left, int64_t rows, const T* right, int64_t depth, T* out, bool adds) {
    multiply_all_rows<T, 6, kBlockVectors>(left, rows, right, depth, out, adds);
}

// For 16 registers of 32 bytes, or blocks that are not filled: 12 sums.
template <class T>
TRIMATTE_VECTORISE void multiply_narrow(Left<T> left, int64_t rows, const T* right, int64_t depth, T* out, bool adds) {
    multiply_all_rows<T, 6, 1>(left, rows, right, depth, out, adds);
}

inline bool has_wide_registers() {
#if defined(__x86_64__) && defined(__GNUC__)
    static const bool has = __builtin_cpu_supports("avx512f");
    return has;
#else
    return false;
#endif
}

// Writes, or adds to, out (rows, block width) = left (rows, depth) * right (depth, block width), in the first `columns`
// columns at least. Each number is summed in the order of `depth`, whatever the number of rows.
template <class T>
void multiply(Left<T> left, int64_t rows, const T* right, int64_t depth, T* out, bool adds,
              int64_t columns = kBlockWidth<T>) {
    constexpr int lanes = Lanes<T>::count;
    if (has_wide_registers() && columns > kBlockWidth<T> - lanes) {
        return multiply_wide(left, rows, right, depth, out, adds);
    }
    for (int64_t column = 0; column < std::min<int64_t>(columns, kBlockWidth<T>); column += lanes) {
        multiply_narrow(left, rows, right + column, depth, out + column, adds);
    }
}

}  // namespace trimatte::kernels
