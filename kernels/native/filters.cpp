#include "filters.hpp"

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

namespace {

// Where the neighbours of each pixel of an axis lie in the smaller picture, as torch's bilinear interpolation has it.
template <class T>
struct Axis {
    Axis(int64_t large, int64_t small) : first(large), second(large), share(large) {
        const T scale = T(small) / T(large);
        for (int64_t place = 0; place < large; ++place) {
            const T source = std::max(T(0), (T(place) + T(0.5)) * scale - T(0.5));
            first[place] = std::min<int64_t>(small - 1, static_cast<int64_t>(source));
            second[place] = std::min<int64_t>(small - 1, first[place] + 1);
            share[place] = std::clamp(source - T(first[place]), T(0), T(1));
        }
    }
    std::vector<int32_t> first, second;
    std::vector<T> share;
};

template <class T>
TRIMATTE_VECTORISE void widen_row(const T* row, const int32_t* first, const int32_t* second, const T* share, T* out,
                                  int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T one = row[first[x]];
        out[x] = one + (row[second[x]] - one) * share[x];
    }
}

// out[x] (+)= guide[x] * what lies between two rows; without a guide it is added as it is.
template <class T, bool kGuided, bool kIsFirst>
TRIMATTE_VECTORISE void add_between(const T* upper, const T* lower, T share, const T* guide, T* out, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T value = upper[x] + (lower[x] - upper[x]) * share, product = kGuided ? value * guide[x] : value;
        out[x] = kIsFirst ? product : out[x] + product;
    }
}

// Two neighbouring rows of a map, widened to the large picture; kept while lines go down.
template <class T>
class WideRows {
  public:
    WideRows(const Axis<T>& axis, int64_t width, int64_t map_width)
        : axis_(axis), width_(width), map_width_(map_width) {}

    const T* at(const T* map, int64_t row) {
        const T* from = map + row * map_width_;
        if (width_ == map_width_) return from;
        const int64_t slot = row % 2;
        if (rows_.empty()) rows_.resize(2 * width_);
        T* wide = rows_.data() + slot * width_;
        if (from_[slot] != from) {
            widen_row(from, axis_.first.data(), axis_.second.data(), axis_.share.data(), wide, width_);
            from_[slot] = from;
        }
        return wide;
    }

  private:
    const Axis<T>& axis_;
    int64_t width_, map_width_;
    const T* from_[2] = {nullptr, nullptr};
    std::vector<T> rows_;
};

}  // namespace

template <class T>
void apply_fit(const T* guide, const T* fit, T* out, const FilterShape& shape, int64_t groups, int64_t fit_height,
               int64_t fit_width, int threads) {
    const auto [batch, channels, height, width] = shape;
    const int64_t plane = height * width, fit_plane = fit_height * fit_width, each = channels / groups;
    const Axis<T> along_x(width, fit_width), along_y(height, fit_height);
    const auto run = [&, height = height, width = width, channels = channels](int64_t begin, int64_t end) {
        std::vector<WideRows<T>> rows(each + 1, WideRows<T>(along_x, width, fit_width));
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / height / groups, group = line / height % groups, y = line % height;
            T* result = out + line * width;
            for (int64_t k = 0; k <= each; ++k) {
                const int64_t channel = k < each ? group * each + k : channels + group;
                const T* map = fit + (item * (channels + groups) + channel) * fit_plane;
                const T *upper = rows[k].at(map, along_y.first[y]), *lower = rows[k].at(map, along_y.second[y]);
                const T* colour = guide + (item * channels + channel) * plane + y * width;
                if (k == each) {
                    add_between<T, false, false>(upper, lower, along_y.share[y], nullptr, result, width);
                } else if (k == 0) {
                    add_between<T, true, true>(upper, lower, along_y.share[y], colour, result, width);
                } else {
                    add_between<T, true, false>(upper, lower, along_y.share[y], colour, result, width);
                }
            }
        }
    };
    parallel_for(batch * groups * height, threads, std::max<int64_t>(1, (16 << 10) / std::max<int64_t>(width, 1)), run);
}

#define TRIMATTE_FILTERS(T)                                                                              \
    template void box_mean(const T*, T*, const FilterShape&, int64_t, Border, int);                      \
    template void fit_linear(const T*, const T*, T*, const FilterShape&, int64_t, T, int);               \
    template void fit_colour(const T*, const T*, const T*, T*, T*, const FilterShape&, int64_t, T, int); \
    template void apply_fit(const T*, const T*, T*, const FilterShape&, int64_t, int64_t, int64_t, int);
TRIMATTE_FILTERS(float)
TRIMATTE_FILTERS(double)

}  // namespace trimatte::kernels
