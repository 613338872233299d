#include <cmath>
#include <iterator>
#include <vector>

#include "finesse.hpp"
#include "matte_tiles.hpp"
#include "permute.hpp"

namespace trimatte::kernels {
namespace {

// wider[x] = largest number within `half` of x, from the same within half - 1.
template <class T>
TRIMATTE_VECTORISE void widen_row(const T* __restrict narrower, const T* __restrict row, T* __restrict wider,
                                  int64_t half, int64_t width) {
    for (int64_t x = 0; x < width; ++x) {
        const T ends = row[x - half] > row[x + half] ? row[x - half] : row[x + half];
        wider[x] = narrower[x] > ends ? narrower[x] : ends;
    }
}

// wider[k] = largest number within k + 1 of each pixel, for all k below kReach at once; neighbours are shifted together
// in registers. Rows of `wider` lie `step` apart, and what lies kReach before `row` begins a cache line.
template <int kReach>
TRIMATTE_PERMUTE void widen_all(const float* row, float* wider, int64_t step, int64_t width) {
    Floats here, next;
    TRIMATTE_LOAD(here, row - kReach);
    for (int64_t x = 0; x < width; x += kLanes) {
        TRIMATTE_LOAD(next, row - kReach + x + kLanes);
        Floats largest = __builtin_shuffle(here, next, kLaneNumbers + kReach);
#pragma GCC unroll 8
        for (int k = 1; k <= kReach; ++k) {
            const Floats before = __builtin_shuffle(here, next, kLaneNumbers + (kReach - k));
            const Floats behind = __builtin_shuffle(here, next, kLaneNumbers + (kReach + k));
            const Floats ends = before > behind ? before : behind;
            largest = largest > ends ? largest : ends;
            TRIMATTE_STORE(wider + (k - 1) * step + x, largest);
        }
        here = next;
    }
}

// The rows of a disc around a pixel, each widened as far as the disc reaches there.
template <class T>
struct DiscRows {
    const T* const* rows;
    int64_t count;
};

// Largest number of both discs, mixed, in blocks of 64 bytes; four of them together where there are.
template <class T>
TRIMATTE_VECTORISE void mix_discs(DiscRows<T> inner, DiscRows<T> outer, T share, T sign, T* out, int64_t width) {
    constexpr int64_t step = Lanes<T>::count;
    using Vector = typename Lanes<T>::Vector;
    Vector other;
    int64_t x = 0;
    for (; x + 4 * step <= width; x += 4 * step) {
        Vector near[4], far[4];
        for (int part = 0; part < 4; ++part) {
            TRIMATTE_LOAD(near[part], inner.rows[0] + x + part * step);
            TRIMATTE_LOAD(far[part], outer.rows[0] + x + part * step);
        }
        for (int64_t row = 1; row < inner.count; ++row)
            for (int part = 0; part < 4; ++part) {
                TRIMATTE_LOAD(other, inner.rows[row] + x + part * step);
                near[part] = other > near[part] ? other : near[part];
            }
        for (int64_t row = 1; row < outer.count; ++row)
            for (int part = 0; part < 4; ++part) {
                TRIMATTE_LOAD(other, outer.rows[row] + x + part * step);
                far[part] = other > far[part] ? other : far[part];
            }
        for (int part = 0; part < 4; ++part) {
            other = sign * (near[part] + (far[part] - near[part]) * share);
            TRIMATTE_STORE(out + x + part * step, other);
        }
    }
    for (; x < width; x += step) {
        Vector near, far;
        TRIMATTE_LOAD(near, inner.rows[0] + x);
        TRIMATTE_LOAD(far, outer.rows[0] + x);
        for (int64_t row = 1; row < inner.count; ++row) {
            TRIMATTE_LOAD(other, inner.rows[row] + x);
            near = other > near ? other : near;
        }
        for (int64_t row = 1; row < outer.count; ++row) {
            TRIMATTE_LOAD(other, outer.rows[row] + x);
            far = other > far ? other : far;
        }
        other = sign * (near + (far - near) * share);
        TRIMATTE_STORE(out + x, other);
    }
}

template <class T>
struct Grower {
    Grower(const T* matte, T* out, const MatteShape& shape, const Discs& discs)
        : matte(matte),
          out(out),
          shape(shape),
          discs(discs),
          tile(discs.outer),
          inner_rows(2 * discs.inner + 1),
          outer_rows(2 * discs.outer + 1) {
        wider.resize((2 * discs.outer + 1) * discs.outer * tile.stride());
    }

