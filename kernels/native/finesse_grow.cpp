#include <cmath>
#include <vector>

#include "finesse.hpp"
#include "matte_tiles.hpp"

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

// Largest number of each column of some rows, in blocks of 64 bytes.
template <class T>
TRIMATTE_VECTORISE void max_of_rows(const T* const* rows, int64_t count, T* out, int64_t width) {
    for (int64_t x = 0; x < width; x += Lanes<T>::count) {
        typename Lanes<T>::Vector largest, other;
        TRIMATTE_LOAD(largest, rows[0] + x);
        for (int64_t row = 1; row < count; ++row) {
            TRIMATTE_LOAD(other, rows[row] + x);
            largest = other > largest ? other : largest;
        }
        TRIMATTE_STORE(out + x, largest);
    }
}

template <class T>
TRIMATTE_VECTORISE void mix_rows(const T* __restrict inner, const T* __restrict outer, T* __restrict out, T share,
                                 T sign, int64_t width) {
    for (int64_t x = 0; x < width; ++x) out[x] = sign * (inner[x] + (outer[x] - inner[x]) * share);
}

template <class T>
TRIMATTE_VECTORISE void turn_row(const T* __restrict row, T* __restrict out, T sign, int64_t width) {
    for (int64_t x = 0; x < width; ++x) out[x] = sign * row[x];
}

template <class T>
struct Grower {
    Grower(const T* matte, T* out, const MatteShape& shape, const Discs& discs)
        : matte(matte),
          out(out),
          shape(shape),
          discs(discs),
          tile(discs.outer),
          wider((2 * discs.outer + 1) * discs.outer * tile.stride()),
          rows(2 * discs.outer + 1) {}

    void run(const TileBox& box) {
        const T sign(discs.sign);
        if (tile.load(matte, shape, box, sign)) return fill_tile(out, shape, box, sign * tile.row(0)[0]);
        for (int64_t y = -discs.outer; y < box.height() + discs.outer; ++y) {
            for (int half = 1; half <= discs.outer; ++half)
                widen_row(row(y, half - 1), row(y, 0), wider_row(y, half), half, box.width());
            if (y >= discs.outer) emit(box, y - discs.outer);
        }
    }

    void emit(const TileBox& box, int64_t y) {
        T* line = out + (box.plane * shape.height + box.top + y) * shape.width + box.left;
        dilate(y, discs.inner, inner, box.width());
        if (discs.inner == discs.outer) return turn_row(inner, line, T(discs.sign), box.width());
        dilate(y, discs.outer, outer, box.width());
        mix_rows(inner, outer, line, T(discs.share), T(discs.sign), box.width());
    }

    void dilate(int64_t y, int64_t radius, T* result, int64_t width) {
        for (int64_t dy = -radius; dy <= radius; ++dy) {
            const auto half = static_cast<int64_t>(std::sqrt(static_cast<double>(radius * radius - dy * dy)));
            rows[dy + radius] = row(y + dy, half);
        }
        max_of_rows(rows.data(), 2 * radius + 1, result, width);
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
    std::vector<T> wider;
    std::vector<const T*> rows;
    T inner[MatteTile<T>::kColumns + Lanes<T>::count], outer[MatteTile<T>::kColumns + Lanes<T>::count];
};

}  // namespace

template <class T>
void finesse_grow(const T* matte, T* out, const MatteShape& shape, const Discs& discs, int threads) {
    for_tiles<T>(shape, threads, [&] { return Grower<T>(matte, out, shape, discs); });
}

template void finesse_grow(const float*, float*, const MatteShape&, const Discs&, int);
template void finesse_grow(const double*, double*, const MatteShape&, const Discs&, int);

}  // namespace trimatte::kernels
