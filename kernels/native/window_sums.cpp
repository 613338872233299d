#include "window_sums.hpp"

#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

template <class T>
TRIMATTE_VECTORISE void add_up(T* row, T* out, int64_t count, int64_t side) {
    // `row` holds sums of 1, 2, 4, ... neighbours in turn; those that make up `side` are laid end to end.
    int64_t place = 0;
    for (int64_t length = 1; length <= side; length *= 2) {
        if (side & length) {
            const T* part = row + place;
            if (place == 0) {
                for (int64_t x = 0; x < count; ++x) out[x] = part[x];
            } else {
#pragma GCC ivdep
                for (int64_t x = 0; x < count; ++x) out[x] += part[x];
            }
            place += length;
        }
        if (2 * length > side) break;
        const int64_t left = count + side - 2 * length;
#pragma GCC ivdep  // a number is read before it is written
        for (int64_t x = 0; x < left; ++x) row[x] += row[x + length];
    }
}

template <class T>
TRIMATTE_VECTORISE void add_one(const T* values, const T* from, T* to, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) to[x] = from[x] + values[x];
}

}  // namespace

template <class T>
void sum_runs(T* row, T* out, int64_t count, int64_t side) {
    add_up(row, out, count, side);
}

template <class T>
void add_row(const T* values, const T* from, T* to, int64_t count) {
    add_one(values, from, to, count);
}

template void sum_runs(float*, float*, int64_t, int64_t);
template void sum_runs(double*, double*, int64_t, int64_t);
template void add_row(const float*, const float*, float*, int64_t);
template void add_row(const double*, const double*, double*, int64_t);

}  // namespace trimatte::kernels
