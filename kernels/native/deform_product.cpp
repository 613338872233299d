// The deformable convolution in one go: samples of a few taps for a block of pixels, multiplied while they are in the
// cache. The columns as a whole never exist.
#include <algorithm>
#include <vector>

#include "block_product.hpp"
#include "deform_conv.hpp"
#include "deform_conv_block.hpp"
#include "parallel.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kTogether = 72;  // channels of taps that are sampled before they are multiplied, about
constexpr int64_t kRun = 256;      // pixels that are turned together

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
TRIMATTE_VECTORISE void store_outputs(const T* sums, const T* bias, T* out, int64_t outputs, int64_t plane, int count) {
    constexpr int width = kBlockWidth<T>;
    for (int64_t output = 0; output < outputs; ++output, out += plane) {
        const T* from = sums + output / width * kBlock * width + output % width;
        for (int i = 0; i < count; ++i) out[i] = from[i * width] + bias[output];
    }
}

// Some blocks of one item of the batch.
template <class T>
struct Convolution {
    const T *picture, *offset, *mask, *bias;
    T* out;
    Panels<T>& panels;
    const DeformShape& shape;

    void run(int64_t begin, int64_t end) const {
        constexpr int width = kBlockWidth<T>;
        const int64_t taps = shape.taps(), depth = shape.depth(), bundles = shape.bundles / panels.groups;
        const int64_t plane = shape.out_plane();
        const int64_t together = std::clamp<int64_t>(kTogether / depth, 1, taps);
        std::vector<T> columns(kBlock * together * depth), sums(panels.count * kBlock * width);
        std::vector<Places<T>> places;
        for (int64_t index = begin; index < end; ++index) {
            const PixelRange block{index * kBlock, std::min<int64_t>(kBlock, plane - index * kBlock)};
            const int count = int(block.count);
            const auto add = [&](int64_t bundle) {
                const int64_t group = bundle / bundles, before = bundle % bundles * taps;
                const T* source = picture + bundle * shape.one_bundle();
                for (int64_t tap = 0; tap < taps; tap += together) {
                    const int64_t some = std::min(together, taps - tap), step = some * depth;
                    sample_block(source, &places[tap], columns.data(), count, some, depth, step);
                    for (int64_t panel = 0; panel < panels.count; ++panel) {
                        const T* weights = panels.panel(group, panel) + (before + tap) * depth * width;
                        multiply<T>({columns.data(), step, 1}, count, weights, step, &sums[panel * kBlock * width],
                                    before + tap > 0, panels.columns(panel));
                    }
                }
                if (before + taps < bundles * taps) return;
                const int64_t first = group * panels.outputs;
                store_outputs(sums.data(), bias + first, out + first * plane + block.first, panels.outputs, plane,
                              count);
            };
            visit_block(offset, mask, block, 0, shape.bundles, shape, places, add);
        }
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
        parallel_for((plane + kBlock - 1) / kBlock, threads, 1,
                     [&](int64_t begin, int64_t end) { convolution.run(begin, end); });
    }
}

template <class T>
void bundle_channels(const T* image, T* picture, int64_t bundles, int64_t depth, int64_t plane, int threads) {
    const int64_t runs = (plane + kRun - 1) / kRun;
    parallel_for(bundles * runs, threads, 1 << 6, [&](int64_t begin, int64_t end) {
        for (int64_t index = begin; index < end; ++index) {
            const int64_t bundle = index / runs, first = index % runs * kRun, count = std::min(kRun, plane - first);
            T* to = picture + (bundle * (plane + 1) + first) * depth;
            for (int64_t channel = 0; channel < depth; ++channel) {
                const T* from = image + (bundle * depth + channel) * plane + first;
                for (int64_t i = 0; i < count; ++i) to[i * depth + channel] = from[i];
            }
        }
    });
    for (int64_t bundle = 0; bundle < bundles; ++bundle) {
        std::fill_n(picture + (bundle * (plane + 1) + plane) * depth, depth, T(0));
    }
}

#define TRIMATTE_INSTANTIATE(T)                                                                           \
    template void deform_conv(const T*, const T*, const T*, const T*, const T*, T*, const DeformOutputs&, \
                              const DeformShape&, int);                                                   \
    template void bundle_channels(const T*, T*, int64_t, int64_t, int64_t, int);
TRIMATTE_INSTANTIATE(float)
TRIMATTE_INSTANTIATE(double)
#undef TRIMATTE_INSTANTIATE

}  // namespace trimatte::kernels
