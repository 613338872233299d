#include "filters.hpp"

#include "aligned.hpp"
#include "parallel.hpp"
#include "vectorise.hpp"
#include "window_sums.hpp"

namespace trimatte::kernels {
namespace {

template <class T>
TRIMATTE_VECTORISE void divide(const T* sums, T* out, int64_t count, T scale) {
    for (int64_t x = 0; x < count; ++x) out[x] = sums[x] * scale;
}

// How many pixels of a window around `place` lie in the picture, along one axis.
int64_t inside(int64_t place, int64_t radius, int64_t size) {
    return std::min(size, place + radius + 1) - std::max<int64_t>(0, place - radius);
}

template <class T>
TRIMATTE_VECTORISE void add_products(const T* guide, const T* picture, const T* from, T* to, int64_t step,
                                     int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T g = guide[x], p = picture[x];
        to[x] = from[x] + g;
        to[step + x] = from[step + x] + p;
        to[2 * step + x] = from[2 * step + x] + g * p;
        to[3 * step + x] = from[3 * step + x] + g * g;
    }
}

template <class T>
TRIMATTE_VECTORISE void solve_line(const T* sums, int64_t step, T* slope, T* offset, int64_t count, T scale,
                                   T epsilon) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T g = sums[x] * scale, p = sums[step + x] * scale;
        const T covariance = sums[2 * step + x] * scale - g * p, variance = sums[3 * step + x] * scale - g * g;
        slope[x] = covariance / (variance + epsilon);
        offset[x] = p - slope[x] * g;
    }
}

// Sums of guide, picture, product and square over three rows.
template <class T>
TRIMATTE_VECTORISE void sum_three(const T* const* guide, const T* const* picture, T* to, int64_t step, int64_t count) {
    const T *g0 = guide[0], *g1 = guide[1], *g2 = guide[2], *p0 = picture[0], *p1 = picture[1], *p2 = picture[2];
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        to[x] = g0[x] + g1[x] + g2[x];
        to[step + x] = p0[x] + p1[x] + p2[x];
        to[2 * step + x] = g0[x] * p0[x] + g1[x] * p1[x] + g2[x] * p2[x];
        to[3 * step + x] = g0[x] * g0[x] + g1[x] * g1[x] + g2[x] * g2[x];
    }
}

// As solve_line, from the sums of three rows: those of three columns are made on the way.
template <class T>
TRIMATTE_VECTORISE void solve_three(const T* sums, int64_t step, T* slope, T* offset, int64_t count, T epsilon) {
    constexpr T scale = T(1) / T(9);
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const auto mean = [&](int64_t k) { return (sums[k + x - 1] + sums[k + x] + sums[k + x + 1]) * scale; };
        const T g = mean(0), p = mean(step);
        const T covariance = mean(2 * step) - g * p, variance = mean(3 * step) - g * g;
        slope[x] = covariance / (variance + epsilon);
        offset[x] = p - slope[x] * g;
    }
}

// The fit in windows of three pixels: so few are added row by row.
template <class T>
void fit_near(const T* guide, const T* picture, T* out, const FilterShape& shape, T epsilon, int threads) {
    constexpr int64_t lane = Lanes<T>::count;
    const int64_t width = shape.width, height = shape.height, plane = height * width, channels = shape.channels;
    const int64_t step = (width + 2 * lane) / lane * lane + lane, least = std::max<int64_t>(1, (1 << 14) / (width + 1));
    parallel_for(shape.batch * channels * height, threads, least, [&](int64_t begin, int64_t end) {
        AlignedNumbers<T> sums, nothing;  // zeros beside the picture, and rows of zeros above and below it
        sums.resize(4 * step);
        nothing.resize(width);
        T* first = sums.data() + lane;
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / height, y = line % height;
            const T *guides[3], *pictures[3];
            for (int64_t k = 0; k < 3; ++k) {
                const bool is_inside = y + k >= 1 && y + k <= height;
                guides[k] = is_inside ? guide + (line + k - 1) * width : nothing.data();
                pictures[k] = is_inside ? picture + (line + k - 1) * width : nothing.data();
            }
            sum_three(guides, pictures, first, step, width);
            T* slope = out + (item / channels * 2 * channels + item % channels) * plane + y * width;
            solve_three(first, step, slope, slope + channels * plane, width, epsilon);
        }
    });
}

