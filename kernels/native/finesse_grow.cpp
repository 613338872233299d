#include <cmath>

#include "finesse.hpp"
#include "row_window.hpp"

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
struct Grower {
    Grower(const T* matte, T* out, const MatteShape& shape, const Discs& discs)
        : matte(matte),
          out(out),
          shape(shape),
          discs(discs),
          window(discs.outer, discs.outer + 1, shape.width),
          rows(2 * discs.outer + 1),
          mixed{std::vector<T>(shape.width + Lanes<T>::count), std::vector<T>(shape.width + Lanes<T>::count)} {}

    void take(int64_t plane, int64_t y) {
        window.take(matte + plane * shape.height * shape.width, y, shape.height, T(discs.sign));
        for (int half = 1; half <= discs.outer; ++half) {
            widen_row(window.row(y, half - 1), window.row(y, 0), window.row(y, half), half, shape.width);
        }
    }

    void emit(int64_t plane, int64_t y) {
        dilate(y, discs.inner, mixed[0]);
        dilate(y, discs.outer, mixed[1]);
        T* row = out + (plane * shape.height + y) * shape.width;
        mix_rows(mixed[0].data(), mixed[1].data(), row, T(discs.share), T(discs.sign), shape.width);
    }

    void dilate(int64_t y, int64_t radius, std::vector<T>& result) {
        for (int64_t dy = -radius; dy <= radius; ++dy) {
            const auto half = static_cast<int64_t>(std::sqrt(static_cast<double>(radius * radius - dy * dy)));
            rows[dy + radius] = window.row(y + dy, half);
        }
        max_of_rows(rows.data(), 2 * radius + 1, result.data(), shape.width);
    }

    const T* matte;
    T* out;
    MatteShape shape;
    Discs discs;
    RowWindow<T> window;  // variants: largest numbers within 0, 1, .. outer along x
    std::vector<const T*> rows;
    std::vector<T> mixed[2];
};

}  // namespace

template <class T>
void finesse_grow(const T* matte, T* out, const MatteShape& shape, const Discs& discs, int threads) {
    for_bands(shape, discs.outer, threads, [&] { return Grower<T>(matte, out, shape, discs); });
}

template void finesse_grow(const float*, float*, const MatteShape&, const Discs&, int);
template void finesse_grow(const double*, double*, const MatteShape&, const Discs&, int);

}  // namespace trimatte::kernels
