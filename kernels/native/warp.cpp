#include "warp.hpp"

#include "parallel.hpp"
#include "permute.hpp"
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

constexpr int kBlock = kLanes;  // pixels that are looked up together

// The rows of a picture that a block of pixels is looked up in, 2 * kBlock wide, and what its rows weigh at each pixel.
// Lookups are permutations of what is loaded in one go; all planes share them.
struct Window {
    static constexpr int kMostRows = 6;
    int32_t left, top, rows;
    Ints before, behind, is_near[kMostRows];
    Floats fx, weight[kMostRows];
};

// Finds the window of kBlock pixels; false if they are too far from each other, or look outside.
TRIMATTE_PERMUTE __attribute__((always_inline)) inline bool find_window(const WarpRow<float>& row, int32_t x,
                                                                        Window& window) {
    Ints lefts, tops;
    TRIMATTE_LOAD(lefts, &row.left[x]);
    TRIMATTE_LOAD(tops, &row.top[x]);
    const int32_t first = least_of(lefts), last = -least_of(-lefts), top = least_of(tops), bottom = -least_of(-tops);
    window.left = std::min(first, row.width - 2 * kBlock);
    window.top = top;
    window.rows = bottom - top + 2;
    const bool is_inside = window.left >= 0 && last < row.width - 1 && top >= 0 && bottom < row.height - 1;
    return is_inside && last + 1 - window.left < 2 * kBlock && window.rows <= Window::kMostRows;
}

TRIMATTE_PERMUTE __attribute__((always_inline)) inline void weigh_window(const WarpRow<float>& row, int32_t x,
                                                                         Window& window) {
    Ints left, top;
    Floats fy;
    TRIMATTE_LOAD(left, &row.left[x]);
    TRIMATTE_LOAD(top, &row.top[x]);
    TRIMATTE_LOAD(window.fx, &row.fx[x]);
    TRIMATTE_LOAD(fy, &row.fy[x]);
    window.before = left - window.left;
    window.behind = window.before + 1;
    for (int32_t k = 0; k < window.rows; ++k) {
        const int32_t y = window.top + k;
        window.weight[k] = top == y ? 1 - fy : fy;
        window.is_near[k] = (top == y) | (top == y - 1);
    }
}

// Looks whole blocks of a row up in every plane, and says how far it came.
TRIMATTE_PERMUTE int32_t gather_blocks(const float* image, const WarpRow<float>& row, int64_t channels, float* out) {
    const int64_t plane = int64_t(row.height) * row.width;
    int32_t x = 0;
    for (; x + kBlock <= row.width; x += kBlock) {
        Window window;
        if (!find_window(row, x, window)) {
            for (int64_t map = 0; map < channels; ++map)
                for (int32_t k = x; k < x + kBlock; ++k) out[map * plane + k] = blend(image + map * plane, row, k);
            continue;
        }
        weigh_window(row, x, window);
        const float* corner = image + int64_t(window.top) * row.width + window.left;
        const int64_t next = std::min(window.rows, row.height - 1 - window.top) * int64_t(row.width);
        for (int64_t map = 0; map < channels; ++map) {
            Floats sum = {}, near, far;
            __builtin_prefetch(corner + map * plane + next);  // for the row of pixels below
            __builtin_prefetch(out + map * plane + x + row.width, 1);
            for (int32_t k = 0; k < window.rows; ++k) {
                const float* line = corner + map * plane + int64_t(k) * row.width;
                TRIMATTE_LOAD(near, line);
                TRIMATTE_LOAD(far, line + kBlock);
                const Floats before = __builtin_shuffle(near, far, window.before);
                const Floats behind = __builtin_shuffle(near, far, window.behind);
                const Floats value = (1 - window.fx) * before + window.fx * behind;
                sum = window.is_near[k] ? sum + window.weight[k] * value : sum;  // no number elsewhere must not count
            }
            TRIMATTE_STORE(out + map * plane + x, sum);
        }
    }
    return x;
}

// How much of a place lies inside, along one axis of `size` grid points. Multiplied, not chosen: a place that is no
// number has a coverage that is none.
template <class T>
[[gnu::always_inline]] inline T cover(T place, T size) {
    const T before = std::floor(place), share = place - before;
    const T a = before >= 0 && before < size ? T(1) : T(0), b = before >= -1 && before < size - 1 ? T(1) : T(0);
    return (1 - share) * a + share * b;
}

template <class T>
TRIMATTE_VECTORISE void cover_row(const T* __restrict dx, const T* __restrict dy, T y, T stretch_x, T stretch_y,
                                  T width, T height, T* __restrict out, int32_t count) {
    for (int32_t x = 0; x < count; ++x)
        out[x] = cover(T(x) + dx[x] * stretch_x, width) * cover(y + dy[x] * stretch_y, height);
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
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / shape.height, y = line % shape.height;
            row.find(flow, item, y, shape);
            const T* source = image + item * shape.channels * shape.plane();
            T* result = out + item * shape.channels * shape.plane() + y * shape.width;
            int32_t begun = 0;
            if constexpr (sizeof(T) == sizeof(float)) {
                if (can_permute()) begun = gather_blocks(source, row, shape.channels, result);
            }
            for (int64_t map = 0; map < shape.channels; ++map)
                for (int32_t x = begun; x < row.width; ++x)
                    result[map * shape.plane() + x] = blend(source + map * shape.plane(), row, x);
        }
    });
}

template <class T>
void warp_coverage(const T* flow, T* out, const WarpShape& shape, int threads) {
    parallel_for(shape.batch * shape.height, threads, 8, [&](int64_t begin, int64_t end) {
        for (int64_t line = begin; line < end; ++line) {
            const T* dx = flow + 2 * (line / shape.height) * shape.plane() + line % shape.height * shape.width;
            cover_row(dx, dx + shape.plane(), T(line % shape.height), T(shape.stretch_x), T(shape.stretch_y),
                      T(shape.width), T(shape.height), out + line * shape.width, int32_t(shape.width));
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
