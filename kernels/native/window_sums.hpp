// Sums over square windows at a cost that hardly grows with the window, for what is averaged around every pixel.
//
// Along y the rows are cut into blocks as high as a window: a window is the lower end of one block and the upper end of
// the next, so its sum is one of the block's suffix sums plus one of the next block's prefix sums (van Herk 1992, for
// sums). Along x runs of 1, 4, 16, ... pixels are added up. Nothing is ever subtracted: no digits are lost, and a
// number that is none stays within its windows. Blocks depend on the picture alone, so threads never change a result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "parallel.hpp"

namespace trimatte::kernels {

enum class Outside { kNothing, kBorderRepeated };

struct WindowShape {
    int64_t items, height, width;
    int64_t planes;  // sums per pixel
    int64_t radius;
    Outside outside;
};

// How many rows sum_runs takes for windows of `side` pixels.
inline int64_t num_run_rows(int64_t side) {
    int64_t rows = 1;
    for (int64_t length = 4; length <= side; length *= 4) ++rows;
    return rows;
}

// Writes sums of `side` neighbours to `out`. `rows`: the `count + side - 1` numbers, then room for the sums of runs.
template <class T>
void sum_runs(T* rows, int64_t step, T* out, int64_t count, int64_t side);

// One plane: to[x] = from[x] + values[x]; `from` and `to` may be the same.
template <class T>
void add_row(const T* values, const T* from, T* to, int64_t count);

// One block of rows and one strip of columns.
template <class T, class Add, class Take>
class WindowBlock {
  public:
    WindowBlock(const WindowShape& shape, int64_t strip, const Add& add, const Take& take)
        : shape_(shape), side_(2 * shape.radius + 1), step_(strip + 2 * shape.radius), add_(add), take_(take) {
        below_.resize(std::min(side_, shape.height) * row_size());
        above_.resize(row_size());
        runs_.resize(step_ * num_run_rows(side_));
        sums_.resize(shape.planes * strip);
    }

    void run(int64_t item, int64_t top, int64_t left, int64_t right) {
        item_ = item;
        first_ = std::max<int64_t>(0, left - shape_.radius);
        last_ = std::min(shape_.width, right + shape_.radius);
        const int64_t rows = std::min(side_, shape_.height - top);
        sum_below(top, rows);
        std::fill(above_.begin(), above_.end(), T(0));
        for (int64_t row = 0; row < rows; ++row) {
            if (row > 0) add_line(top + row + shape_.radius, above_.data(), above_.data());
            take_line(top + row, left, right, below_.data() + row * row_size());
        }
    }

  private:
    int64_t row_size() const { return shape_.planes * step_; }

    // Adds the row y of the picture, as far as there is one; says whether there was.
    bool add_line(int64_t y, const T* from, T* to) {
        if (y < 0 || y >= shape_.height) {
            if (shape_.outside == Outside::kNothing) return false;
            y = std::clamp<int64_t>(y, 0, shape_.height - 1);
        }
        add_(item_, y, first_, last_, from, to, step_);
        return true;
    }

    // Suffix sums: below_[row] holds the rows from the first one of the window at top + row to the end of the block.
    void sum_below(int64_t top, int64_t rows) {
        T* last = below_.data() + (rows - 1) * row_size();
        std::fill_n(last, row_size(), T(0));
        const T* from = last;
        for (int64_t row = side_ - 1; row >= 0; --row) {
            T* to = row < rows ? below_.data() + row * row_size() : last;
            if (!add_line(top + row - shape_.radius, from, to) && to != from) std::copy_n(from, row_size(), to);
            from = to;
        }
    }

    void take_line(int64_t y, int64_t left, int64_t right, const T* below) {
        const int64_t count = right - left, before = first_ - (left - shape_.radius), inside = last_ - first_;
        const int64_t after = count + 2 * shape_.radius - before - inside;
        const bool repeats = shape_.outside == Outside::kBorderRepeated;
        for (int64_t plane = 0; plane < shape_.planes; ++plane) {
            T* row = runs_.data();
            add_row(below + plane * step_, above_.data() + plane * step_, row + before, inside);
            std::fill_n(row, before, repeats ? row[before] : T(0));
            std::fill_n(row + before + inside, after, repeats ? row[before + inside - 1] : T(0));
            sum_runs(row, step_, sums_.data() + plane * count, count, side_);
        }
        take_(item_, y, left, count, sums_.data());
    }

    WindowShape shape_;
    int64_t side_, step_;
    const Add& add_;
    const Take& take_;
    int64_t item_ = 0, first_ = 0, last_ = 0;
    std::vector<T> below_, above_, runs_, sums_;
};

// add(item, y, first, last, from, to, step): to[plane * step + x - first] = from[...] + value of every plane at (y, x).
// take(item, y, left, count, sums): uses sums[plane * count + x - left] around the pixels of a part of a row.
template <class T, class Add, class Take>
void sum_windows(const WindowShape& shape, int threads, const Add& add, const Take& take) {
    constexpr int64_t kBytes = 2 << 20;  // what a block may hold in the caches of a core
    if (shape.items == 0 || shape.height == 0 || shape.width == 0) return;
    const int64_t side = 2 * shape.radius + 1;
    const int64_t column = std::min(side, shape.height) * shape.planes * static_cast<int64_t>(sizeof(T));
    const int64_t widest = std::max<int64_t>(kBytes / column - 2 * shape.radius, 2 * shape.radius + 64);
    const int64_t strips = (shape.width + widest - 1) / widest, strip = (shape.width + strips - 1) / strips;
    const int64_t blocks = (shape.height + side - 1) / side;
    parallel_for(shape.items * blocks * strips, threads, std::max<int64_t>(1, (16 << 10) / (side * strip)),
                 [&](int64_t begin, int64_t end) {
                     WindowBlock<T, Add, Take> block(shape, strip, add, take);
                     for (int64_t part = begin; part < end; ++part) {
                         // neighbouring blocks of one strip follow each other: they share rows
                         const int64_t left = part / blocks % strips * strip;
                         block.run(part / (blocks * strips), part % blocks * side, left,
                                   std::min(shape.width, left + strip));
                     }
                 });
}

}  // namespace trimatte::kernels
