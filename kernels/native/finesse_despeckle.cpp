#include <bit>
#include <vector>

#include "finesse.hpp"
#include "matte_tiles.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kWorthLooking = 5;  // from this size on, finding what may change costs less than changing all

// run[x] = min(run[x], run[x + step])
template <class T>
TRIMATTE_VECTORISE void lower_ahead(T* run, const T* ahead, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) run[x] = run[x] < ahead[x] ? run[x] : ahead[x];
}

// larger[x] = max(one[x], other[x])
template <class T>
TRIMATTE_VECTORISE void max_of_two(const T* __restrict one, const T* __restrict other, T* __restrict larger,
                                   int64_t width) {
    for (int64_t x = 0; x < width; ++x) larger[x] = one[x] > other[x] ? one[x] : other[x];
}

// Whether a pixel is higher than what it can reach, straight on, in all four directions.
template <class T>
TRIMATTE_VECTORISE bool mark_peaks(const T* row, const T* left, const T* right, const T* up, const T* down,
                                   uint8_t* peaks, int64_t width) {
    int any = 0;
#pragma GCC ivdep
    for (int64_t x = 0; x < width; ++x) {
        const T across = left[x] > right[x] ? left[x] : right[x], along = up[x] > down[x] ? up[x] : down[x];
        const int is_peak = row[x] > across && row[x] > along;
        peaks[x] = static_cast<uint8_t>(is_peak);
        any |= is_peak;
    }
    return any != 0;
}

// The walls of a row of windows, which are then lowered to the lowest of the four windows around each, unless those are
// the first ones. A run of pixels is two runs of a power of two that overlap: `across` or `down` lies between both.
template <class T, bool kIsFirst>
TRIMATTE_VECTORISE void lower_walls(const T* above, const T* below, int64_t across, const T* left, const T* right,
                                    int64_t down, T* low, const T* next, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T a = above[x] > above[x + across] ? above[x] : above[x + across];
        const T b = below[x] > below[x + across] ? below[x] : below[x + across];
        const T l = left[x] > left[x + down] ? left[x] : left[x + down];
        const T r = right[x] > right[x + down] ? right[x] : right[x + down];
        const T ends = a > b ? a : b, sides = l > r ? l : r;
        T wall = ends > sides ? ends : sides;
        if constexpr (!kIsFirst) {
            const T upper = low[x] < low[x + 1] ? low[x] : low[x + 1];
            const T lower = next[x] < next[x + 1] ? next[x] : next[x + 1];
            const T lowest = upper < lower ? upper : lower;
            wall = wall < lowest ? wall : lowest;
        }
        low[x] = wall;
    }
}

template <class T>
TRIMATTE_VECTORISE void write_lower(const T* row, const T* low, T* out, T sign, int64_t width) {
    for (int64_t x = 0; x < width; ++x) out[x] = sign * (row[x] < low[x] ? row[x] : low[x]);
}

int64_t level_of(int64_t length) { return std::bit_width(static_cast<uint64_t>(length)) - 1; }

// Removes islands (sign 1) or holes (sign -1).
//
// The lowest wall of all windows around a pixel comes from the largest side down to one pixel: whatever holds a window
// holds one of the four windows around it that are larger by one, or is one of them.
template <class T>
struct Leveller {
    Leveller(const T* matte, T* out, int64_t size, const MatteShape& shape, T sign)
        : matte(matte), out(out), size(size), shape(shape), sign(sign), tile(size), peaks(tile.kColumns) {}

    void run(const TileBox& box) {
        if (tile.load(matte, shape, box, sign)) return fill_tile(out, shape, box, sign * tile.row(0)[0]);
        TileBox part{box.plane, 0, box.height(), 0, box.width()};  // what may change, from the tile's own corner
        if (size >= kWorthLooking) part = find_peaks(box);
        for (int64_t y = 0; y < box.height(); ++y) {
            T* line = line_of(box, y);
            for (int64_t x = 0; x < box.width(); ++x) line[x] = sign * tile.row(y)[x];
        }
        if (part.bottom > part.top) level(box, part);
    }

    T* line_of(const TileBox& box, int64_t y) const {
        return out + (box.plane * shape.height + box.top + y) * shape.width + box.left;
    }

