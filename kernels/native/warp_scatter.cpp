#include <algorithm>

#include "parallel.hpp"
#include "warp.hpp"
#include "warp_row.hpp"

namespace trimatte::kernels {
namespace {

constexpr double kLeastWeight = 1e-7;  // added to sums of weights: where nothing landed becomes zero

// Rows of the picture [top, bottom), which one thread owns: it alone adds to them, in the order of the source pixels,
// so that sums do not depend on the number of threads.
struct Band {
    int64_t top, bottom;
    bool has(int64_t y) const { return y >= top && y < bottom; }
};

// Adds a run of values to the grid points before and behind their places in one row.
template <class T>
TRIMATTE_VECTORISE void add_run(const T* __restrict values, const T* __restrict fx, const T* __restrict fy,
                                bool is_lower, T* __restrict target, int64_t count) {
    for (int64_t k = 0; k < count; ++k) target[k] += values[k] * (1 - fx[k]) * (is_lower ? fy[k] : 1 - fy[k]);
    for (int64_t k = 0; k < count; ++k) target[k + 1] += values[k] * fx[k] * (is_lower ? fy[k] : 1 - fy[k]);
}

template <class T>
void scatter_row(const T* values, const WarpRow<T>& row, const Band& band, T* plane) {
    for (const WarpRun& run : row.runs)
        for (int32_t lower = 0; lower < 2; ++lower) {
            if (!band.has(run.top + lower)) continue;
            T* line = plane + int64_t(run.top + lower) * row.width;
            if (row.is_inner(run)) {
                add_run(values + run.begin, &row.fx[run.begin], &row.fy[run.begin], lower == 1, line + run.left,
                        run.end - run.begin);
                continue;
            }
            for (int32_t x = run.begin; x < run.end; ++x) {
                const T part = values[x] * (lower == 1 ? row.fy[x] : 1 - row.fy[x]);
                if (row.has_column(row.left[x])) line[row.left[x]] += part * (1 - row.fx[x]);
                if (row.has_column(row.left[x] + 1)) line[row.left[x] + 1] += part * row.fx[x];
            }
        }
}

template <class T>
TRIMATTE_VECTORISE void multiply(const T* __restrict one, const T* __restrict other, T* __restrict out, int64_t count) {
    for (int64_t x = 0; x < count; ++x) out[x] = one[x] * other[x];
}

template <class T>
TRIMATTE_VECTORISE void divide(T* __restrict sums, const T* __restrict total, int64_t count) {
    for (int64_t x = 0; x < count; ++x) sums[x] /= total[x] + T(kLeastWeight);
}

// The least and the largest target row of each source row: a band skips what cannot reach it.
template <class T>
TRIMATTE_VECTORISE void find_reach(const T* dy, T y, T stretch, T bottom, T* reach, int64_t count) {
    T least = bottom, largest = T(-2);
    for (int64_t x = 0; x < count; ++x) {
        const T to = std::min(std::max(T(-2), y + dy[x] * stretch), bottom);
        least = to < least ? to : least;
        largest = to > largest ? to : largest;
    }
    reach[0] = least;
    reach[1] = largest;
}

}  // namespace

template <class T>
void warp_scatter(const T* values, const T* weights, const T* flow, T* out, T* total, const WarpShape& shape,
                  int threads) {
    const int64_t plane = shape.plane(), width = shape.width;
    std::vector<T> reach(2 * shape.height);
    const std::vector<T> ones(weights == nullptr ? width : 0, T(1));
    for (int64_t item = 0; item < shape.batch; ++item) {
        const T* dy = flow + (2 * item + 1) * plane;
        parallel_for(shape.height, threads, 16, [&](int64_t begin, int64_t end) {
            for (int64_t y = begin; y < end; ++y)
                find_reach(dy + y * width, T(y), T(shape.stretch_y), T(shape.height), &reach[2 * y], width);
        });
        parallel_for(shape.height, threads, 16, [&](int64_t begin, int64_t end) {
            const Band band{begin, end};
            const int64_t start = begin * width, size = (end - begin) * width;
            WarpRow<T> row(shape);
            std::vector<T> weighted(width);
            for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map)
                std::fill_n(out + map * plane + start, size, T(0));
            if (total != nullptr) std::fill_n(total + item * plane + start, size, T(0));
            for (int64_t y = 0; y < shape.height; ++y) {
                if (reach[2 * y + 1] < T(begin - 1) || reach[2 * y] >= T(end)) continue;
                row.find(flow, item, y, shape);
                const T* factors = weights == nullptr ? ones.data() : weights + item * plane + y * width;
                if (total != nullptr) scatter_row(factors, row, band, total + item * plane);
                for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map) {
                    const T* line = values + map * plane + y * width;
                    if (weights != nullptr) multiply(line, factors, weighted.data(), width);
                    scatter_row(weights == nullptr ? line : weighted.data(), row, band, out + map * plane);
                }
            }
            if (total == nullptr) return;
            for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map)
                divide(out + map * plane + start, total + item * plane + start, size);
        });
    }
}

template void warp_scatter(const float*, const float*, const float*, float*, float*, const WarpShape&, int);
template void warp_scatter(const double*, const double*, const double*, double*, double*, const WarpShape&, int);

}  // namespace trimatte::kernels
