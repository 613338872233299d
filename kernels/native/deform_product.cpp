// The deformable convolution in one go: samples of a few taps for a block of pixels, multiplied while they are in the
// cache. The columns as a whole never exist.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "aligned.hpp"
#include "block_product.hpp"
#include "deform_conv.hpp"
#include "deform_conv_block.hpp"
#include "parallel.hpp"
#include "permute.hpp"
#include "stream.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kTogether = 72;  // channels of taps that are sampled before they are multiplied, about
constexpr int64_t kTaken = 16;     // blocks that a thread takes one after the other

// Weights (groups, outputs of a group, rows) as blocks of columns: (groups, panels, rows, block width), zeros beyond.
template <class T>
struct Panels {
    Panels(const T* weights, int64_t groups, int64_t outputs, int64_t rows)
        : groups(groups), outputs(outputs), rows(rows), count((outputs + width - 1) / width) {
        numbers.resize(groups * count * rows * width);
        for (int64_t output = 0; output < groups * outputs; ++output) {
            T* to = panel(output / outputs, output % outputs / width) + output % outputs % width;
            for (int64_t row = 0; row < rows; ++row) to[row * width] = weights[output * rows + row];
        }
    }
    T* panel(int64_t group, int64_t index) { return &numbers[(group * count + index) * rows * width]; }
    int64_t columns(int64_t index) const { return std::min<int64_t>(width, outputs - index * width); }

    static constexpr int width = kBlockWidth<T>;
    int64_t groups, outputs, rows, count;
    std::vector<T> numbers;
};

// Writes sums (panels, kBlock, block width) of one group for a block of pixels.
template <class T>
TRIMATTE_VECTORISE void store_numbers(const T* sums, const T* bias, T* out, int64_t outputs, int64_t plane, int count) {
    constexpr int width = kBlockWidth<T>;
    for (int64_t output = 0; output < outputs; ++output, out += plane) {
        const T* from = sums + output / width * kBlock * width + output % width;
        for (int i = 0; i < count; ++i) out[i] = from[i * width] + bias[output];
    }
}

// The same by squares that are turned in registers.
TRIMATTE_PERMUTE void store_squares(const float* sums, const float* bias, float* out, int64_t outputs, int64_t plane,
                                    int count) {
    constexpr int width = kBlockWidth<float>;
    for (int64_t first = 0; first < outputs; first += kLanes, out += kLanes * plane) {
        const float* from = sums + first / width * kBlock * width + first % width;
        const int64_t some = std::min<int64_t>(kLanes, outputs - first);
        for (int i = 0; i < count; i += kLanes, from += kLanes * width) {
            const size_t bytes = sizeof(float) * std::min(kLanes, count - i);
            Floats square[kLanes];
            for (int k = 0; k < kLanes; ++k) TRIMATTE_LOAD(square[k], from + k * width);
            turn_square(square);
            for (int64_t k = 0; k < some; ++k) {
                const Floats line = square[k] + bias[first + k];
                float* to = out + k * plane + i;
                if (bytes == sizeof(line) && reinterpret_cast<uintptr_t>(to) % sizeof(line) == 0) {
                    stream_line(&line, to);  // nobody reads it here
                } else {
                    std::memcpy(to, &line, bytes);
                }
            }
        }
    }
}

template <class T>
void store_outputs(const T* sums, const T* bias, T* out, int64_t outputs, int64_t plane, int count) {
    if constexpr (sizeof(T) == sizeof(float)) {
        if (can_permute()) return store_squares(sums, bias, out, outputs, plane, count);
    }
    store_numbers(sums, bias, out, outputs, plane, count);
}

// What the samples of a block of pixels are taken from.
template <class T>
struct Samples {
    const T* picture;
    const DeformShape& shape;
    const std::vector<Places<T>>& places;
    const T *offset, *mask;  // from the first pixel of the block on
    int count;

    const T* source(int64_t bundle) const { return picture + bundle * shape.one_bundle(); }
    void take(int64_t bundle, int64_t tap, int64_t some, T* columns) const {
        sample_block(source(bundle), shape, &places[tap], columns, count, some, some * shape.depth());
    }
};

