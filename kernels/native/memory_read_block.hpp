// What the memory read does with a tile of similarities: rows of kBlockWidth numbers, one column per query (forward).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "block_product.hpp"
#include "exponential.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {

constexpr int kTileRows = 64;  // of a tile; a tile of floats then takes 16 KB

template <class T>
constexpr T kNothing = -std::numeric_limits<T>::infinity();

template <class T>
using Row = std::array<T, kBlockWidth<T>>;

// Copies `rows` rows of `count` numbers into a block, times `scale`; the columns beyond are zero.
template <class T>
void load_block(const T* from, int64_t step, int64_t rows, int64_t count, T scale, T* block) {
    for (int64_t row = 0; row < rows; ++row, block += kBlockWidth<T>) {
        for (int64_t k = 0; k < count; ++k) block[k] = from[row * step + k] * scale;
        std::fill(block + count, block + kBlockWidth<T>, T(0));
    }
}

template <class T>
void store_block(const T* block, int64_t rows, int64_t count, T scale, T* to, int64_t step) {
    for (int64_t row = 0; row < rows; ++row, block += kBlockWidth<T>) {
        for (int64_t k = 0; k < count; ++k) to[row * step + k] = block[k] * scale;
    }
}

// Multiplies each column of a block by its number.
template <class T>
TRIMATTE_VECTORISE void scale_block(T* block, int64_t rows, const Row<T>& factor) {
    for (int64_t row = 0; row < rows; ++row, block += kBlockWidth<T>) {
        for (int k = 0; k < kBlockWidth<T>; ++k) block[k] *= factor[k];
    }
}

// A softmax that sees its numbers tile by tile: what was summed before is multiplied by `factor` when a larger
// number turns up.
template <class T>
struct RunningSoftmax {
    RunningSoftmax() {
        largest.fill(kNothing<T>);
        sum.fill(T(0));
    }
    Row<T> largest, sum, factor;
};

// Turns similarities into weights; true if what was summed before has to be multiplied by softmax.factor.
template <class T>
TRIMATTE_VECTORISE bool advance(RunningSoftmax<T>& softmax, T* tile, int64_t rows) {
    using Vector = typename Lanes<T>::Vector;
    constexpr int lanes = Lanes<T>::count;
    bool grew = false;
    for (int column = 0; column < kBlockWidth<T>; column += lanes) {
        Vector before, sum, number;
        TRIMATTE_LOAD(before, softmax.largest.data() + column);
        TRIMATTE_LOAD(sum, softmax.sum.data() + column);
        Vector largest = before;
        for (int64_t row = 0; row < rows; ++row) {
            TRIMATTE_LOAD(number, tile + row * kBlockWidth<T> + column);
            largest = number > largest ? number : largest;
        }
        // Without any finite number yet, infinity minus infinity must not turn zeros into NaN.
        const Vector shift = largest == kNothing<T> ? Vector{} : largest;
        Vector factor = before - shift;
        exponentiate<T>(factor);
        sum *= factor;
        for (int64_t row = 0; row < rows; ++row) {
            TRIMATTE_LOAD(number, tile + row * kBlockWidth<T> + column);
            number -= shift;
            exponentiate<T>(number);
            sum += number;
            TRIMATTE_STORE(tile + row * kBlockWidth<T> + column, number);
        }
        for (int k = 0; k < lanes; ++k) grew |= !(largest[k] == before[k]);
        TRIMATTE_STORE(softmax.largest.data() + column, largest);
        TRIMATTE_STORE(softmax.sum.data() + column, sum);
        TRIMATTE_STORE(softmax.factor.data() + column, factor);
    }
    return grew;
}

// Turns one row of similarities into weights, and of gradients towards weights into gradients of similarities.
template <class T>
TRIMATTE_VECTORISE void softmax_gradient(T* similarity, T* change, const T* logarithm, const T* dots) {
    using Vector = typename Lanes<T>::Vector;
    for (int column = 0; column < kBlockWidth<T>; column += Lanes<T>::count) {
        Vector number, gradient, part;
        TRIMATTE_LOAD(number, similarity + column);
        TRIMATTE_LOAD(part, logarithm + column);
        number -= part;
        exponentiate<T>(number);
        TRIMATTE_LOAD(gradient, change + column);
        TRIMATTE_LOAD(part, dots + column);
        gradient = number * (gradient - part);
        TRIMATTE_STORE(similarity + column, number);
        TRIMATTE_STORE(change + column, gradient);
    }
}

// What top-k keeps of each column: similarities above the threshold, and equal ones up to position `last`.
template <class T>
struct Kept {
    Kept() {
        threshold.fill(kNothing<T>);
        last.fill(std::numeric_limits<T>::infinity());
    }
    explicit Kept(const T* facts) {
        std::copy_n(facts, threshold.size(), threshold.begin());
        std::copy_n(facts + threshold.size(), last.size(), last.begin());
    }
    Row<T> threshold, last;
};

// Keeps NaN, which is neither below nor equal.
template <class T>
inline T drop_other(T similarity, T position, T threshold, T last) {
    return similarity < threshold || (similarity == threshold && position > last) ? kNothing<T> : similarity;
}

template <class T>
TRIMATTE_VECTORISE void drop_others(T* tile, int64_t rows, int64_t position, const Kept<T>& kept) {
    for (int64_t row = 0; row < rows; ++row, tile += kBlockWidth<T>) {
        for (int k = 0; k < kBlockWidth<T>; ++k) {
            tile[k] = drop_other(tile[k], T(position + row), kept.threshold[k], kept.last[k]);
        }
    }
}

// The same for a row of positions of one query.
template <class T>
void drop_others_of(T* similarities, int64_t position, T threshold, T last) {
    for (int k = 0; k < kBlockWidth<T>; ++k) {
        similarities[k] = drop_other(similarities[k], T(position + k), threshold, last);
    }
}

template <class T>
TRIMATTE_VECTORISE bool is_any_above(const T* row, const T* threshold) {
    int above = 0;
    for (int k = 0; k < kBlockWidth<T>; ++k) above |= row[k] > threshold[k];
    return above != 0;
}

// The k largest similarities of each column so far, in falling order; of equal ones the first.
template <class T>
class Selection {
  public:
    explicit Selection(int64_t count) : count_(count), best_(count * kBlockWidth<T>, {kNothing<T>, -1}) {
        threshold_.fill(kNothing<T>);
    }

    void visit(const T* tile, int64_t rows, int64_t position) {
        for (int64_t row = 0; row < rows; ++row, tile += kBlockWidth<T>) {
            if (!is_any_above(tile, threshold_.data())) continue;
            for (int k = 0; k < kBlockWidth<T>; ++k) {
                if (tile[k] > threshold_[k]) insert(k, tile[k], position + row);
            }
        }
    }

    Kept<T> kept() const {
        Kept<T> result;
        for (int k = 0; k < kBlockWidth<T>; ++k) {
            result.threshold[k] = best_[(k + 1) * count_ - 1].similarity;
            result.last[k] = T(best_[(k + 1) * count_ - 1].position);
        }
        return result;
    }

  private:
    struct Candidate {
        T similarity;
        int64_t position;
    };

    void insert(int column, T similarity, int64_t position) {
        Candidate* best = best_.data() + column * count_;
        int64_t place = count_ - 1;
        for (; place > 0 && best[place - 1].similarity < similarity; --place) best[place] = best[place - 1];
        best[place] = {similarity, position};
        threshold_[column] = best[count_ - 1].similarity;
    }

    int64_t count_;
    std::vector<Candidate> best_;
    Row<T> threshold_;
};

}  // namespace trimatte::kernels
