#include "window_sums.hpp"

#include <cmath>
#include <iterator>

#include "permute.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

// next[x] = the sum of four runs that follow each other, of `length` pixels each.
template <class T>
TRIMATTE_VECTORISE void join_runs(const T* runs, T* next, int64_t length, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x)
        next[x] = (runs[x] + runs[x + length]) + (runs[x + 2 * length] + runs[x + 3 * length]);
}

// out[x] (+)= the sum of `kRuns` runs that follow each other.
template <class T, int kRuns, bool kIsFirst>
TRIMATTE_VECTORISE void add_runs(const T* runs, T* out, int64_t length, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        T sum = runs[x];
        if constexpr (kRuns > 1) sum += runs[x + length];
        if constexpr (kRuns > 2) sum += runs[x + 2 * length];
        out[x] = kIsFirst ? sum : out[x] + sum;
    }
}

template <class T, bool kIsFirst>
void add_some_runs(const T* runs, T* out, int64_t length, int64_t count, int64_t num_runs) {
    if (num_runs == 1) add_runs<T, 1, kIsFirst>(runs, out, length, count);
    if (num_runs == 2) add_runs<T, 2, kIsFirst>(runs, out, length, count);
    if (num_runs == 3) add_runs<T, 3, kIsFirst>(runs, out, length, count);
}

// Sums of neighbours of two rows added up, vector by vector, in registers: of 16 pixels each, and of `rest` (below 16)
// pixels. Macros, not functions: what is inlined into TRIMATTE_VECTORISE must not handle vectors of its own.
#define TRIMATTE_LOAD_BOTH(vector, x)       \
    do {                                    \
        Floats other;                       \
        TRIMATTE_LOAD(vector, below + (x)); \
        TRIMATTE_LOAD(other, above + (x));  \
        vector += other;                    \
    } while (false)

#define TRIMATTE_BEGIN_NEIGHBOURS                                                                                  \
    const bool has_eight = rest & 8, has_four = rest & 4, has_two = rest & 2, has_one = rest & 1;                  \
    const Ints fours_from = kLaneNumbers + (rest & 8), pairs_from = kLaneNumbers + (rest & 12),                    \
               ones_from = kLaneNumbers + (rest & 14);                                                             \
    Floats ones[5], pairs[4], fours[3], eights[2]; /* of this vector and all that is needed of those behind it */  \
    for (int k = 0; k < 4; ++k) TRIMATTE_LOAD_BOTH(ones[k], k* kLanes);                                            \
    for (int k = 0; k < 3; ++k) pairs[k] = ones[k] + __builtin_shuffle(ones[k], ones[k + 1], kLaneNumbers + 1);    \
    for (int k = 0; k < 2; ++k) fours[k] = pairs[k] + __builtin_shuffle(pairs[k], pairs[k + 1], kLaneNumbers + 2); \
    eights[0] = fours[0] + __builtin_shuffle(fours[0], fours[1], kLaneNumbers + 4)

#define TRIMATTE_NEXT_NEIGHBOURS(sixteen, part)                                                   \
    __builtin_prefetch(ahead.read + x);                                                           \
    __builtin_prefetch(ahead.written + x, 1);                                                     \
    TRIMATTE_LOAD_BOTH(ones[4], x + 4 * kLanes);                                                  \
    pairs[3] = ones[3] + __builtin_shuffle(ones[3], ones[4], kLaneNumbers + 1);                   \
    fours[2] = pairs[2] + __builtin_shuffle(pairs[2], pairs[3], kLaneNumbers + 2);                \
    eights[1] = fours[1] + __builtin_shuffle(fours[1], fours[2], kLaneNumbers + 4);               \
    const Floats sixteen = eights[0] + __builtin_shuffle(eights[0], eights[1], kLaneNumbers + 8); \
    Floats part = {};                                                                             \
    if (has_eight) part = eights[0];                                                              \
    if (has_four) part += __builtin_shuffle(fours[0], fours[1], fours_from);                      \
    if (has_two) part += __builtin_shuffle(pairs[0], pairs[1], pairs_from);                       \
    if (has_one) part += __builtin_shuffle(ones[0], ones[1], ones_from);                          \
    for (int k = 0; k < 4; ++k) ones[k] = ones[k + 1];                                            \
    for (int k = 0; k < 3; ++k) pairs[k] = pairs[k + 1];                                          \
    for (int k = 0; k < 2; ++k) fours[k] = fours[k + 1];                                          \
    eights[0] = eights[1]

// Writes the sums of 16 neighbours to `wide` and those of `rest` to `narrow`, for `count` vectors.
TRIMATTE_VECTORISE void sum_neighbours(const float* below, const float* above, float* wide, float* narrow,
                                       int64_t count, int rest, Ahead<float> ahead) {
    TRIMATTE_BEGIN_NEIGHBOURS;
    for (int64_t x = 0; x < count * kLanes; x += kLanes) {
        TRIMATTE_NEXT_NEIGHBOURS(sixteen, part);
        TRIMATTE_STORE(wide + x, sixteen);
        TRIMATTE_STORE(narrow + x, part);
    }
}

// Writes the sums of 16 * kWhole + rest neighbours for `count` vectors.
template <int kWhole>
TRIMATTE_VECTORISE void sum_few(const float* below, const float* above, float* out, int64_t count, int rest,
                                Ahead<float> ahead) {
    TRIMATTE_BEGIN_NEIGHBOURS;
    Floats sixteens[kWhole + 1] = {};  // of the vectors before this one
    out -= kWhole * kLanes;
    for (int64_t x = 0; x < (count + kWhole) * kLanes; x += kLanes) {
        TRIMATTE_NEXT_NEIGHBOURS(sixteen, part);
        for (int k = 0; k < kWhole; ++k) part += sixteens[k];
        for (int k = 0; k < kWhole; ++k) sixteens[k] = k + 1 < kWhole ? sixteens[k + 1] : sixteen;
        if (x >= kWhole * kLanes) TRIMATTE_STORE(out + x, part);
    }
}