// Whether multiply_and_sample() does it.
template <class T>
bool can_overlap(int64_t depth) {
    return sizeof(T) == sizeof(float) && depth == Few<float>::count && can_permute();
}

// Multiplies the samples of one bundle, (count, taps, depth), and takes those of the next: products wait for additions,
// samples for memory, and a processor that gets both at once waits for neither. Each number is summed as multiply()
// does.
TRIMATTE_PERMUTE void multiply_and_sample(const float* columns, const float* weights, float* sums, bool adds,
                                          const Samples<float>& next, int64_t bundle, float* next_columns) {
    constexpr int depth = Few<float>::count, width = kBlockWidth<float>, rows = 6;
    const int taps = int(next.shape.taps()), step = taps * depth;
    const int64_t below = next.shape.pitch() * depth;
    const float* source = next.source(bundle);
    const int64_t plane = next.shape.out_plane(), first_map = next.shape.group_of(bundle) * taps;
    const Places<float>* places = next.places.data();
    int i = 0;
    for (; i + rows <= next.count; i += rows) {
        Floats totals[rows][kBlockVectors] = {}, part[kBlockVectors];
        if (adds) {
            for (int k = 0; k < rows; ++k) std::memcpy(totals[k], sums + (i + k) * width, sizeof(totals[k]));
        }
        const float *row = columns + i * step, *right = weights;
        float* to = next_columns + i * step;
        for (int tap = 0; tap < taps; ++tap, row += depth, to += depth) {
#pragma GCC unroll 8
            for (int channel = 0; channel < depth; ++channel, right += width) {
#pragma GCC unroll 4
                for (int v = 0; v < kBlockVectors; ++v) TRIMATTE_LOAD(part[v], right + v * kLanes);
#pragma GCC unroll 6
                for (int k = 0; k < rows; ++k) {
#pragma GCC unroll 4
                    for (int v = 0; v < kBlockVectors; ++v) totals[k][v] += row[k * step + channel] * part[v];
                }
            }
#pragma GCC unroll 6
            for (int k = 0; k < rows; ++k) sample_pixel(source, below, places[tap], i + k, to + k * step);
            const int64_t map = first_map + tap;
            for (int line = i / rows; line < kAheadLines<float>; line += kBlock / rows)
                ask_ahead(next.offset + 2 * map * plane, next.mask + map * plane, plane, line);
        }
        for (int k = 0; k < rows; ++k) std::memcpy(sums + (i + k) * width, totals[k], sizeof(totals[k]));
    }
    if (i == next.count) return;
    multiply<float>({columns + i * step, step, 1}, next.count - i, weights, step, sums + i * width, adds);
    for (; i < next.count; ++i)
        for (int tap = 0; tap < taps; ++tap)
            sample_pixel(source, below, places[tap], i, next_columns + i * step + tap * depth);
}

// Some blocks of one item of the batch.
template <class T>
struct Convolution {
    const T *picture, *offset, *mask, *bias;
    T* out;
    Panels<T>& panels;
    const DeformShape& shape;

