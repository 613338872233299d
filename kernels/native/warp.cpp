#include "warp.hpp"

#include "parallel.hpp"
#include "warp_row.hpp"

namespace trimatte::kernels {

template <class T>
TRIMATTE_VECTORISE void find_warp_places(const T* __restrict dx, const T* __restrict dy, T y, T stretch_x, T stretch_y,
                                         T right, T bottom, int32_t* __restrict left, int32_t* __restrict top,
                                         T* __restrict fx, T* __restrict fy, int64_t count) {
    for (int32_t x = 0; x < int32_t(count); ++x) {
        const T to_x = T(x) + dx[x] * stretch_x, to_y = y + dy[x] * stretch_y;
        const T before = std::floor(to_x), above = std::floor(to_y);
        fx[x] = to_x - before;
        fy[x] = to_y - above;
        left[x] = int32_t(std::min(std::max(T(-2), before), right));
        top[x] = int32_t(std::min(std::max(T(-2), above), bottom));
    }
}

namespace {

// The value of a plane at a grid point; zero outside.
template <class T>
T at(const T* plane, const WarpRow<T>& row, int32_t x, int32_t y) {
    return row.has_row(y) && row.has_column(x) ? plane[int64_t(y) * row.width + x] : T(0);
}

// The value of a plane at the place of a pixel.
template <class T>
T blend(const T* plane, const WarpRow<T>& row, int32_t x) {
    const T fx = row.fx[x], fy = row.fy[x];
    const int32_t left = row.left[x], top = row.top[x];
    if (uint32_t(left) < uint32_t(row.width - 1) && uint32_t(top) < uint32_t(row.height - 1)) {
        const T *above = plane + int64_t(top) * row.width + left, *below = above + row.width;
        return (1 - fy) * ((1 - fx) * above[0] + fx * above[1]) + fy * ((1 - fx) * below[0] + fx * below[1]);
    }
    return (1 - fy) * ((1 - fx) * at(plane, row, left, top) + fx * at(plane, row, left + 1, top)) +
           fy * ((1 - fx) * at(plane, row, left, top + 1) + fx * at(plane, row, left + 1, top + 1));
}

constexpr int kBlock = 16;  // pixels that are looked up together
typedef float Floats __attribute__((vector_size(4 * kBlock)));
typedef int32_t Ints __attribute__((vector_size(4 * kBlock)));

// A block of pixels whose places lie in a window: a few rows of the picture, 2 * kBlock wide. Its lookups are
// permutations of what is loaded in one go.
struct Window {
    int32_t left, top, bottom;  // rows top to bottom are needed; an empty window: no such block
};

// Finds the window of kBlock pixels whose places begin at these grid points.
TRIMATTE_VECTORISE Window find_window(const int32_t* lefts, const int32_t* tops, int32_t height, int32_t width) {
    int32_t first = lefts[0], last = lefts[0], top = tops[0], bottom = tops[0];
    for (int k = 0; k < kBlock; ++k) {
        first = std::min(first, lefts[k]);
        last = std::max(last, lefts[k]);
        top = std::min(top, tops[k]);
        bottom = std::max(bottom, tops[k]);
    }
    const int32_t start = std::min(first, width - 2 * kBlock);
    const bool is_inside = start >= 0 && last < width - 1 && top >= 0 && bottom < height - 1;
    if (!is_inside || last + 1 - start >= 2 * kBlock || bottom - top > 4) return {0, 0, -1};
    return {start, top, bottom + 1};
}

TRIMATTE_VECTORISE void blend_window(const float* plane, const WarpRow<float>& row, int32_t x, Window window,
                                     float* out) {
    Ints left, top;
    Floats fx, fy, a = {}, b = {}, c = {}, d = {}, near, far;
    TRIMATTE_LOAD(left, &row.left[x]);
    TRIMATTE_LOAD(top, &row.top[x]);
    TRIMATTE_LOAD(fx, &row.fx[x]);
    TRIMATTE_LOAD(fy, &row.fy[x]);
    left -= window.left;
    const Ints next = left + 1;
    for (int32_t y = window.top; y <= window.bottom; ++y) {
        const float* line = plane + int64_t(y) * row.width + window.left;
        TRIMATTE_LOAD(near, line);
        TRIMATTE_LOAD(far, line + kBlock);
        const Floats before = __builtin_shuffle(near, far, left), behind = __builtin_shuffle(near, far, next);
        a = top == y ? before : a;
        b = top == y ? behind : b;
        c = top == y - 1 ? before : c;
        d = top == y - 1 ? behind : d;
    }
    const Floats found = (1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * c + fx * d);
    TRIMATTE_STORE(out + x, found);
}

// Processors without permutations of this width look pixels up one by one.
bool can_permute() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    static const bool found = __builtin_cpu_supports("x86-64-v4") != 0;
    return found;
#else
    return false;
#endif
}

template <class T>
void gather_row(const T* plane, const WarpRow<T>& row, const std::vector<Window>& windows, T* out) {
    int32_t x = 0;
    if constexpr (sizeof(T) == sizeof(float)) {
        for (const Window& window : windows) {
            if (window.bottom >= window.top) {
                blend_window(plane, row, x, window, out);
            } else {
                for (int32_t k = x; k < x + kBlock; ++k) out[k] = blend(plane, row, k);
            }
            x += kBlock;
        }
    }
    for (; x < row.width; ++x) out[x] = blend(plane, row, x);
}

template <class T>
TRIMATTE_VECTORISE void cover_row(const int32_t* __restrict left, const int32_t* __restrict top, const T* __restrict fx,
                                  const T* __restrict fy, T* __restrict out, int32_t count, int32_t height) {
    for (int32_t x = 0; x < count; ++x) {
        // Multiplied, not chosen: a place that is no number has a coverage that is none.
        const T a = uint32_t(left[x]) < uint32_t(count) ? T(1) : T(0);
        const T b = uint32_t(left[x] + 1) < uint32_t(count) ? T(1) : T(0);
        const T c = uint32_t(top[x]) < uint32_t(height) ? T(1) : T(0);
        const T d = uint32_t(top[x] + 1) < uint32_t(height) ? T(1) : T(0);
        out[x] = ((1 - fx[x]) * a + fx[x] * b) * ((1 - fy[x]) * c + fy[x] * d);
    }
}

// Adds the slopes of one plane, times `factor`, at the places of a run.
template <class T>
TRIMATTE_VECTORISE void slope_run(const T* __restrict above, const T* __restrict below, const T* __restrict fx,
                                  const T* __restrict fy, const T* __restrict factor, T* __restrict across,
                                  T* __restrict down, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const T upper = above[k + 1] - above[k], lower = below[k + 1] - below[k];
        const T before = below[k] - above[k], behind = below[k + 1] - above[k + 1];
        across[k] += factor[k] * ((1 - fy[k]) * upper + fy[k] * lower);
        down[k] += factor[k] * ((1 - fx[k]) * before + fx[k] * behind);
    }
}

