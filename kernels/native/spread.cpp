#include "spread.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kLeastNumbers = 1 << 14;  // fewer are not worth a thread

template <class T>
TRIMATTE_VECTORISE void weigh_rows(const T* one, const T* one_weight, const T* two, const T* two_weight, T* sums,
                                   int64_t width) {
    for (int64_t x = 0; x < width; ++x) sums[x] = one[x] * one_weight[x] + two[x] * two_weight[x];
}

template <class T>
TRIMATTE_VECTORISE void add_rows(const T* one, const T* two, T* sums, int64_t width) {
    for (int64_t x = 0; x < width; ++x) sums[x] = one[x] + two[x];
}

// Means of two neighbours in a row of sums, the last of which may be alone.
template <class T>
TRIMATTE_VECTORISE void halve_row(const T* __restrict sums, T* __restrict out, T share, int64_t width) {
    for (int64_t x = 0; x < width / 2; ++x) out[x] = (sums[2 * x] + sums[2 * x + 1]) * (share / 2);
    if (width % 2 == 1) out[width / 2] = sums[width - 1] * share;
}

// As many as four full pixels are one full pixel.
template <class T>
TRIMATTE_VECTORISE void raise_row(T* __restrict row, const T* __restrict weight, int64_t width) {
    for (int64_t x = 0; x < width; ++x) row[x] *= T(4) / (weight[x] * 4 > 1 ? weight[x] * 4 : T(1));
}

template <class T>
TRIMATTE_VECTORISE void limit_row(T* weight, int64_t width) {
    for (int64_t x = 0; x < width; ++x) weight[x] = weight[x] * 4 > 1 ? T(1) : weight[x] * 4;
}

template <class T>
TRIMATTE_VECTORISE void mix_rows(const T* __restrict near, const T* __restrict far, T* __restrict out, int64_t width) {
    for (int64_t x = 0; x < width; ++x) out[x] = near[x] * T(0.75) + far[x] * T(0.25);
}

// Twice as many pixels; `row` has its first and its last number once more before and behind it.
template <class T>
TRIMATTE_VECTORISE void widen_row(const T* __restrict row, T* __restrict out, int64_t count) {
    for (int64_t x = 0; x < count; ++x) {
        out[2 * x] = row[x] * T(0.75) + row[x - 1] * T(0.25);
        out[2 * x + 1] = row[x] * T(0.75) + row[x + 1] * T(0.25);
    }
}

// What a level knows over what is known coarsely.
template <class T>
TRIMATTE_VECTORISE void show_row(T* __restrict row, const T* __restrict weight, const T* __restrict coarse, T least,
                                 int64_t width) {
    for (int64_t x = 0; x < width; ++x) {
        const T own = row[x] / (weight[x] > least ? weight[x] : least);
        row[x] = coarse[x] + weight[x] * (own - coarse[x]);
    }
}

template <class T>
TRIMATTE_VECTORISE void fill_row(const T* __restrict colour, const T* __restrict weight, const T* __restrict coarse,
                                 T* __restrict out, int64_t width) {
    for (int64_t x = 0; x < width; ++x) {
        const T known = colour[x], spread = coarse[x];
        out[x] = weight[x] > 0 ? known : spread;
    }
}

// Weighted colours (channels, height, width) and their weights behind them.
template <class T>
struct Level {
    Level(int64_t channels, int64_t height, int64_t width)
        : height(height), width(width), numbers(std::make_unique_for_overwrite<T[]>((channels + 1) * height * width)) {}
    T* row(int64_t plane, int64_t y) const { return numbers.get() + (plane * height + y) * width; }

    int64_t height, width;
    std::unique_ptr<T[]> numbers;
};

template <class T>
struct Spreader {
    const T *colour, *weight;
    T* out;
    int64_t channels, height, width;
    T least;
    int threads;

    void run() {
        for (int64_t h = height, w = width; h > 1 || w > 1;) {
            h = (h + 1) / 2, w = (w + 1) / 2;
            levels.emplace_back(channels, h, w);
            pull(levels.size() - 1);
        }
        if (levels.empty()) return fill_one();
        show_last(levels.back());
        for (int64_t level = static_cast<int64_t>(levels.size()) - 2; level >= -1; --level) push(level);
    }

