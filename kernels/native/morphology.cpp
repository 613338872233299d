#include "morphology.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kStrip = 256;  // columns of a block

// The number of an element that wins: the larger one, or the smaller one when eroding; what is no number wins always.
template <class T, bool kErodes>
inline T winner(T one, T other) {
    return (kErodes ? other < one : other > one) || other != other ? other : one;
}

// out[x] = winner of one[x] and other[x]; `one` may be `out`.
template <class T, bool kErodes>
TRIMATTE_VECTORISE void pick(const T* one, const T* other, T* out, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) out[x] = winner<T, kErodes>(one[x], other[x]);
}

// out[x] = winner of out[x], one[x] and other[x].
template <class T, bool kErodes>
TRIMATTE_VECTORISE void pick_three(const T* one, const T* other, T* out, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) out[x] = winner<T, kErodes>(out[x], winner<T, kErodes>(one[x], other[x]));
}

// Rows of the picture with the winners over runs of 1, 2, 4, ... pixels to the right: two of them cover any run.
template <class T, bool kErodes>
class Block {
  public:
    Block(const StackShape& shape, const std::vector<ElementRow>& element, int64_t height)
        : shape_(shape), element_(element) {
        for (const ElementRow& row : element) {
            top_ = std::min(top_, row.dy);
            bottom_ = std::max(bottom_, row.dy);
            left_ = std::min(left_, row.dx);
            right_ = std::max(right_, row.dx + row.length - 1);
            num_levels_ = std::max<int64_t>(num_levels_, std::bit_width(static_cast<uint64_t>(row.length)));
        }
        step_ = kStrip + right_ - left_;
        levels_.resize((height + bottom_ - top_) * num_levels_ * step_);
    }

    void run(const T* image, T* out, int64_t first, int64_t last, int64_t left, int64_t right) {
        const int64_t above = std::max<int64_t>(0, first + top_), below = std::min(shape_.height, last + bottom_);
        for (int64_t y = above; y < below; ++y) fill(image + y * shape_.width, at(y - above, 0), left, right);
        for (int64_t y = first; y < last; ++y) {
            T* line = out + y * shape_.width + left;
            std::fill_n(line, right - left, nothing());
            for (const ElementRow& row : element_) {
                if (y + row.dy < 0 || y + row.dy >= shape_.height) continue;
                const int64_t level = std::bit_width(static_cast<uint64_t>(row.length)) - 1;
                const T* runs = at(y + row.dy - above, level) + row.dx - left_;
                pick_three<T, kErodes>(runs, runs + row.length - (int64_t{1} << level), line, right - left);
            }
        }
    }

  private:
    static T nothing() {
        using Limits = std::numeric_limits<T>;
        if constexpr (kErodes) return Limits::has_infinity ? Limits::infinity() : Limits::max();
        return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    }

    T* at(int64_t row, int64_t level) { return levels_.data() + (row * num_levels_ + level) * step_; }

    void fill(const T* line, T* runs, int64_t left, int64_t right) {
        const int64_t count = right - left + right_ - left_, start = left + left_;  // what the strip looks at
        const int64_t first = std::clamp<int64_t>(start, 0, shape_.width);
        const int64_t last = std::clamp<int64_t>(start + count, first, shape_.width);
        std::fill_n(runs, step_, nothing());
        std::copy(line + first, line + last, runs + first - start);
        for (int64_t level = 1; level < num_levels_; ++level) {
            const int64_t reach = int64_t{1} << (level - 1);
            const int64_t whole = std::max<int64_t>(0, count - reach);
            pick<T, kErodes>(runs, runs + reach, runs + step_, whole);
            std::copy_n(runs + whole, count - whole, runs + step_ + whole);
            runs += step_;
        }
    }

    StackShape shape_;
    const std::vector<ElementRow>& element_;
    int64_t top_ = 0, bottom_ = 0, left_ = 0, right_ = 0, num_levels_ = 1, step_ = 0;
    std::vector<T> levels_;
};

template <class T, bool kErodes>
void run_blocks(const T* image, T* out, const StackShape& shape, const std::vector<ElementRow>& element, int threads) {
    const int64_t height = std::max<int64_t>(32, element.back().dy - element.front().dy),
                  plane = shape.height * shape.width;
    const int64_t blocks = (shape.height + height - 1) / height, strips = (shape.width + kStrip - 1) / kStrip;
    parallel_for(shape.items * blocks * strips, threads, 1, [&](int64_t begin, int64_t end) {
        Block<T, kErodes> block(shape, element, height);
        for (int64_t part = begin; part < end; ++part) {
            const int64_t item = part / (blocks * strips), top = part / strips % blocks * height;
            const int64_t left = part % strips * kStrip;
            block.run(image + item * plane, out + item * plane, top, std::min(shape.height, top + height), left,
                      std::min(shape.width, left + kStrip));
        }
    });
}

}  // namespace

template <class T>
void dilate(const T* image, T* out, const StackShape& shape, const std::vector<ElementRow>& element, bool erodes,
            int threads) {
    if (shape.items == 0 || shape.height == 0 || shape.width == 0) return;
    if (element.empty()) {
        std::copy_n(image, shape.items * shape.height * shape.width, out);
    } else if (erodes) {
        run_blocks<T, true>(image, out, shape, element, threads);
    } else {
        run_blocks<T, false>(image, out, shape, element, threads);
    }
}

template void dilate(const float*, float*, const StackShape&, const std::vector<ElementRow>&, bool, int);
template void dilate(const double*, double*, const StackShape&, const std::vector<ElementRow>&, bool, int);
template void dilate(const uint8_t*, uint8_t*, const StackShape&, const std::vector<ElementRow>&, bool, int);

}  // namespace trimatte::kernels