    // Looks `size` pixels to the left, to the right, up and down. All windows around a pixel have their wall across
    // each of these ways: what has a way that goes nowhere below it stays.
    TileBox find_peaks(const TileBox& box) {
        const int64_t height = box.height(), width = box.width(), wide = width + 2 * size, tall = height + 2 * size;
        ways.resize(wide + tall * width);
        T *across = ways.data(), *along = ways.data() + wide;
        for (int64_t y = 0; y < tall; ++y) std::copy_n(tile.row(y - size), width, along + y * width);
        const auto lower = [&](int64_t step, int64_t length) {
            lower_ahead(along, along + step * width, (tall - length + 1) * width);
        };
        lower_over(lower);
        TileBox found{box.plane, height, 0, width, 0};
        for (int64_t y = 0; y < height; ++y) {
            std::copy_n(tile.row(y) - size, wide, across);
            lower_over([&](int64_t step, int64_t length) { lower_ahead(across, across + step, wide - length + 1); });
            if (!mark_peaks(tile.row(y), across, across + size, along + y * width, along + (y + size) * width,
                            peaks.data(), width))
                continue;
            const auto first = std::find(peaks.begin(), peaks.begin() + width, 1) - peaks.begin();
            const auto last = std::find(peaks.rend() - width, peaks.rend(), 1) - (peaks.rend() - width);
            found.top = std::min(found.top, y);
            found.bottom = y + 1;
            found.left = std::min<int64_t>(found.left, first);
            found.right = std::max<int64_t>(found.right, width - last);
        }
        return found;
    }

    // Calls lower(step, length) until runs are size + 1 pixels long; `length` is what they are afterwards.
    template <class Lower>
    void lower_over(const Lower& lower) const {
        int64_t length = 1;
        for (; 2 * length <= size + 1; length *= 2) lower(length, 2 * length);
        if (length < size + 1) lower(size + 1 - length, size + 1);
    }

    void level(const TileBox& box, const TileBox& part) {
        build_runs(part);
        const int64_t height = part.height(), width = part.width(), room = width + size;
        lowest.resize((height + size) * room);
        for (int64_t side = size; side >= 1; --side) {
            const int64_t run = int64_t{1} << level_of(side + 2), column = int64_t{1} << level_of(side);
            const T *across = along_x(level_of(side + 2)), *down = along_y(level_of(side));
            for (int64_t y = 0; y < height + side - 1; ++y) {
                // the window whose upper left pixel is the one below and behind this place of the wall
                const int64_t place = tile.place(part.top - side + y, part.left - side);
                const T *above = across + place, *below = above + (side + 1) * tile.stride();
                const T *left = down + place + tile.stride(), *right = left + side + 1;
                T* low = lowest.data() + y * room;
                const auto lower = side == size ? lower_walls<T, true> : lower_walls<T, false>;
                lower(above, below, side + 2 - run, left, right, (side - column) * tile.stride(), low, low + room,
                      width + side - 1);
            }
        }
        for (int64_t y = 0; y < height; ++y)
            write_lower(tile.row(part.top + y) + part.left, lowest.data() + y * room,
                        line_of(box, part.top + y) + part.left, sign, width);
    }

    // Largest numbers of 1, 2, 4, ... pixels to the right, or down.
    void build_runs(const TileBox& part) {
        runs.resize((level_of(size + 2) + level_of(size)) * tile.size());
        const int64_t width = part.width() + 2 * size;
        for (int64_t y = part.top - size; y < part.bottom + size; ++y) {
            const int64_t place = tile.place(y, part.left - size);
            for (int64_t k = 1; k <= level_of(size + 2); ++k) {
                const T* half = along_x(k - 1) + place;
                max_of_two(half, half + (int64_t{1} << (k - 1)), room_of(along_x(k)) + place,
                           width - (int64_t{1} << k) + 1);
            }
        }
        for (int64_t k = 1; k <= level_of(size); ++k) {
            const int64_t step = (int64_t{1} << (k - 1)) * tile.stride();
            for (int64_t y = part.top - size; y <= part.bottom + size - (int64_t{1} << k); ++y) {
                const T* half = along_y(k - 1) + tile.place(y, part.left - size);
                max_of_two(half, half + step, room_of(along_y(k)) + tile.place(y, part.left - size), width);
            }
        }
    }

    const T* along_x(int64_t k) const { return k == 0 ? tile.numbers() : runs.data() + (k - 1) * tile.size(); }
    const T* along_y(int64_t k) const { return k == 0 ? tile.numbers() : along_x(level_of(size + 2) + k); }
    T* room_of(const T* numbers) { return runs.data() + (numbers - runs.data()); }

    const T* matte;
    T* out;
    int64_t size;
    MatteShape shape;
    T sign;
    MatteTile<T> tile;
    std::vector<uint8_t> peaks;
    std::vector<T> ways, runs, lowest;
};

}  // namespace

template <class T>
void finesse_despeckle(const T* matte, T* out, int64_t size, const MatteShape& shape, int threads) {
    const auto without_islands = std::make_unique_for_overwrite<T[]>(shape.planes * shape.height * shape.width);
    T* between = without_islands.get();
    size = std::min(size, std::max(shape.height, shape.width));  // a larger window has the walls of such a one
    for_tiles<T>(shape, threads, [&] { return Leveller<T>(matte, between, size, shape, T(1)); });
    for_tiles<T>(shape, threads, [&] { return Leveller<T>(between, out, size, shape, T(-1)); });
}

template void finesse_despeckle(const float*, float*, int64_t, const MatteShape&, int);
template void finesse_despeckle(const double*, double*, int64_t, const MatteShape&, int);

}  // namespace trimatte::kernels
