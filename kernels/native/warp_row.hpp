// Where one row of pixels is related to: places, and runs of pixels whose places are neighbours.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "vectorise.hpp"
#include "warp.hpp"

namespace trimatte::kernels {

// Pixels [begin, end) whose places lie side by side in one row of the picture, so that arithmetic needs no gathering.
// Real flow has long ones.
struct WarpRun {
    int32_t begin, end;
    int32_t left, top;  // of the first pixel: the grid point before and above its place
};

template <class T>
struct WarpRow {
    explicit WarpRow(const WarpShape& shape)
        : height(int32_t(shape.height)),
          width(int32_t(shape.width)),
          left(shape.width),
          top(shape.width),
          fx(shape.width),
          fy(shape.width) {}

    void find(const T* flow, int64_t item, int64_t y, const WarpShape& shape);

    void find_runs();  // after find()

    // A grid point that is inside the picture.
    bool has_row(int32_t y) const { return y >= 0 && y < height; }
    bool has_column(int32_t x) const { return x >= 0 && x < width; }
    // All pixels of a run have their two columns inside.
    bool is_inner(const WarpRun& run) const { return run.left >= 0 && run.left + (run.end - run.begin) < width; }

    int32_t height, width;
    std::vector<int32_t> left, top;
    std::vector<T> fx, fy;
    std::vector<WarpRun> runs;
};

// Writes the grid points before and above the places of `count` pixels, and how far the places are from them. A place
// far away, or one that is no number, gets -2: all its neighbours are outside.
template <class T>
void find_warp_places(const T* dx, const T* dy, T y, T stretch_x, T stretch_y, T right, T bottom, int32_t* left,
                      int32_t* top, T* fx, T* fy, int64_t count);

template <class T>
void WarpRow<T>::find(const T* flow, int64_t item, int64_t y, const WarpShape& shape) {
    const T* dx = flow + 2 * item * shape.plane() + y * shape.width;
    find_warp_places(dx, dx + shape.plane(), T(y), T(shape.stretch_x), T(shape.stretch_y), T(width), T(height),
                     left.data(), top.data(), fx.data(), fy.data(), shape.width);
}

template <class T>
void WarpRow<T>::find_runs() {
    runs.clear();
    for (int32_t x = 0; x < width;) {
        WarpRun run{x, x + 1, left[x], top[x]};
        while (run.end < width && top[run.end] == run.top && left[run.end] == left[run.end - 1] + 1) ++run.end;
        runs.push_back(run);
        x = run.end;
    }
}

}  // namespace trimatte::kernels