template <class T>
void slope_row(const T* plane, const WarpRow<T>& row, const T* factor, T* across, T* down) {
    for (const WarpRun& run : row.runs) {
        const int32_t x0 = run.begin;
        if (row.is_inner(run) && row.has_row(run.top) && row.has_row(run.top + 1)) {
            const T* above = plane + int64_t(run.top) * row.width + run.left;
            slope_run(above, above + row.width, &row.fx[x0], &row.fy[x0], factor + x0, across + x0, down + x0,
                      run.end - x0);
            continue;
        }
        for (int32_t x = x0; x < run.end; ++x) {
            const int32_t left = row.left[x], top = row.top[x];
            const T above[2] = {at(plane, row, left, top), at(plane, row, left + 1, top)};
            const T below[2] = {at(plane, row, left, top + 1), at(plane, row, left + 1, top + 1)};
            slope_run(above, below, &row.fx[x], &row.fy[x], factor + x, across + x, down + x, 1);
        }
    }
}

}  // namespace

template <class T>
void warp_gather(const T* image, const T* flow, T* out, const WarpShape& shape, int threads) {
    parallel_for(shape.batch * shape.height, threads, 8, [&](int64_t begin, int64_t end) {
        WarpRow<T> row(shape);
        std::vector<Window> windows;
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / shape.height, y = line % shape.height;
            row.find(flow, item, y, shape);
            windows.clear();
            for (int32_t x = 0; can_permute() && x + kBlock <= row.width; x += kBlock)
                windows.push_back(find_window(&row.left[x], &row.top[x], row.height, row.width));
            for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map)
                gather_row(image + map * shape.plane(), row, windows, out + map * shape.plane() + y * shape.width);
        }
    });
}

template <class T>
void warp_coverage(const T* flow, T* out, const WarpShape& shape, int threads) {
    parallel_for(shape.batch * shape.height, threads, 8, [&](int64_t begin, int64_t end) {
        WarpRow<T> row(shape);
        for (int64_t line = begin; line < end; ++line) {
            const T* dx = flow + 2 * (line / shape.height) * shape.plane() + line % shape.height * shape.width;
            find_warp_places(dx, dx + shape.plane(), T(line % shape.height), T(shape.stretch_x), T(shape.stretch_y),
                             T(shape.width), T(shape.height), row.left.data(), row.top.data(), row.fx.data(),
                             row.fy.data(), shape.width);
            cover_row(row.left.data(), row.top.data(), row.fx.data(), row.fy.data(), out + line * shape.width,
                      row.width, row.height);
        }
    });
}

template <class T>
void warp_slopes(const T* map, const T* factor, const T* flow, T* out, const WarpShape& shape, int threads) {
    parallel_for(shape.batch * shape.height, threads, 8, [&](int64_t begin, int64_t end) {
        WarpRow<T> row(shape);
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / shape.height, y = line % shape.height;
            row.find(flow, item, y, shape);
            row.find_runs();
            T* across = out + 2 * item * shape.plane() + y * shape.width;
            T* down = across + shape.plane();
            std::fill_n(across, shape.width, T(0));
            std::fill_n(down, shape.width, T(0));
            for (int64_t plane = item * shape.channels; plane < (item + 1) * shape.channels; ++plane)
                slope_row(map + plane * shape.plane(), row, factor + plane * shape.plane() + y * shape.width, across,
                          down);
            for (int64_t x = 0; x < shape.width; ++x) {
                across[x] *= T(shape.stretch_x);
                down[x] *= T(shape.stretch_y);
            }
        }
    });
}

#define TRIMATTE_INSTANTIATE(T)                                                         \
    template void warp_gather(const T*, const T*, T*, const WarpShape&, int);           \
    template void warp_coverage(const T*, T*, const WarpShape&, int);                   \
    template void warp_slopes(const T*, const T*, const T*, T*, const WarpShape&, int); \
    template void find_warp_places(const T*, const T*, T, T, T, T, T, int32_t*, int32_t*, T*, T*, int64_t);
TRIMATTE_INSTANTIATE(float)
TRIMATTE_INSTANTIATE(double)
#undef TRIMATTE_INSTANTIATE

}  // namespace trimatte::kernels
