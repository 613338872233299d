#include "morphology.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kStrip = 256;  // columns of a block

// Numbers as integers of the same order, for which a maximum is one instruction. Eroding turns the order around; what
// is no number is the largest integer either way, so that it wins.
template <class T>
struct Order {  // of bytes
    using Key = T;
    static inline Key encode(T value, bool erodes) { return erodes ? static_cast<Key>(~value) : value; }
    static inline T decode(Key key, bool erodes) { return encode(key, erodes); }
    static T nothing(bool erodes) { return erodes ? 255 : 0; }
};

template <class T, class Integer>
struct FloatOrder {
    using Key = Integer;
    static constexpr Key kMost = std::numeric_limits<Key>::max();
    static inline Key turn(Key bits) { return bits < 0 ? bits ^ kMost : bits; }  // its own inverse
    static inline Key encode(T value, bool erodes) {
        const Key bits = std::bit_cast<Key>(value), infinity = std::bit_cast<Key>(std::numeric_limits<T>::infinity());
        const Key key = erodes ? ~turn(bits) : turn(bits);
        return (bits & kMost) > infinity ? kMost : key;
    }
    static inline T decode(Key key, bool erodes) {
        const Key turned = turn(erodes ? ~key : key);
        return std::bit_cast<T>(key == kMost ? kMost : turned);
    }
    static T nothing(bool erodes) {
        return erodes ? std::numeric_limits<T>::infinity() : -std::numeric_limits<T>::infinity();
    }
};
template <>
struct Order<float> : FloatOrder<float, int32_t> {};
template <>
struct Order<double> : FloatOrder<double, int64_t> {};

template <class T>
TRIMATTE_VECTORISE void encode_row(const T* values, typename Order<T>::Key* keys, int64_t count, bool erodes) {
    for (int64_t x = 0; x < count; ++x) keys[x] = Order<T>::encode(values[x], erodes);
}

template <class T>
TRIMATTE_VECTORISE void decode_row(const typename Order<T>::Key* keys, T* values, int64_t count, bool erodes) {
    for (int64_t x = 0; x < count; ++x) values[x] = Order<T>::decode(keys[x], erodes);
}

template <class Key>
TRIMATTE_VECTORISE void pick(const Key* one, const Key* other, Key* out, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) out[x] = one[x] > other[x] ? one[x] : other[x];
}

// out[x] = the largest of out[x], one[x] and other[x].
template <class Key>
TRIMATTE_VECTORISE void pick_three(const Key* one, const Key* other, Key* out, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const Key best = one[x] > other[x] ? one[x] : other[x];
        out[x] = best > out[x] ? best : out[x];
    }
}

// Rows of the picture with the maxima over runs of 1, 2, 4, ... pixels to the right: two of them cover any run.
template <class T>
class Block {
  public:
    using Key = typename Order<T>::Key;

    Block(const StackShape& shape, const std::vector<ElementRow>& element, int64_t height, bool erodes)
        : shape_(shape),
          element_(element),
          erodes_(erodes),
          nothing_(Order<T>::encode(Order<T>::nothing(erodes), erodes)) {
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
        const int64_t count = right - left;
        Key best[kStrip];
        for (int64_t y = above; y < below; ++y) fill(image + y * shape_.width, at(y - above, 0), left, right);
        for (int64_t y = first; y < last; ++y) {
            std::fill_n(best, count, nothing_);
            for (const ElementRow& row : element_) {
                if (y + row.dy < 0 || y + row.dy >= shape_.height) continue;
                const int64_t level = std::bit_width(static_cast<uint64_t>(row.length)) - 1;
                const Key* runs = at(y + row.dy - above, level) + row.dx - left_;
                pick_three(runs, runs + row.length - (int64_t{1} << level), best, count);
            }
            decode_row(best, out + y * shape_.width + left, count, erodes_);
        }
    }

  private:
    Key* at(int64_t row, int64_t level) { return levels_.data() + (row * num_levels_ + level) * step_; }

    void fill(const T* line, Key* runs, int64_t left, int64_t right) {
        const int64_t count = right - left + right_ - left_, start = left + left_;  // what the strip looks at
        const int64_t first = std::clamp<int64_t>(start, 0, shape_.width);
        const int64_t last = std::clamp<int64_t>(start + count, first, shape_.width);
        std::fill_n(runs, step_, nothing_);
        if (last > first) encode_row(line + first, runs + first - start, last - first, erodes_);
        for (int64_t level = 1; level < num_levels_; ++level) {
            const int64_t reach = int64_t{1} << (level - 1);
            const int64_t whole = std::max<int64_t>(0, count - reach);
            pick(runs, runs + reach, runs + step_, whole);
            std::copy_n(runs + whole, count - whole, runs + step_ + whole);
            runs += step_;
        }
    }

    StackShape shape_;
    const std::vector<ElementRow>& element_;
    bool erodes_;
    Key nothing_;
    int64_t top_ = 0, bottom_ = 0, left_ = 0, right_ = 0, num_levels_ = 1, step_ = 0;
    std::vector<Key> levels_;
};

}  // namespace

template <class T>
void dilate(const T* image, T* out, const StackShape& shape, const std::vector<ElementRow>& element, bool erodes,
            int threads) {
    const int64_t plane = shape.height * shape.width;
    if (shape.items == 0 || plane == 0) return;
    if (element.empty()) {
        std::copy_n(image, shape.items * plane, out);
        return;
    }
    const int64_t height = std::max<int64_t>(32, element.back().dy - element.front().dy);
    const int64_t blocks = (shape.height + height - 1) / height, strips = (shape.width + kStrip - 1) / kStrip;
    parallel_for(shape.items * blocks * strips, threads, 1, [&](int64_t begin, int64_t end) {
        Block<T> block(shape, element, height, erodes);
        for (int64_t part = begin; part < end; ++part) {
            const int64_t item = part / (blocks * strips), top = part / strips % blocks * height;
            const int64_t left = part % strips * kStrip;
            block.run(image + item * plane, out + item * plane, top, std::min(shape.height, top + height), left,
                      std::min(shape.width, left + kStrip));
        }
    });
}

template void dilate(const float*, float*, const StackShape&, const std::vector<ElementRow>&, bool, int);
template void dilate(const double*, double*, const StackShape&, const std::vector<ElementRow>&, bool, int);
template void dilate(const uint8_t*, uint8_t*, const StackShape&, const std::vector<ElementRow>&, bool, int);

}  // namespace trimatte::kernels
