#include <iterator>
#include <vector>

#include "finesse.hpp"
#include "matte_tiles.hpp"
#include "permute.hpp"

namespace trimatte::kernels {
namespace {

// Sums rows by weight, in blocks of 64 bytes, four of them together where there are.
template <class T>
TRIMATTE_VECTORISE void sum_of_rows(const T* const* rows, const T* weights, int64_t count, T* out, int64_t width) {
    constexpr int64_t step = Lanes<T>::count;
    typename Lanes<T>::Vector sum, row, sums[4];
    int64_t x = 0;
    for (; x + 4 * step <= width; x += 4 * step) {
        for (auto& one : sums) one = typename Lanes<T>::Vector{};
        for (int64_t k = 0; k < count; ++k) {
            const T* from = rows[k] + x;
            for (int part = 0; part < 4; ++part) {
                TRIMATTE_LOAD(row, from + part * step);
                sums[part] += row * weights[k];
            }
        }
        for (int part = 0; part < 4; ++part) TRIMATTE_STORE(out + x + part * step, sums[part]);
    }
    for (; x < width; x += step) {
        sum = typename Lanes<T>::Vector{};
        for (int64_t k = 0; k < count; ++k) {
            TRIMATTE_LOAD(row, rows[k] + x);
            sum += row * weights[k];
        }
        TRIMATTE_STORE(out + x, sum);
    }
}

// As sum_of_rows for 2 kReach + 1 rows that lie `step` apart, the one in the middle at `rows`; weights are symmetric.
template <class T, int kReach>
TRIMATTE_VECTORISE void sum_around(const T* rows, int64_t step, const T* weights, T* out, int64_t width) {
    typename Lanes<T>::Vector sum, one, other;
    for (int64_t x = 0; x < width; x += Lanes<T>::count) {
        TRIMATTE_LOAD(sum, rows + x);
        sum *= weights[kReach];
#pragma GCC unroll 8
        for (int k = 1; k <= kReach; ++k) {
            TRIMATTE_LOAD(one, rows + x - k * step);
            TRIMATTE_LOAD(other, rows + x + k * step);
            sum += (one + other) * weights[kReach - k];
        }
        TRIMATTE_STORE(out + x, sum);
    }
}

// Blurs one row; neighbours are shifted together in registers. What lies kReach before it begins a cache line.
template <int kReach>
TRIMATTE_PERMUTE void sum_across(const float* row, const float* weights, float* out, int64_t width) {
    Floats here, next;
    TRIMATTE_LOAD(here, row - kReach);
    for (int64_t x = 0; x < width; x += kLanes) {
        TRIMATTE_LOAD(next, row - kReach + x + kLanes);
        Floats sum = __builtin_shuffle(here, next, kLaneNumbers + kReach) * weights[kReach];
#pragma GCC unroll 8
        for (int k = 1; k <= kReach; ++k) {
            const Floats before = __builtin_shuffle(here, next, kLaneNumbers + (kReach - k));
            sum += (before + __builtin_shuffle(here, next, kLaneNumbers + (kReach + k))) * weights[kReach - k];
        }
        TRIMATTE_STORE(out + x, sum);
        here = next;
    }
}

template <class T>
struct Blurrer {
    Blurrer(const T* matte, const T* weights, T* out, int64_t reach, const MatteShape& shape)
        : matte(matte), weights(weights), out(out), reach(reach), shape(shape), tile(reach), rows(2 * reach + 1) {
        across.resize((tile.kRows + 2 * reach) * kStep);
    }

    void run(const TileBox& box) {
        if (tile.load(matte, shape, box, T(1))) return fill_tile(out, shape, box, tile.row(0)[0]);
        for (int64_t y = -reach; y < box.height() + reach; ++y) {
            blur_row(tile.row(y), across_row(y), box.width());
            if (y >= reach) emit(box, y - reach);
        }
    }

    void emit(const TileBox& box, int64_t y) {
        T* line = out + (box.plane * shape.height + box.top + y) * shape.width + box.left;
        if (y + kAhead < box.height()) prefetch_row<true>(line + kAhead * shape.width, box.width());
        if (box.width() % Lanes<T>::count == 0) return sum(across_row(y), kStep, line, box.width());
        sum(across_row(y), kStep, blurred, box.width());
        std::copy_n(blurred, box.width(), line);
    }

    void blur_row(const T* row, T* to, int64_t width) {
        if constexpr (sizeof(T) == sizeof(float)) {
            constexpr void (*few[])(const float*, const float*, float*, int64_t) = {
                sum_across<0>, sum_across<1>, sum_across<2>, sum_across<3>,
                sum_across<4>, sum_across<5>, sum_across<6>};
            if (can_permute() && reach < int64_t(std::size(few))) return few[reach](row, weights, to, width);
        }
        sum(row, 1, to, width);
    }

    // Sums rows or columns by weight, as many as there are on both sides of the one at `row`.
    void sum(const T* row, int64_t step, T* to, int64_t width) {
        constexpr void (*few[])(const T*, int64_t, const T*, T*, int64_t) = {
            sum_around<T, 0>, sum_around<T, 1>, sum_around<T, 2>, sum_around<T, 3>,
            sum_around<T, 4>, sum_around<T, 5>, sum_around<T, 6>};
        if (reach < int64_t(std::size(few))) return few[reach](row, step, weights, to, width);
        for (int64_t k = -reach; k <= reach; ++k) rows[k + reach] = row + k * step;
        sum_of_rows(rows.data(), weights, 2 * reach + 1, to, width);
    }

    T* across_row(int64_t y) { return across.data() + (y + reach) * kStep; }

    static constexpr int64_t kStep = MatteTile<T>::kColumns + Lanes<T>::count;
    const T *matte, *weights;
    T* out;
    int64_t reach;
    MatteShape shape;
    MatteTile<T> tile;
    AlignedNumbers<T> across;  // rows blurred along x
    std::vector<const T*> rows;
    T blurred[kStep];
};

}  // namespace

template <class T>
void finesse_blur(const T* matte, const T* weights, T* out, int64_t reach, const MatteShape& shape, int threads) {
    for_tiles<T>(shape, threads, [&] { return Blurrer<T>(matte, weights, out, reach, shape); });
}

template void finesse_blur(const float*, const float*, float*, int64_t, const MatteShape&, int);
template void finesse_blur(const double*, const double*, double*, int64_t, const MatteShape&, int);

}  // namespace trimatte::kernels