    // Makes a level from the next finer one; level 0 from the picture.
    void pull(int64_t level) {
        const Level<T>& to = levels[level];
        const int64_t fine_height = level == 0 ? height : levels[level - 1].height;
        const int64_t fine_width = level == 0 ? width : levels[level - 1].width;
        parallel_for(to.height, threads, rows_for(to.width), [&](int64_t begin, int64_t end) {
            std::vector<T> sums(fine_width);
            const std::vector<T> nothing(fine_width, T(0));
            for (int64_t y = begin; y < end; ++y) {
                const bool has_two = 2 * y + 1 < fine_height;
                for (int64_t plane = channels; plane >= 0; --plane) {  // weights come first
                    const T* one = fine_row(level, plane, 2 * y);
                    const T* two = has_two ? fine_row(level, plane, 2 * y + 1) : nothing.data();
                    if (level > 0 || plane == channels) {
                        add_rows(one, two, sums.data(), fine_width);
                    } else {
                        weigh_rows(one, fine_row(level, channels, 2 * y), two,
                                   has_two ? fine_row(level, channels, 2 * y + 1) : nothing.data(), sums.data(),
                                   fine_width);
                    }
                    halve_row(sums.data(), to.row(plane, y), has_two ? T(0.5) : T(1), fine_width);
                }
                for (int64_t plane = 0; plane < channels; ++plane)
                    raise_row(to.row(plane, y), to.row(channels, y), to.width);
                limit_row(to.row(channels, y), to.width);
            }
        });
    }

    const T* fine_row(int64_t level, int64_t plane, int64_t y) const {
        if (level > 0) return levels[level - 1].row(plane, y);
        return (plane == channels ? weight : colour + plane * height * width) + y * width;
    }

    void show_last(const Level<T>& level) {
        for (int64_t plane = 0; plane < channels; ++plane)
            *level.row(plane, 0) /= std::max(*level.row(channels, 0), least);
    }

    // Enlarges the next coarser level, whose colours are no longer weighted, and shows this one over it; below 0 the
    // picture.
    void push(int64_t level) {
        const Level<T>& coarse = levels[level + 1];
        const int64_t fine_height = level < 0 ? height : levels[level].height;
        const int64_t fine_width = level < 0 ? width : levels[level].width;
        parallel_for(fine_height, threads, rows_for(fine_width), [&](int64_t begin, int64_t end) {
            std::vector<T> mixed(coarse.width + 2), wide(2 * coarse.width);
            for (int64_t y = begin; y < end; ++y) {
                const int64_t near = y / 2,
                              far = std::clamp<int64_t>(near + (y % 2 == 0 ? -1 : 1), 0, coarse.height - 1);
                for (int64_t plane = 0; plane < channels; ++plane) {
                    mix_rows(coarse.row(plane, near), coarse.row(plane, far), mixed.data() + 1, coarse.width);
                    mixed.front() = mixed[1];
                    mixed.back() = mixed[coarse.width];
                    widen_row(mixed.data() + 1, wide.data(), coarse.width);
                    if (level < 0) {
                        const int64_t place = (plane * height + y) * width;
                        fill_row(colour + place, weight + y * width, wide.data(), out + place, width);
                    } else {
                        T* row = levels[level].row(plane, y);
                        show_row(row, levels[level].row(channels, y), wide.data(), least, fine_width);
                    }
                }
            }
        });
    }

    void fill_one() {
        for (int64_t plane = 0; plane < channels; ++plane)
            out[plane] = *weight > 0 ? colour[plane] : colour[plane] * *weight / std::max(*weight, least);
    }

    static int64_t rows_for(int64_t row_width) { return std::max<int64_t>(1, kLeastNumbers / row_width); }

    std::vector<Level<T>> levels{};
};

}  // namespace

template <class T>
void spread_colour(const T* colour, const T* weight, T* out, int64_t channels, int64_t height, int64_t width, T least,
                   int threads) {
    Spreader<T>{colour, weight, out, channels, height, width, least, threads}.run();
}

template void spread_colour(const float*, const float*, float*, int64_t, int64_t, int64_t, float, int);
template void spread_colour(const double*, const double*, double*, int64_t, int64_t, int64_t, double, int);

}  // namespace trimatte::kernels
