// Sums over square windows at a cost that hardly grows with the window, for what is averaged around every pixel.
//
// Along y the rows are cut into blocks as high as a window: a window is the lower end of one block and the upper end of
// the next, so its sum is one of the block's suffix sums plus one of the next block's prefix sums (van Herk 1992, for
// sums). Along x runs of 1, 4, 16, ... pixels are added up, in registers where neighbours can be shifted there. Nothing
// is ever subtracted: no digits are lost, and a number that is none stays within its windows. Blocks depend on the
// picture alone, so threads never change a result.
#pragma once

#include <algorithm>
#include <cstdint>

#include "aligned.hpp"
#include "parallel.hpp"

namespace trimatte::kernels {

enum class Outside { kNothing, kBorderRepeated };

struct WindowShape {
    int64_t items, height, width;
    int64_t planes;  // sums per pixel
    int64_t radius;
    Outside outside;
};

// How many numbers sum_runs takes for `step` pixels of a row, with windows of `side` pixels.
inline int64_t run_numbers(int64_t step, int64_t side) {
    int64_t rows = 4;  // as the vectorised copy takes; the other one has a row for each power of 4
    for (int64_t length = 256; length <= side; length *= 4) ++rows;
    return rows * (step + 128);
}

// What the work on a plane of a row asks memory for, so that it comes while numbers are added: a part of the row of the
// picture that the next window takes in, and of one that is written.
template <class T>
struct Ahead {
    const T* read;
    T* written;
};

// Writes sums of `side` neighbours of the `count + side - 1` numbers below[x] + above[x] to `out`, and asks for what
// comes. `rows` is room for the sums of runs. `rows` and `out` begin where a cache line does, and `out` has room for
// whole lines; up to 128 numbers more of `below` and `above` are read.
template <class T>
void sum_joined(const T* below, const T* above, T* rows, int64_t step, T* out, int64_t count, int64_t side,
                Ahead<T> ahead);

// One plane: to[x] = from[x] + values[x]; `from` and `to` may be the same.
template <class T>
void add_row(const T* values, const T* from, T* to, int64_t count);

// How pictures are cut: strips of columns, and how many rows of suffix sums are kept.
struct WindowCut {
    int64_t strip, strips, rows, marks, step;
};
WindowCut cut_windows(const WindowShape& shape, int64_t number_bytes);

// One block of rows and one strip of columns. Suffix sums of tall windows are kept for some rows only, the marks, and
// made anew from there, a few rows at a time: what is kept stays in the caches.
template <class T, class Add, class Take, class Plan>
class WindowBlock {
  public:
    WindowBlock(const WindowShape& shape, const WindowCut& cut, const Add& add, const Take& take, const Plan& plan)
        : shape_(shape),
          side_(2 * shape.radius + 1),
          rows_(cut.rows),
          step_(cut.step),
          add_(add),
          take_(take),
          plan_(plan) {
        marks_.resize(cut.marks * row_size());
        below_.resize(rows_ * row_size() + 128);
        above_.resize(row_size() + 128);
        runs_.resize(run_numbers(step_, side_));
        sums_.resize(shape.planes * step_);
    }

    void run(int64_t item, int64_t top, int64_t left, int64_t right) {
        item_ = item;
        first_ = std::max<int64_t>(0, left - shape_.radius);
        last_ = std::min(shape_.width, right + shape_.radius);
        // what lies outside comes first in a row of sums, so that the picture begins where a cache line does
        const int64_t before = first_ - (left - shape_.radius);
        inside_ = (before + kLine - 1) / kLine * kLine;
        start_ = inside_ - before;
        const int64_t rows = std::min(side_, shape_.height - top);
        find_marks(top, rows);
        std::fill_n(above_.data(), row_size(), T(0));
        for (int64_t begin = 0, end; begin < rows; begin = end) {
            end = std::min(rows, begin + rows_);
            const T* from = mark(begin);
            for (int64_t row = end - 1; row >= begin; --row) {
                T* to = below_.data() + (row - begin) * row_size();
                add_line(top + row - shape_.radius, from, to);
                from = to;
            }
            for (int64_t row = begin; row < end; ++row) {
                if (row > 0) add_line(top + row + shape_.radius, above_.data(), above_.data());
                take_line(top + row, left, right, below_.data() + (row - begin) * row_size());
            }
        }
    }