constexpr int kColourSums =
    14;  // weight; r, g, b; matte; r, g, b times matte; rr, rg, rb, gg, gb, bb: all times weight

template <class T>
TRIMATTE_VECTORISE void add_colours(const T* plate, int64_t plane, const T* matte, const T* weight, const T* from,
                                    T* to, int64_t step, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T w = weight[x], r = plate[x], g = plate[plane + x], b = plate[2 * plane + x];
        const T wr = w * r, wg = w * g, wb = w * b, wa = w * matte[x];
        to[x] = from[x] + w;
        to[step + x] = from[step + x] + wr;
        to[2 * step + x] = from[2 * step + x] + wg;
        to[3 * step + x] = from[3 * step + x] + wb;
        to[4 * step + x] = from[4 * step + x] + wa;
        to[5 * step + x] = from[5 * step + x] + wa * r;
        to[6 * step + x] = from[6 * step + x] + wa * g;
        to[7 * step + x] = from[7 * step + x] + wa * b;
        to[8 * step + x] = from[8 * step + x] + wr * r;
        to[9 * step + x] = from[9 * step + x] + wr * g;
        to[10 * step + x] = from[10 * step + x] + wr * b;
        to[11 * step + x] = from[11 * step + x] + wg * g;
        to[12 * step + x] = from[12 * step + x] + wg * b;
        to[13 * step + x] = from[13 * step + x] + wb * b;
    }
}

template <class T>
TRIMATTE_VECTORISE void solve_colours(const T* sums, int64_t step, T* out, int64_t plane, int64_t count, T epsilon) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const auto mean = [&](int k) { return sums[k * step + x]; };
        const T scale = T(1) / mean(0);
        const T r = mean(1) * scale, g = mean(2) * scale, b = mean(3) * scale, a = mean(4) * scale;
        const T ra = mean(5) * scale - r * a, ga = mean(6) * scale - g * a, ba = mean(7) * scale - b * a;
        const T rr = mean(8) * scale - r * r + epsilon, rg = mean(9) * scale - r * g, rb = mean(10) * scale - r * b;
        const T gg = mean(11) * scale - g * g + epsilon, gb = mean(12) * scale - g * b;
        const T bb = mean(13) * scale - b * b + epsilon;
        const T i_rr = gg * bb - gb * gb, i_rg = rb * gb - rg * bb, i_rb = rg * gb - rb * gg;
        const T i_gg = rr * bb - rb * rb, i_gb = rg * rb - rr * gb, i_bb = rr * gg - rg * rg;
        const T determinant = rr * i_rr + rg * i_rg + rb * i_rb, least = epsilon * epsilon * epsilon;
        const T share = T(1) / (determinant < least ? least : determinant);
        const T to_r = (i_rr * ra + i_rg * ga + i_rb * ba) * share;
        const T to_g = (i_rg * ra + i_gg * ga + i_gb * ba) * share;
        const T to_b = (i_rb * ra + i_gb * ga + i_bb * ba) * share;
        out[x] = to_r;
        out[plane + x] = to_g;
        out[2 * plane + x] = to_b;
        out[3 * plane + x] = a - (to_r * r + to_g * g + to_b * b);
    }
}

}  // namespace

