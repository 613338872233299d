// The values of a fit at the size of its guide.
#include <algorithm>
#include <vector>

#include "filters.hpp"
#include "parallel.hpp"
#include "permute.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
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

// As widen_row, for whole vectors whose neighbours lie within two vectors of the row; says how far it came.
TRIMATTE_VECTORISE int64_t widen_blocks(const float* row, int64_t size, const int32_t* first, const int32_t* second,
                                        const float* share, float* out, int64_t count) {
    int64_t x = 0;
    for (; x + kLanes <= count; x += kLanes) {
        const int64_t base = std::min<int64_t>(first[x], size - 2 * kLanes);
        if (base < 0 || second[x + kLanes - 1] - base >= 2 * kLanes) break;
        Ints one, two;
        Floats near, far, weight;
        TRIMATTE_LOAD(one, first + x);
        TRIMATTE_LOAD(two, second + x);
        TRIMATTE_LOAD(weight, share + x);
        TRIMATTE_LOAD(near, row + base);
        TRIMATTE_LOAD(far, row + base + kLanes);
        const Floats before = __builtin_shuffle(near, far, one - int32_t(base));
        const Floats behind = __builtin_shuffle(near, far, two - int32_t(base));
        const Floats found = before + (behind - before) * weight;
        TRIMATTE_STORE(out + x, found);
    }
    return x;
}

// What one line of a result is made of: two rows of each map, and the guide's row that the map's numbers multiply; the
// last map is added as it is.
template <class T>
struct Line {
    const T *upper, *lower, *guide;
};

template <class T>
TRIMATTE_VECTORISE void sum_line(const Line<T>* lines, int64_t num_guided, T share, T* out, int64_t count) {
    using Vector = typename Lanes<T>::Vector;
    constexpr int64_t step = Lanes<T>::count;
    const Line<T> last = lines[num_guided];
    int64_t x = 0;
    for (; x + step <= count; x += step) {
        Vector sum = {}, upper, lower, guide;
        for (int64_t k = 0; k < num_guided; ++k) {
            TRIMATTE_LOAD(upper, lines[k].upper + x);
            TRIMATTE_LOAD(lower, lines[k].lower + x);
            TRIMATTE_LOAD(guide, lines[k].guide + x);
            sum += (upper + (lower - upper) * share) * guide;
        }
        TRIMATTE_LOAD(upper, last.upper + x);
        TRIMATTE_LOAD(lower, last.lower + x);
        sum += upper + (lower - upper) * share;
        TRIMATTE_STORE(out + x, sum);
    }
    for (; x < count; ++x) {
        T sum = 0;
        for (int64_t k = 0; k < num_guided; ++k)
            sum += (lines[k].upper[x] + (lines[k].lower[x] - lines[k].upper[x]) * share) * lines[k].guide[x];
        out[x] = sum + (last.upper[x] + (last.lower[x] - last.upper[x]) * share);
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
            const int32_t *first = axis_.first.data(), *second = axis_.second.data();
            const T* share = axis_.share.data();
            int64_t begun = 0;
            if constexpr (sizeof(T) == sizeof(float)) {
                if (can_permute()) begun = widen_blocks(from, map_width_, first, second, share, wide, width_);
            }
            widen_row(from, first + begun, second + begun, share + begun, wide + begun, width_ - begun);
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
        std::vector<Line<T>> lines(each + 1);
        for (int64_t line = begin; line < end; ++line) {
            const int64_t item = line / height / groups, group = line / height % groups, y = line % height;
            for (int64_t k = 0; k <= each; ++k) {
                const int64_t channel = k < each ? group * each + k : channels + group;
                const T* map = fit + (item * (channels + groups) + channel) * fit_plane;
                const T *upper = rows[k].at(map, along_y.first[y]), *lower = rows[k].at(map, along_y.second[y]);
                lines[k] = {upper, lower, k < each ? guide + (item * channels + channel) * plane + y * width : nullptr};
            }
            sum_line(lines.data(), each, along_y.share[y], out + line * width, width);
        }
    };
    parallel_for(batch * groups * height, threads, std::max<int64_t>(1, (16 << 10) / std::max<int64_t>(width, 1)), run);
}

template void apply_fit(const float*, const float*, float*, const FilterShape&, int64_t, int64_t, int64_t, int);
template void apply_fit(const double*, const double*, double*, const FilterShape&, int64_t, int64_t, int64_t, int);

}  // namespace trimatte::kernels
