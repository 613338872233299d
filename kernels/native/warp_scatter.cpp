#include <algorithm>

#include "parallel.hpp"
#include "warp.hpp"
#include "warp_row.hpp"
#include "warp_scatter_block.hpp"

namespace trimatte::kernels {
namespace {

constexpr double kLeastWeight = 1e-7;  // added to sums of weights: where nothing landed becomes zero

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

// Adds one pixel to the places around its own.
template <class T>
void scatter_pixel(T value, const WarpRow<T>& row, int32_t x, Band band, T* plane) {
    const T behind = value * row.fx[x], before = value * (1 - row.fx[x]);
    const int32_t left = row.left[x];
    for (int32_t lower = 0; lower < 2; ++lower) {
        if (!band.has(row.top[x] + lower)) continue;
        const T share = lower == 0 ? 1 - row.fy[x] : row.fy[x];
        T* line = plane + int64_t(row.top[x] + lower) * row.width;
        if (row.has_column(left)) line[left] += before * share;
        if (row.has_column(left + 1)) line[left + 1] += behind * share;
    }
}

// One row of pixels on its way: `values` of all channels lie `plane` apart, as the sums do; `weights` and `total` may
// be null.
struct RowOfPixels {
    const float *values, *weights;
    float *out, *total;
    int64_t channels, plane;
};

// Adds a block of pixels; the caller has found where it lands.
TRIMATTE_PERMUTE __attribute__((always_inline)) inline void scatter_block(const RowOfPixels& pixels,
                                                                          const WarpRow<float>& row, int32_t x,
                                                                          Band band, const Landing& landing) {
    Floats fx, weight = Floats{} + 1, value;
    TRIMATTE_LOAD(fx, &row.fx[x]);
    if (pixels.weights != nullptr) TRIMATTE_LOAD(weight, pixels.weights + x);
    for (int rank = 0; rank < landing.num_ranks; ++rank)
        for (int half = 0; half < landing.halves; ++half) {
            Landed landed;
            weigh_landed(landing, row, x, rank, half, landed);
            const int64_t corner = int64_t(landing.top) * row.width + landing.left + half * kLanes;
            if (pixels.total != nullptr) land(landing, landed, weight, fx, band, row.width, pixels.total + corner);
            for (int64_t map = 0; map < pixels.channels; ++map) {
                TRIMATTE_LOAD(value, pixels.values + map * pixels.plane + x);
                value *= weight;
                land(landing, landed, value, fx, band, row.width, pixels.out + map * pixels.plane + corner);
            }
        }
}

// Adds whole blocks of a row, and what is left of it pixel by pixel.
TRIMATTE_PERMUTE void scatter_blocks(const RowOfPixels& pixels, const WarpRow<float>& row, Band band) {
    Landing landing;
    for (int32_t x = 0; x < row.width; x += Landing::kPixels) {
        if (x + kLanes <= row.width && find_landing(row, x, landing)) {
            if (landing.top + landing.rows <= band.top || landing.top >= band.bottom) continue;
            scatter_block(pixels, row, x, band, landing);
            continue;
        }
        for (int32_t k = x; k < std::min(x + Landing::kPixels, row.width); ++k) {
            const float weight = pixels.weights == nullptr ? 1 : pixels.weights[k];
            if (pixels.total != nullptr) scatter_pixel(weight, row, k, band, pixels.total);
            for (int64_t map = 0; map < pixels.channels; ++map)
                scatter_pixel(pixels.values[map * pixels.plane + k] * weight, row, k, band,
                              pixels.out + map * pixels.plane);
        }
    }
}

// Clears the rows of a band before the first pixel lands on them, and divides them after the last one has: they are in
// the caches then.
template <class T>
class BandRows {
  public:
    BandRows(Band band, T* out, T* total, int64_t channels, int64_t plane, int64_t width)
        : band_(band),
          cleared_(band.top),
          done_(band.top),
          out_(out),
          total_(total),
          channels_(channels),
          plane_(plane),
          width_(width) {}

    void clear_to(int64_t row) {
        for (; cleared_ < std::min(row, band_.bottom); ++cleared_) {
            for (int64_t map = 0; map < channels_; ++map)
                std::fill_n(out_ + map * plane_ + cleared_ * width_, width_, T(0));
            if (total_ != nullptr) std::fill_n(total_ + cleared_ * width_, width_, T(0));
        }
    }

    void finish_to(int64_t row) {
        clear_to(row);
        for (; done_ < std::min(row, band_.bottom); ++done_)
            for (int64_t map = 0; total_ != nullptr && map < channels_; ++map)
                divide(out_ + map * plane_ + done_ * width_, total_ + done_ * width_, width_);
    }

  private:
    Band band_;
    int64_t cleared_, done_;
    T *out_, *total_;
    int64_t channels_, plane_, width_;
};

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
        std::vector<int32_t> later(shape.height + 1, int32_t(shape.height));  // the least row that is still to come
        for (int64_t y = shape.height; y-- > 0;) later[y] = std::min(later[y + 1], reach[y].least);
        const T* source = values + item * shape.channels * plane;
        T* target = out + item * shape.channels * plane;
        T* sums = total == nullptr ? nullptr : total + item * plane;
        parallel_for(shape.height, threads, 16, [&](int64_t begin, int64_t end) {
            const Band band{begin, end};
            WarpRow<T> row(shape);
            std::vector<T> weighted(width);
            Parts<T> parts(width);
            BandRows<T> rows(band, target, sums, shape.channels, plane, width);
            for (int64_t y = 0; y < shape.height; ++y) {
                rows.finish_to(later[y]);
                if (reach[y].largest < begin - 1 || reach[y].least >= end) continue;
                rows.clear_to(reach[y].largest + 2);
                row.find(flow, item, y, shape);
                const T* factors = weights == nullptr ? nullptr : weights + item * plane + y * width;
                if constexpr (sizeof(T) == sizeof(float)) {
                    if (can_permute()) {
                        scatter_blocks({source + y * width, factors, target, sums, shape.channels, plane}, row, band);
                        continue;
                    }
                }
                row.find_runs();
                if (factors == nullptr) factors = ones.data();
                if (sums != nullptr) scatter_row(factors, row, band, sums, parts);
                for (int64_t map = 0; map < shape.channels; ++map) {
                    const T* line = source + map * plane + y * width;
                    if (weights != nullptr) multiply(line, factors, weighted.data(), width);
                    scatter_row(weights == nullptr ? line : weighted.data(), row, band, target + map * plane, parts);
                }
            }
            rows.finish_to(end);
        });
    }
}

template void warp_scatter(const float*, const float*, const float*, float*, float*, const WarpShape&, int);
template void warp_scatter(const double*, const double*, const double*, double*, double*, const WarpShape&, int);

}  // namespace trimatte::kernels
