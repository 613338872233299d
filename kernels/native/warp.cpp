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

template <class T>
TRIMATTE_VECTORISE void blend_run(const T* __restrict above, const T* __restrict below, const T* __restrict fx,
                                  const T* __restrict fy, T* __restrict out, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const T upper = (1 - fx[k]) * above[k] + fx[k] * above[k + 1];
        const T lower = (1 - fx[k]) * below[k] + fx[k] * below[k + 1];
        out[k] = (1 - fy[k]) * upper + fy[k] * lower;
    }
}

template <class T>
void gather_row(const T* plane, const WarpRow<T>& row, T* out) {
    for (const WarpRun& run : row.runs) {
        if (row.is_inner(run) && row.has_row(run.top) && row.has_row(run.top + 1)) {
            const T* above = plane + int64_t(run.top) * row.width + run.left;
            blend_run(above, above + row.width, &row.fx[run.begin], &row.fy[run.begin], out + run.begin,
                      run.end - run.begin);
            continue;
        }
        for (int32_t x = run.begin; x < run.end; ++x) {
            const T fx = row.fx[x], fy = row.fy[x];
            const int32_t left = row.left[x], top = row.top[x];
            out[x] = (1 - fy) * ((1 - fx) * at(plane, row, left, top) + fx * at(plane, row, left + 1, top)) +
                     fy * ((1 - fx) * at(plane, row, left, top + 1) + fx * at(plane, row, left + 1, top + 1));
        }
    }
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
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / shape.height, y = line % shape.height;
            row.find(flow, item, y, shape);
            for (int64_t map = item * shape.channels; map < (item + 1) * shape.channels; ++map)
                gather_row(image + map * shape.plane(), row, out + map * shape.plane() + y * shape.width);
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