    // Takes runs of blocks as long as there are any.
    void run(std::atomic<int64_t>& next) const {
        const int64_t taps = shape.taps(), depth = shape.depth(), bundles = shape.bundles / panels.groups;
        const int64_t plane = shape.out_plane();
        const int64_t together = std::clamp<int64_t>(kTogether / depth, 1, taps);
        const bool overlaps = can_overlap<T>(depth) && together == taps;
        AlignedNumbers<T> columns[2], sums;
        for (auto& side : columns) side.resize(kBlock * together * depth);
        sums.resize(panels.count * kBlock * kBlockWidth<T>);
        std::vector<Places<T>> places;
        const int64_t blocks = (plane + kBlock - 1) / kBlock;
        for (int64_t index = 0, end = 0;; ++index) {
            if (index == end) {
                index = next.fetch_add(kTaken, std::memory_order_relaxed);
                end = std::min(blocks, index + kTaken);
            }
            if (index >= blocks) return finish_streams();
            const PixelRange block{index * kBlock, std::min<int64_t>(kBlock, plane - index * kBlock)};
            const int count = int(block.count);
            const Samples<T> samples{picture, shape, places, offset + block.first, mask + block.first, count};
            const auto finish = [&](int64_t bundle) {
                if ((bundle + 1) % bundles == 0) store(sums.data(), bundle / bundles, block);
            };
            const auto add = [&](int64_t bundle) {
                if (overlaps) {  // the samples of this bundle are taken while those of the last one are multiplied
                    T *now = columns[bundle % 2].data(), *last = columns[(bundle + 1) % 2].data();
                    if (bundle == 0) return samples.take(bundle, 0, taps, now);
                    multiply_samples(last, count, bundle - 1, 0, taps, sums.data(), &samples, now);
                    return finish(bundle - 1);
                }
                for (int64_t tap = 0; tap < taps; tap += together) {
                    const int64_t some = std::min(together, taps - tap);
                    samples.take(bundle, tap, some, columns[0].data());
                    multiply_samples(columns[0].data(), count, bundle, tap, some, sums.data());
                }
                finish(bundle);
            };
            visit_block(offset, mask, block, !overlaps, 0, shape.bundles, shape, places, add);
            if (overlaps) {
                const int64_t last = shape.bundles - 1;
                multiply_samples(columns[last % 2].data(), count, last, 0, taps, sums.data());
                finish(last);
            }
        }
    }

    // Adds the samples of some taps of a bundle, multiplied, to the sums; where `next` is given, those of the next
    // bundle are taken meanwhile.
    void multiply_samples(const T* columns, int count, int64_t bundle, int64_t tap, int64_t some, T* sums,
                          const Samples<T>* next = nullptr, T* next_columns = nullptr) const {
        constexpr int width = kBlockWidth<T>;
        const int64_t depth = shape.depth(), step = some * depth, bundles = shape.bundles / panels.groups;
        const int64_t before = bundle % bundles * shape.taps() + tap;
        for (int64_t panel = 0; panel < panels.count; ++panel, sums += kBlock * width) {
            const T* weights = panels.panel(bundle / bundles, panel) + before * depth * width;
            if constexpr (sizeof(T) == sizeof(float)) {
                if (next != nullptr && panel == 0) {
                    multiply_and_sample(columns, weights, sums, before > 0, *next, bundle + 1, next_columns);
                    continue;
                }
            }
            multiply<T>({columns, step, 1}, count, weights, step, sums, before > 0, panels.columns(panel));
        }
    }

    void store(const T* sums, int64_t group, PixelRange block) const {
        const int64_t first = group * panels.outputs, plane = shape.out_plane();
        store_outputs(sums, bias + first, out + first * plane + block.first, panels.outputs, plane, int(block.count));
    }
};

}  // namespace

template <class T>
void deform_conv(const T* picture, const T* offset, const T* mask, const T* weights, const T* bias, T* out,
                 const DeformOutputs& outputs, const DeformShape& shape, int threads) {
    const int64_t plane = shape.out_plane(), maps = shape.groups * shape.taps(), channels = shape.channels;
    const int64_t all = outputs.groups * outputs.of_group;
    Panels<T> panels(weights, outputs.groups, outputs.of_group, channels / outputs.groups * shape.taps());
    for (int64_t item = 0; item < outputs.batch; ++item) {
        const Convolution<T> convolution{picture + item * shape.bundles * shape.one_bundle(),
                                         offset + item * 2 * maps * plane,
                                         mask + item * maps * plane,
                                         bias,
                                         out + item * all * plane,
                                         panels,
                                         shape};
        std::atomic<int64_t> next{0};  // a thread that is held up takes fewer
        parallel_for((plane + kBlock - 1) / kBlock, threads, 1, [&](int64_t, int64_t) { convolution.run(next); });
    }
}

#define TRIMATTE_INSTANTIATE(T)                                                                           \
    template void deform_conv(const T*, const T*, const T*, const T*, const T*, T*, const DeformOutputs&, \
                              const DeformShape&, int);
TRIMATTE_INSTANTIATE(float)
TRIMATTE_INSTANTIATE(double)
#undef TRIMATTE_INSTANTIATE

}  // namespace trimatte::kernels
