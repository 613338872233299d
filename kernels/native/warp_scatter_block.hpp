// Adds 16 pixels at a time to the few rows that they land on: what lands side by side is put side by side in registers.
#pragma once

#include <algorithm>
#include <cstdint>

#include "permute.hpp"
#include "warp_row.hpp"

namespace trimatte::kernels {

// Rows of the picture [top, bottom), which one thread owns: it alone adds to them, in the order of the source pixels,
// so that sums do not depend on the number of threads.
struct Band {
    int64_t top, bottom;
    bool has(int64_t y) const { return y >= top && y < bottom; }
};

// Where a block of pixels lands: a few rows, one or two vectors wide. Up to two pixels may share a place. A block has a
// pixel less than a vector, so that neighbours that move together land on one.
struct Landing {
    static constexpr int kPixels = kLanes - 1, kMostRows = 6;
    int32_t left, top, rows, halves;
    int num_ranks;  // 2: places are shared
    // The pixel whose grid point before its place is the column; the last lane: none. Column -1 comes first.
    int32_t sources[2][1 + 2 * kLanes];
};

// False if the pixels are too far from each other, land outside or share a place with more than one.
TRIMATTE_PERMUTE __attribute__((always_inline)) inline bool find_landing(const WarpRow<float>& row, int32_t x,
                                                                         Landing& landing) {
    constexpr Ints kNone = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1};
    const int32_t* columns = &row.left[x];
    Ints lefts, tops;
    TRIMATTE_LOAD(lefts, columns);
    TRIMATTE_LOAD(tops, &row.top[x]);
    lefts = kNone == 0 ? lefts : lefts[0];  // the block ends before the last lane
    tops = kNone == 0 ? tops : tops[0];
    const int32_t first = least_of(lefts), last = -least_of(-lefts), top = least_of(tops), bottom = -least_of(-tops);
    landing.left = std::min(first, row.width - 2 * kLanes);
    landing.top = top;
    landing.rows = bottom - top + 2;
    const int32_t span = last + 2 - landing.left;
    landing.halves = span > kLanes ? 2 : 1;
    if (landing.left < 0 || last + 1 >= row.width || top < 0 || bottom + 1 >= row.height) return false;
    if (span > 2 * kLanes || landing.rows > Landing::kMostRows) return false;
    std::fill_n(landing.sources[0], 2 * (1 + 2 * kLanes), Landing::kPixels);
    uint32_t seen = 0, shared = 0, crowded = 0;
    for (int k = 0; k < Landing::kPixels; ++k) {
        const int32_t column = columns[k] - landing.left;
        const uint32_t bit = uint32_t(1) << column, is_second = seen >> column & 1;
        crowded |= shared & bit;
        shared |= seen & bit;
        seen |= bit;
        landing.sources[is_second][1 + column] = k;
    }
    landing.num_ranks = shared != 0 ? 2 : 1;
    return crowded == 0;
}

// What lands on one vector of columns: for each column the pixel whose grid point before (behind) its place it is, and
// its weight in each row; -1: none.
struct Landed {
    Ints before, behind;
    Floats before_weight[Landing::kMostRows], behind_weight[Landing::kMostRows];
};

TRIMATTE_PERMUTE __attribute__((always_inline)) inline void weigh_landed(const Landing& landing,
                                                                         const WarpRow<float>& row, int32_t x, int rank,
                                                                         int half, Landed& landed) {
    Ints top;
    Floats fy;
    TRIMATTE_LOAD(top, &row.top[x]);
    TRIMATTE_LOAD(fy, &row.fy[x]);
    TRIMATTE_LOAD(landed.before, landing.sources[rank] + 1 + half * kLanes);
    TRIMATTE_LOAD(landed.behind, landing.sources[rank] + half * kLanes);
    for (int32_t k = 0; k < landing.rows; ++k) {
        const int32_t y = landing.top + k;
        Floats weight = top == y ? 1 - fy : top == y - 1 ? fy : Floats{} - 1;
        weight = kLaneNumbers < Landing::kPixels ? weight : Floats{} - 1;
        landed.before_weight[k] = __builtin_shuffle(weight, landed.before);
        landed.behind_weight[k] = __builtin_shuffle(weight, landed.behind);
    }
}

// Adds a vector of values, which lie `fx` behind the columns, to the rows of a plane that lie in the band.
TRIMATTE_PERMUTE __attribute__((always_inline)) inline void land(const Landing& landing, const Landed& landed,
                                                                 const Floats& values, const Floats& fx, Band band,
                                                                 int32_t width, float* corner) {
    const Floats before = __builtin_shuffle(values * (1 - fx), landed.before);
    const Floats behind = __builtin_shuffle(values * fx, landed.behind);
    for (int32_t k = 0; k < landing.rows; ++k) {
        if (!band.has(landing.top + k)) continue;
        float* line = corner + int64_t(k) * width;
        Floats sum;
        TRIMATTE_LOAD(sum, line);
        // chosen, not multiplied by zero: what is no number must not reach other rows
        sum = landed.before_weight[k] >= 0 ? sum + before * landed.before_weight[k] : sum;
        sum = landed.behind_weight[k] >= 0 ? sum + behind * landed.behind_weight[k] : sum;
        TRIMATTE_STORE(line, sum);
    }
}

}  // namespace trimatte::kernels
