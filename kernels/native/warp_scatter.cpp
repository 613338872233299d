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

// What one row of pixels adds: to the grid points before and behind their places, in the rows above and below them.
template <class T>
struct Parts {
    explicit Parts(int64_t width) : before{V(width), V(width)}, behind{V(width), V(width)} {}
    using V = std::vector<T>;
    V before[2], behind[2];
};

template <class T>
TRIMATTE_VECTORISE void split(const T* __restrict values, const T* __restrict fx, const T* __restrict fy,
                              T* __restrict before_up, T* __restrict before_down, T* __restrict behind_up,
                              T* __restrict behind_down, int64_t count) {
    for (int64_t x = 0; x < count; ++x) {
        const T behind = values[x] * fx[x], before = values[x] * (1 - fx[x]);
        before_up[x] = before * (1 - fy[x]);
        before_down[x] = before * fy[x];
        behind_up[x] = behind * (1 - fy[x]);
        behind_down[x] = behind * fy[x];
    }
}

// Adds the parts of a run to a line, each place once: nothing is read back that has just been written.
template <class T>
TRIMATTE_VECTORISE void add_run(T* __restrict line, const T* __restrict before, const T* __restrict behind,
                                int64_t count) {
    line[0] += before[0];
    for (int64_t k = 1; k < count; ++k) line[k] += before[k] + behind[k - 1];
    line[count] += behind[count - 1];
}

// Adds one row of pixels to the lines of one plane that lie in a band.
template <class T>
void scatter_row(const T* values, const WarpRow<T>& row, Band band, T* plane, Parts<T>& parts) {
    split(values, row.fx.data(), row.fy.data(), parts.before[0].data(), parts.before[1].data(), parts.behind[0].data(),
          parts.behind[1].data(), row.width);
    for (const WarpRun& run : row.runs)
        for (int32_t lower = 0; lower < 2; ++lower) {
            if (!band.has(run.top + lower)) continue;
            T* line = plane + int64_t(run.top + lower) * row.width;
            const T *before = parts.before[lower].data(), *behind = parts.behind[lower].data();
            if (row.is_inner(run)) {
                if (run.end - run.begin == 1) {
                    line[run.left] += before[run.begin];
                    line[run.left + 1] += behind[run.begin];
                } else {
                    add_run(line + run.left, before + run.begin, behind + run.begin, run.end - run.begin);
                }
                continue;
            }
            for (int32_t x = run.begin; x < run.end; ++x) {
                if (row.has_column(row.left[x])) line[row.left[x]] += before[x];
                if (row.has_column(row.left[x] + 1)) line[row.left[x] + 1] += behind[x];
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
struct Reach {
    int32_t least, largest;
};

template <class T>
TRIMATTE_VECTORISE Reach find_reach(const T* dy, T y, T stretch, T bottom, int64_t count) {
    int32_t least = int32_t(bottom), largest = -2;
    for (int64_t x = 0; x < count; ++x) {
        const int32_t top = int32_t(std::floor(std::min(std::max(T(-2), y + dy[x] * stretch), bottom)));
        least = std::min(least, top);
        largest = std::max(largest, top);
    }
    return {least, largest};
}

}  // namespace

template <class T>
void warp_scatter(const T* values, const T* weights, const T* flow, T* out, T* total, const WarpShape& shape,
                  int threads) {
    const int64_t plane = shape.plane(), width = shape.width;
    std::vector<Reach> reach(shape.height);
    const std::vector<T> ones(weights == nullptr ? width : 0, T(1));
    for (int64_t item = 0; item < shape.batch; ++item) {
        const T* dy = flow + (2 * item + 1) * plane;
        parallel_for(shape.height, threads, 16, [&](int64_t begin, int64_t end) {
            for (int64_t y = begin; y < end; ++y)
                reach[y] = find_reach(dy + y * width, T(y), T(shape.stretch_y), T(shape.height), width);
        });
        parallel_for(shape.height, threads, 16, [&](int64_t begin, int64_t end) {
            const Band band{begin, end};
            const int64_t start = begin * width, size = (end - begin) * width;
            WarpRow<T> row(shape);
            std::vector<T> weighted(width);
            Parts<T> parts(width);
            for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map)
                std::fill_n(out + map * plane + start, size, T(0));
            if (total != nullptr) std::fill_n(total + item * plane + start, size, T(0));
            for (int64_t y = 0; y < shape.height; ++y) {
                if (reach[y].largest < begin - 1 || reach[y].least >= end) continue;
                row.find(flow, item, y, shape);
                row.find_runs();
                const T* factors = weights == nullptr ? ones.data() : weights + item * plane + y * width;
                if (total != nullptr) scatter_row(factors, row, band, total + item * plane, parts);
                for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map) {
                    const T* line = values + map * plane + y * width;
                    if (weights != nullptr) multiply(line, factors, weighted.data(), width);
                    scatter_row(weights == nullptr ? line : weighted.data(), row, band, out + map * plane, parts);
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
