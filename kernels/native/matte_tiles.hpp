// Mattes (planes, height, width) in tiles that stay in a core's caches, each with what lies around it. Most tiles of a
// matte hold one number only, and so does all around them: what is computed there needs no arithmetic.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "aligned.hpp"
#include "finesse.hpp"
#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {

// What every step reads: alpha within 0..1, and 0 for what is no number.
template <class T>
[[gnu::always_inline]] inline T saturate(T alpha) {
    return alpha > T(0) ? (alpha < T(1) ? alpha : T(1)) : T(0);
}

// Writes alpha times `sign`; says whether a number differs from `first`.
template <class T>
TRIMATTE_VECTORISE bool saturate_row(const T* __restrict source, T* __restrict row, int64_t width, T sign, T first) {
    int differs = 0;
    for (int64_t x = 0; x < width; ++x) {
        row[x] = saturate(source[x]) * sign;
        differs |= row[x] != first;
    }
    return differs != 0;
}

constexpr int64_t kAhead =
    4;  // rows that are asked for while another is at hand: rows of tiles are too short to be foreseen

// Asks memory for a row that is read or written soon.
template <bool kIsWritten, class T>
void prefetch_row(const T* row, int64_t width) {
    for (int64_t x = 0; x < width; x += Lanes<T>::count) __builtin_prefetch(row + x, kIsWritten);
    __builtin_prefetch(row + width - 1, kIsWritten);
}

struct TileBox {
    int64_t plane, top, bottom, left, right;
    int64_t height() const { return bottom - top; }
    int64_t width() const { return right - left; }
};

// A tile and the pixels up to `reach` around it; outside the frame the nearest pixel counts. A row may be read one
// vector beyond its end.
template <class T>
class MatteTile {
  public:
    static constexpr int64_t kRows = 64, kColumns = 128;

    explicit MatteTile(int64_t reach)
        : reach_(reach), stride_((kColumns + 2 * reach + 2 * Lanes<T>::count - 1) / Lanes<T>::count * Lanes<T>::count) {
        numbers_.resize(size());
    }

    int64_t stride() const { return stride_; }
    int64_t size() const { return (kRows + 2 * reach_) * stride_; }
    int64_t place(int64_t y, int64_t x) const { return (y + reach_) * stride_ + x + reach_; }
    const T* row(int64_t y) const {
        return numbers_.data() + place(y, 0);
    }  // from the first row and column of the tile
    const T* numbers() const { return numbers_.data(); }

    // Takes alpha times `sign`; says whether all of it is one number.
    bool load(const T* matte, const MatteShape& shape, const TileBox& box, T sign) {
        const T* plane = matte + box.plane * shape.height * shape.width;
        const int64_t first = std::max<int64_t>(0, box.left - reach_), last = std::min(shape.width, box.right + reach_);
        const int64_t before = first - (box.left - reach_), after = box.right + reach_ - last;
        const T level = saturate(plane[box.top * shape.width + box.left]) * sign;
        bool differs = false;
        for (int64_t y = -reach_; y < box.height() + reach_; ++y) {
            const int64_t line = std::clamp<int64_t>(box.top + y, 0, shape.height - 1);
            const int64_t later = std::clamp<int64_t>(box.top + y + kAhead, 0, shape.height - 1);
            prefetch_row<false>(plane + later * shape.width + first, last - first);
            T* to = numbers_.data() + place(y, -reach_) + before;
            differs |= saturate_row(plane + line * shape.width + first, to, last - first, sign, level);
            std::fill_n(to - before, before, to[0]);
            std::fill_n(to + (last - first), after, to[last - first - 1]);
        }
        return !differs;
    }

  private:
    int64_t reach_, stride_;
    AlignedNumbers<T> numbers_;  // what lies `reach` before a row begins a cache line
};

// Calls worker.run(box) for every tile; make() gives each thread a worker. Tiles depend on the picture alone, so that
// threads never change a result.
template <class T, class Make>
void for_tiles(const MatteShape& shape, int threads, const Make& make) {
    const int64_t rows = MatteTile<T>::kRows, columns = MatteTile<T>::kColumns;
    const int64_t down = (shape.height + rows - 1) / rows, across = (shape.width + columns - 1) / columns;
    const int64_t count = shape.planes * down * across;
    std::atomic<int64_t> next{0};  // tiles differ in what they cost: each thread takes one after the other
    parallel_for(count, threads, 2, [&](int64_t, int64_t) {
        auto worker = make();
        for (int64_t tile; (tile = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
            const int64_t top = tile / across % down * rows, left = tile % across * columns;
            worker.run(TileBox{tile / (across * down), top, std::min(shape.height, top + rows), left,
                               std::min(shape.width, left + columns)});
        }
    });
}

// Fills a tile with one number.
template <class T>
void fill_tile(T* out, const MatteShape& shape, const TileBox& box, T value) {
    for (int64_t y = box.top; y < box.bottom; ++y)
        std::fill_n(out + (box.plane * shape.height + y) * shape.width + box.left, box.width(), value);
}

}  // namespace trimatte::kernels