// sums[x] += `num_runs` runs that follow each other, a whole number of vectors apart.
TRIMATTE_VECTORISE void add_vectors(const float* runs, int64_t length, int64_t num_runs, const float* sums, float* out,
                                    int64_t count) {
    for (int64_t x = 0; x < count * kLanes; x += kLanes) {
        Floats sum, run;
        TRIMATTE_LOAD(sum, sums + x);
        for (int64_t k = 0; k < num_runs; ++k) {
            TRIMATTE_LOAD(run, runs + x + k * length);
            sum += run;
        }
        TRIMATTE_STORE(out + x, sum);
    }
}

// As sum_joined, in registers: every run of up to 16 pixels is shifted there.
void sum_in_vectors(const float* below, const float* above, float* rows, int64_t step, float* out, int64_t count,
                    int64_t side, Ahead<float> ahead) {
    constexpr void (*few[])(const float*, const float*, float*, int64_t, int, Ahead<float>) = {
        sum_few<0>, sum_few<1>, sum_few<2>, sum_few<3>, sum_few<4>};
    const int64_t vectors = (count + kLanes - 1) / kLanes, whole = side / kLanes;
    const int rest = int(side % kLanes);
    if (whole < int64_t(std::size(few))) return few[whole](below, above, out, vectors, rest, ahead);
    float *wide = rows, *narrow = wide + step + 128, *joined = narrow + step + 128;
    sum_neighbours(below, above, wide, narrow, vectors + whole, rest, ahead);
    narrow += whole * kLanes;
    if (whole < 8) return add_vectors(wide, kLanes, whole, narrow, out, vectors);
    join_runs(wide, joined, kLanes, (vectors + whole - 3) * kLanes);
    add_vectors(joined, 4 * kLanes, whole / 4, narrow, out, vectors);
    add_vectors(wide + whole / 4 * 4 * kLanes, kLanes, whole % 4, out, out, vectors);
}

template <class T>
TRIMATTE_VECTORISE void add_one(const T* values, const T* from, T* to, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) to[x] = from[x] + values[x];
}

template <class T>
TRIMATTE_VECTORISE void join_rows(const T* below, const T* above, T* row, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) row[x] = below[x] + above[x];
}

}  // namespace

template <class T>
void sum_joined(const T* below, const T* above, T* rows, int64_t step, T* out, int64_t count, int64_t side,
                Ahead<T> ahead) {
    if constexpr (sizeof(T) == sizeof(float)) {
        if (can_permute()) return sum_in_vectors(below, above, rows, step, out, count, side, ahead);
    }
    join_rows(below, above, rows, count + side - 1);
    // The digits of `side` to the base of 4 say how many runs of 1, 4, 16, ... pixels make up a window, laid end to
    // end.
    int64_t place = 0, length = 1;
    for (int64_t rest = side; rest > 0; rest /= 4, rows += step, length *= 4) {
        if (place == 0) {
            add_some_runs<T, true>(rows, out, length, count, rest % 4);
        } else {
            add_some_runs<T, false>(rows + place, out, length, count, rest % 4);
        }
        place += rest % 4 * length;
        if (rest >= 4) join_runs(rows, rows + step, length, count + side - 4 * length);
    }
}

WindowCut cut_windows(const WindowShape& shape, int64_t number_bytes) {
    constexpr int64_t kBytes = 768 << 10;  // what a block may hold in the caches of a core
    constexpr int64_t kRow = 12 << 10;     // what its row in hand may hold in the nearest of them
    constexpr int64_t kLeast = 384;        // columns of a strip that are read in one go
    const int64_t side = 2 * shape.radius + 1, row = shape.planes * number_bytes;
    const int64_t tall = std::min(side, shape.height);
    WindowCut cut{.strip = 0, .strips = 0, .rows = tall, .marks = 1, .step = 0};
    int64_t widest = kBytes / (tall * row) - 2 * shape.radius;
    if (widest < 8 * side && tall > 8) {  // too much of a strip would belong to its neighbours
        cut.rows = int64_t(std::sqrt(double(tall)));
        cut.marks = (tall + cut.rows - 1) / cut.rows;
        widest = kBytes / ((cut.rows + cut.marks) * row) - 2 * shape.radius;
    }
    widest = std::max(std::min(widest, std::max({kLeast, kRow / row, 8 * shape.radius})), 2 * shape.radius + 64);
    cut.strips = (shape.width + widest - 1) / widest;
    cut.strip = (shape.width + cut.strips - 1) / cut.strips;
    cut.step = (cut.strip + 2 * shape.radius + 15 + 15) / 16 * 16;  // the picture begins where a line does
    return cut;
}

template <class T>
void add_row(const T* values, const T* from, T* to, int64_t count) {
    add_one(values, from, to, count);
}

template void sum_joined(const float*, const float*, float*, int64_t, float*, int64_t, int64_t, Ahead<float>);
template void sum_joined(const double*, const double*, double*, int64_t, double*, int64_t, int64_t, Ahead<double>);
template void add_row(const float*, const float*, float*, int64_t);
template void add_row(const double*, const double*, double*, int64_t);

}  // namespace trimatte::kernels
