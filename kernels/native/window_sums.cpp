#include "window_sums.hpp"

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

template <class T>
TRIMATTE_VECTORISE void add_one(const T* values, const T* from, T* to, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) to[x] = from[x] + values[x];
}

}  // namespace

template <class T>
void sum_runs(T* rows, int64_t step, T* out, int64_t count, int64_t side) {
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

template <class T>
void add_row(const T* values, const T* from, T* to, int64_t count) {
    add_one(values, from, to, count);
}

template void sum_runs(float*, int64_t, float*, int64_t, int64_t);
template void sum_runs(double*, int64_t, double*, int64_t, int64_t);
template void add_row(const float*, const float*, float*, int64_t);
template void add_row(const double*, const double*, double*, int64_t);

}  // namespace trimatte::kernels