template <class T>
void box_mean(const T* picture, T* out, const FilterShape& shape, int64_t radius, Border border, int threads) {
    const int64_t height = shape.height, width = shape.width, plane = height * width, side = 2 * radius + 1;
    const Outside outside = border == Border::kReplicate ? Outside::kBorderRepeated : Outside::kNothing;
    const auto add = [=](int64_t item, int64_t y, int64_t first, int64_t last, const T* from, T* to, int64_t) {
        add_row(picture + item * plane + y * width + first, from, to, last - first);
    };
    const auto take = [=](int64_t item, int64_t y, int64_t left, int64_t count, const T* sums, int64_t) {
        T* line = out + item * plane + y * width + left;
        if (border != Border::kShrink) return divide(sums, line, count, T(1) / (T(side) * T(side)));
        const int64_t rows = inside(y, radius, height);
        for (int64_t x = 0; x < count; ++x) line[x] = sums[x] / (T(rows) * T(inside(left + x, radius, width)));
    };
    const auto plan = [=](int64_t item, int64_t, int64_t y, int64_t now, int64_t x) {
        const T* next = picture + item * plane + y * width + x;
        return Ahead<T>{next, out + item * plane + now * width + x};
    };
    sum_windows<T>({shape.batch * shape.channels, height, width, 1, radius, outside}, threads, add, take, plan);
}

template <class T>
void fit_linear(const T* guide, const T* picture, T* out, const FilterShape& shape, int64_t radius, T epsilon,
                int threads) {
    if (radius == 1) return fit_near(guide, picture, out, shape, epsilon, threads);
    const int64_t width = shape.width, channels = shape.channels, plane = shape.height * width, side = 2 * radius + 1;
    const auto add = [=](int64_t item, int64_t y, int64_t first, int64_t last, const T* from, T* to, int64_t step) {
        const int64_t place = item * plane + y * width + first;
        add_products(guide + place, picture + place, from, to, step, last - first);
    };
    const auto take = [=](int64_t item, int64_t y, int64_t left, int64_t count, const T* sums, int64_t step) {
        T* slope = out + (item / channels * 2 * channels + item % channels) * plane + y * width + left;
        solve_line(sums, step, slope, slope + channels * plane, count, T(1) / (T(side) * T(side)), epsilon);
    };
    const auto plan = [=](int64_t item, int64_t number, int64_t y, int64_t now, int64_t x) {
        const T* next = (number % 2 == 0 ? guide : picture) + item * plane + y * width + x;
        T* line = out + (item / channels * 2 * channels + item % channels) * plane + now * width + x;
        return Ahead<T>{next, number % 2 == 0 ? line : line + channels * plane};
    };
    sum_windows<T>({shape.batch * channels, shape.height, width, 4, radius, Outside::kNothing}, threads, add, take,
                   plan);
}

template <class T>
void fit_colour(const T* plate, const T* matte, const T* weight, T* raw, T* out, const FilterShape& shape,
                int64_t radius, T epsilon, int threads) {
    const int64_t width = shape.width, plane = shape.height * width;
    const auto add = [=](int64_t item, int64_t y, int64_t first, int64_t last, const T* from, T* to, int64_t step) {
        const int64_t place = item * plane + y * width + first;
        add_colours(plate + 2 * item * plane + place, plane, matte + place, weight + place, from, to, step,
                    last - first);
    };
    const auto take = [=](int64_t item, int64_t y, int64_t left, int64_t count, const T* sums, int64_t step) {
        solve_colours(sums, step, raw + 4 * item * plane + y * width + left, plane, count, epsilon);
    };
    const auto plan = [=](int64_t item, int64_t number, int64_t y, int64_t now, int64_t x) {
        const int64_t place = y * width + x;
        const T* next = number < 3 ? plate + (3 * item + number) * plane + place
                                   : (number % 2 == 0 ? matte : weight) + item * plane + place;
        return Ahead<T>{next, raw + (4 * item + number % 4) * plane + now * width + x};
    };
    sum_windows<T>({shape.batch, shape.height, width, kColourSums, radius, Outside::kBorderRepeated}, threads, add,
                   take, plan);
    box_mean(raw, out, {shape.batch, 4, shape.height, width}, radius, Border::kReplicate, threads);
}

#define TRIMATTE_FILTERS(T)                                                                \
    template void box_mean(const T*, T*, const FilterShape&, int64_t, Border, int);        \
    template void fit_linear(const T*, const T*, T*, const FilterShape&, int64_t, T, int); \
    template void fit_colour(const T*, const T*, const T*, T*, T*, const FilterShape&, int64_t, T, int);
TRIMATTE_FILTERS(float)
TRIMATTE_FILTERS(double)

}  // namespace trimatte::kernels
