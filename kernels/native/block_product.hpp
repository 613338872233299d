// Small matrix products with one block of columns that stays in the cache: what the memory read is made of.
#pragma once

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

template <class T, int kRows>
inline __attribute__((always_inline)) void multiply_rows(const Left<T>& left, const T* right, int64_t depth, T* out,
                                                         bool adds) {
    constexpr int lanes = Lanes<T>::count, width = kBlockWidth<T>;
    typename Lanes<T>::Vector sums[kRows][kBlockVectors] = {}, part;
    if (adds) std::memcpy(sums, out, sizeof(sums));
    for (int64_t place = 0; place < depth; ++place) {
        const T* numbers = left.data + place * left.column_step;
        const T* row = right + place * width;
#pragma GCC unroll 4
        for (int vector = 0; vector < kBlockVectors; ++vector) {
            TRIMATTE_LOAD(part, row + vector * lanes);
#pragma GCC unroll 4
            for (int k = 0; k < kRows; ++k) sums[k][vector] += numbers[k * left.row_step] * part;
        }
    }
    std::memcpy(out, sums, sizeof(sums));
}

// Writes, or adds to, out (rows, block width) = left (rows, depth) * right (depth, block width). Each number is summed
// in the order of `depth`, whatever the number of rows.
template <class T>
TRIMATTE_VECTORISE void multiply(Left<T> left, int64_t rows, const T* right, int64_t depth, T* out, bool adds) {
    constexpr int step = 4;
    for (; rows >= step; rows -= step, left.data += step * left.row_step, out += step * kBlockWidth<T>) {
        multiply_rows<T, step>(left, right, depth, out, adds);
    }
    for (; rows > 0; --rows, left.data += left.row_step, out += kBlockWidth<T>) {
        multiply_rows<T, 1>(left, right, depth, out, adds);
    }
}

}  // namespace trimatte::kernels