  private:
    int64_t row_size() const { return shape_.planes * step_; }

    // Where the suffix sum is kept from which those of the rows from `row` on are made.
    T* mark(int64_t row) { return marks_.data() + row / rows_ * row_size(); }

    // to = from + the row y of the picture, as far as there is one.
    void add_line(int64_t y, const T* from, T* to) {
        if (shape_.outside == Outside::kBorderRepeated) y = std::clamp<int64_t>(y, 0, shape_.height - 1);
        if (y >= 0 && y < shape_.height) return add_(item_, y, first_, last_, from + inside_, to + inside_, step_);
        if (to != from) std::copy_n(from, row_size(), to);
    }

    // A suffix sum holds the rows from the first one of the window at top + row to the end of the block.
    void find_marks(int64_t top, int64_t rows) {
        T* last = mark(rows - 1);
        std::fill_n(last, row_size(), T(0));
        const T* from = last;
        for (int64_t row = side_ - 1; row >= std::min(rows, rows_); --row) {
            T* to = row < rows ? mark(row - rows_) : last;
            add_line(top + row - shape_.radius, from, to);
            from = to;
        }
    }

    void take_line(int64_t y, int64_t left, int64_t right, T* below) {
        const int64_t count = right - left, next = std::min(y + shape_.radius + 1, shape_.height - 1);
        for (int64_t plane = 0; plane < shape_.planes; ++plane) {
            T *lower = below + plane * step_, *upper = above_.data() + plane * step_;
            fill_outside(lower, count);
            fill_outside(upper, count);
            sum_joined(lower + start_, upper + start_, runs_.data(), step_, sums_.data() + plane * step_, count, side_,
                       plan_(item_, plane, next, y, first_));
        }
        take_(item_, y, left, count, sums_.data(), step_);
    }

    void fill_outside(T* row, int64_t count) const {
        const bool repeats = shape_.outside == Outside::kBorderRepeated;
        T* end = row + inside_ + (last_ - first_);
        std::fill(row + start_, row + inside_, repeats ? row[inside_] : T(0));
        std::fill(end, row + start_ + count + 2 * shape_.radius, repeats ? end[-1] : T(0));
    }

    static constexpr int64_t kLine = 64 / sizeof(T);

    WindowShape shape_;
    int64_t side_, rows_, step_;
    const Add& add_;
    const Take& take_;
    const Plan& plan_;
    int64_t item_ = 0, first_ = 0, last_ = 0, inside_ = 0, start_ = 0;
    AlignedNumbers<T> marks_, below_, above_, runs_, sums_;
};

// add(item, y, first, last, from, to, step): to[plane * step + x - first] = from[...] + value of every plane at (y, x).
// plan(item, plane, next, y, x): what to ask for at (next, x) and (y, x), with the windows of row y at hand.
// take(item, y, left, count, sums, step): uses sums[plane * step + x - left] around the pixels of a part of a row.
template <class T, class Add, class Take, class Plan>
void sum_windows(const WindowShape& shape, int threads, const Add& add, const Take& take, const Plan& plan) {
    if (shape.items == 0 || shape.height == 0 || shape.width == 0) return;
    const int64_t side = 2 * shape.radius + 1, blocks = (shape.height + side - 1) / side;
    const WindowCut cut = cut_windows(shape, sizeof(T));
    parallel_for(shape.items * blocks * cut.strips, threads, std::max<int64_t>(1, (16 << 10) / (side * cut.strip)),
                 [&](int64_t begin, int64_t end) {
                     WindowBlock<T, Add, Take, Plan> block(shape, cut, add, take, plan);
                     for (int64_t part = begin; part < end; ++part) {
                         // strips of one block follow each other: a row is read in one go, as memory likes it
                         const int64_t left = part % cut.strips * cut.strip;
                         block.run(part / (blocks * cut.strips), part / cut.strips % blocks * side, left,
                                   std::min(shape.width, left + cut.strip));
                     }
                 });
}

}  // namespace trimatte::kernels