    void run(const TileBox& box) {
        const T sign(discs.sign);
        if (tile.load(matte, shape, box, sign)) return fill_tile(out, shape, box, sign * tile.row(0)[0]);
        for (int64_t y = -discs.outer; y < box.height() + discs.outer; ++y) {
            widen(y, box.width());
            if (y >= discs.outer) emit(box, y - discs.outer);
        }
    }

    void widen(int64_t y, int64_t width) {
        if constexpr (sizeof(T) == sizeof(float)) {
            constexpr void (*few[])(const float*, float*, int64_t, int64_t) = {widen_all<1>, widen_all<2>, widen_all<3>,
                                                                               widen_all<4>};
            if (can_permute() && discs.outer >= 1 && discs.outer <= int(std::size(few)))
                return few[discs.outer - 1](row(y, 0), wider_row(y, 1), tile.stride(), width);
        }
        for (int half = 1; half <= discs.outer; ++half)
            widen_row(row(y, half - 1), row(y, 0), wider_row(y, half), half, width);
    }

    void emit(const TileBox& box, int64_t y) {
        T* line = out + (box.plane * shape.height + box.top + y) * shape.width + box.left;
        if (y + kAhead < box.height()) prefetch_row<true>(line + kAhead * shape.width, box.width());
        const bool is_whole = box.width() % Lanes<T>::count == 0;  // nothing is written behind the tile
        const DiscRows<T> inner = rows_of(y, discs.inner, inner_rows.data());
        const DiscRows<T> outer = discs.inner == discs.outer ? DiscRows<T>{inner.rows, 1}  // its share is none
                                                             : rows_of(y, discs.outer, outer_rows.data());
        mix_discs(inner, outer, T(discs.share), T(discs.sign), is_whole ? line : mixed, box.width());
        if (!is_whole) std::copy_n(mixed, box.width(), line);
    }

    DiscRows<T> rows_of(int64_t y, int64_t radius, const T** rows) {
        for (int64_t dy = -radius; dy <= radius; ++dy) {
            const auto half = static_cast<int64_t>(std::sqrt(static_cast<double>(radius * radius - dy * dy)));
            rows[dy + radius] = row(y + dy, half);
        }
        return {rows, 2 * radius + 1};
    }

    // Largest numbers within `half` of each pixel of a row; those of the last 2 outer + 1 rows are kept.
    const T* row(int64_t y, int64_t half) { return half == 0 ? tile.row(y) : wider_row(y, half); }
    T* wider_row(int64_t y, int64_t half) {
        const int64_t slots = 2 * discs.outer + 1, slot = (y + slots) % slots;  // y is -outer or more
        return wider.data() + (slot * discs.outer + half - 1) * tile.stride();
    }

    const T* matte;
    T* out;
    MatteShape shape;
    Discs discs;
    MatteTile<T> tile;
    AlignedNumbers<T> wider;
    std::vector<const T*> inner_rows, outer_rows;
    T mixed[MatteTile<T>::kColumns + Lanes<T>::count];
};

}  // namespace

template <class T>
void finesse_grow(const T* matte, T* out, const MatteShape& shape, const Discs& discs, int threads) {
    for_tiles<T>(shape, threads, [&] { return Grower<T>(matte, out, shape, discs); });
}

template void finesse_grow(const float*, float*, const MatteShape&, const Discs&, int);
template void finesse_grow(const double*, double*, const MatteShape&, const Discs&, int);

}  // namespace trimatte::kernels
