// Rows around the one that is being computed, for windows over mattes (planes, height, width).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "finesse.hpp"
#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {

// What every step reads: alpha within 0..1, and 0 for what is no number.
template <class T>
[[gnu::always_inline]] inline T saturate(T alpha) {
    return alpha > T(0) ? (alpha < T(1) ? alpha : T(1)) : T(0);
}

template <class T>
TRIMATTE_VECTORISE void saturate_row(const T* __restrict source, T* __restrict row, int64_t width, T sign) {
    for (int64_t x = 0; x < width; ++x) row[x] = saturate(source[x]) * sign;
}

// The last 2 reach + 1 rows in some variants each. A row may be read `reach` numbers and one vector beyond its ends.
template <class T>
class RowWindow {
  public:
    RowWindow(int64_t reach, int64_t variants, int64_t width)
        : reach_(reach),
          variants_(variants),
          width_(width),
          stride_((width + 2 * reach + 2 * Lanes<T>::count - 1) / Lanes<T>::count * Lanes<T>::count),
          numbers_((2 * reach + 1) * variants * stride_) {}

    T* row(int64_t y, int64_t variant) {
        const int64_t slots = 2 * reach_ + 1, slot = (y + 2 * slots) % slots;  // y may be below 0
        return numbers_.data() + (slot * variants_ + variant) * stride_ + reach_;
    }

    // Takes row y of `plane` as variant 0, times `sign`; outside the frame the nearest pixel counts.
    void take(const T* plane, int64_t y, int64_t height, T sign) {
        T* to = row(y, 0);
        saturate_row(plane + std::clamp<int64_t>(y, 0, height - 1) * width_, to, width_, sign);
        std::fill_n(to - reach_, reach_, to[0]);
        std::fill_n(to + width_, reach_, to[width_ - 1]);
    }

  private:
    int64_t reach_, variants_, width_, stride_;
    std::vector<T> numbers_;
};

// Calls take(plane, y) for each row that a band of rows needs, and emit(plane, y) as soon as all rows around y are
// there. make() returns such a pair's owner, one per band; bands never change results.
template <class Make>
void for_bands(const MatteShape& shape, int64_t reach, int threads, const Make& make) {
    const int64_t height = shape.height;
    parallel_for(shape.planes * height, threads, 16 + 4 * reach, [&](int64_t first, int64_t last) {
        auto worker = make();
        while (first < last) {
            const int64_t plane = first / height, top = first % height, bottom = std::min(height, top + last - first);
            for (int64_t y = top - reach; y < bottom + reach; ++y) {
                worker.take(plane, y);
                if (y - reach >= top) worker.emit(plane, y - reach);
            }
            first += bottom - top;
        }
    });
}

}  // namespace trimatte::kernels
