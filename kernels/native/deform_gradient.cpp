// The gradients of the deformable convolution: a stretch of output pixels at a time, block by block. Samples are
// multiplied by the gradient of the outputs while they are in the cache; only the gradient of the columns of a stretch
// is kept, since whoever owns a channel of the picture adds it there in the order of the pixels.
#include <algorithm>
#include <memory>
#include <vector>

#include "block_product.hpp"
#include "deform_conv.hpp"
#include "deform_conv_block.hpp"
#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kSegment = 16;             // channels of the picture's gradient that stay together
constexpr int64_t kStretchBytes = 24 << 20;  // what the gradient of columns may take
constexpr int64_t kTotalsBytes = 32 << 20;   // what the gradients of weights may take before they are added up
constexpr int64_t kMostParts = 16;           // of a stretch, whatever the number of threads

// Orders of a vector's numbers: what is added to itself in each of them, one after the other, holds its sum everywhere.
template <class T>
struct Turns;
template <>
struct Turns<float> {
    typedef int32_t Order __attribute__((vector_size(32)));
    static constexpr Order orders[] = {{4, 5, 6, 7, 0, 1, 2, 3}, {2, 3, 0, 1, 6, 7, 4, 5}, {1, 0, 3, 2, 5, 4, 7, 6}};
};
template <>
struct Turns<double> {
    typedef int64_t Order __attribute__((vector_size(32)));
    static constexpr Order orders[] = {{2, 3, 0, 1}, {1, 0, 3, 2}};
};

// Where the gradients of one tap's offsets and mask go.
template <class T>
struct Slopes {
    T *y, *x, *mask;
};

// Writes the samples of a tap, `step` numbers a pixel, and adds to its gradients. `rows`: the gradient of the samples,
// `row_step` numbers a pixel.
template <class T>
TRIMATTE_VECTORISE void sample_and_slope(const T* picture, int64_t pitch, const SteepPlaces<T>& at, const T* rows,
                                         int64_t row_step, T* samples, int64_t step, int64_t depth, int count,
                                         Slopes<T> to) {
    constexpr int lanes = Few<T>::count;
    for (int i = 0; i < count; ++i, rows += row_step, samples += step) {
        const T *a = picture + at.corner[i] * depth, *b = a + depth, *c = a + pitch * depth, *d = c + depth;
        const T fx = at.fx[i], fy = at.fy[i], mask = at.mask[i];
        typename Few<T>::Vector down = {}, across = {}, shown = {}, va, vb, vc, vd, g;
        int64_t k = 0;
        for (; k + lanes <= depth; k += lanes) {
            TRIMATTE_LOAD(g, rows + k);
            TRIMATTE_LOAD(va, a + k);
            TRIMATTE_LOAD(vb, b + k);
            TRIMATTE_LOAD(vc, c + k);
            TRIMATTE_LOAD(vd, d + k);
            const typename Few<T>::Vector upper = vb - va, lower = vd - vc, above = va + upper * fx;
            const typename Few<T>::Vector drop = vc + lower * fx - above, sample = above + drop * fy;
            down += g * drop;
            across += g * (upper + (lower - upper) * fy);
            shown += g * sample;
            va = sample * mask;
            TRIMATTE_STORE(samples + k, va);
        }
        for (const auto& order : Turns<T>::orders) {
            down += __builtin_shuffle(down, order);
            across += __builtin_shuffle(across, order);
            shown += __builtin_shuffle(shown, order);
        }
        T to_y = down[0], to_x = across[0], to_mask = shown[0];
        for (; k < depth; ++k) {
            const T upper = b[k] - a[k], lower = d[k] - c[k], above = a[k] + upper * fx;
            const T drop = c[k] + lower * fx - above, sample = above + drop * fy;
            to_y += rows[k] * drop;
            to_x += rows[k] * (upper + (lower - upper) * fy);
            to_mask += rows[k] * sample;
            samples[k] = sample * mask;
        }
        to.y[i] += mask * to_y;
        to.x[i] += mask * to_x;
        to.mask[i] += to_mask;
    }
}

// Adds the gradient of the samples of all taps to `channels` channels of the pixels that they were taken from.
template <class T>
TRIMATTE_VECTORISE void scatter_block(const T* rows, const Places<T>* places, T* picture, int64_t pitch, int count,
                                      int64_t taps, int64_t depth, int64_t step, int64_t channels) {
    constexpr int lanes = Few<T>::count;
    typename Few<T>::Vector g, v;
    for (int i = 0; i < count; ++i)
        for (int64_t tap = 0; tap < taps; ++tap) {
            const T* row = rows + i * step + tap * depth;
            const Places<T>& at = places[tap];
            for (int corner = 0; corner < 4; ++corner) {
                T* pixel = picture + (at.corner[i] + corner / 2 * pitch + corner % 2) * depth;
                const T weight =
                    (corner / 2 == 0 ? at.upper[i] : at.lower[i]) * (corner % 2 == 0 ? at.left[i] : at.right[i]);
                int64_t k = 0;
                for (; k + lanes <= channels; k += lanes) {
                    TRIMATTE_LOAD(g, row + k);
                    TRIMATTE_LOAD(v, pixel + k);
                    v += weight * g;
                    TRIMATTE_STORE(pixel + k, v);
                }
                for (; k < channels; ++k) pixel[k] += weight * row[k];
            }
        }
}

// Turns planes of outputs into (count, block width), zeros beyond.
template <class T>
TRIMATTE_VECTORISE void turn_outputs(const T* outputs, int64_t plane, int64_t num_outputs, int count, T* tile) {
    constexpr int width = kBlockWidth<T>;
    for (int i = 0; i < count; ++i)
        for (int64_t output = 0; output < width; ++output)
            tile[i * width + output] = output < num_outputs ? outputs[output * plane + i] : T(0);
}

// The work on one item of the batch.
template <class T>
struct Gradients {
    static constexpr int width = kBlockWidth<T>;

    const DeformArrays<T>& arrays;
    const DeformGradients<T>& to;
    const DeformOutputs& outputs;
    const DeformShape& shape;
    int64_t item;

    int64_t rows() const { return shape.channels * shape.taps(); }
    int64_t group_rows() const { return rows() / outputs.groups; }
    int64_t panels() const { return (outputs.of_group + width - 1) / width; }
    int64_t of_panel(int64_t panel) const { return std::min<int64_t>(width, outputs.of_group - panel * width); }
    const T* picture() const { return arrays.picture + item * shape.bundles * shape.one_bundle(); }
    int64_t maps() const { return shape.groups * shape.taps(); }
    const T* offset() const { return arrays.offset + item * 2 * maps() * shape.out_plane(); }
    const T* mask() const { return arrays.mask + item * maps() * shape.out_plane(); }

    // The gradient of the columns of a stretch is (bundles, pixels, taps, depth).
    struct Columns {
        T* numbers;
        PixelRange pixels;
    };
    int64_t row_size() const { return shape.taps() * shape.depth(); }
    T* row_of(const Columns& columns, int64_t bundle, int64_t pixel) const {
        return columns.numbers + (bundle * columns.pixels.count + pixel - columns.pixels.first) * row_size();
    }

    // Adds what some blocks give to all but the picture, and writes the gradient of their columns. `weights` (groups,
    // strips, outputs of a group, block width) and `totals` (groups, panels, rows of a group, block width).
    void take_blocks(PixelRange pixels, const T* weights, const Columns& columns, T* totals) const {
        const int64_t taps = shape.taps(), depth = shape.depth(), step = rows(), plane = shape.out_plane();
        std::vector<T> samples(kBlock * step), tiles(outputs.groups * panels() * kBlock * width);
        std::vector<T> products(kBlock * width);
        std::vector<SteepPlaces<T>> places;
        for (int64_t done = 0; done < pixels.count; done += kBlock) {
            const PixelRange block{pixels.first + done, std::min<int64_t>(kBlock, pixels.count - done)};
            turn(block, tiles.data());
            multiply_weights(block, weights, tiles.data(), products.data(), columns);
            visit_block(offset(), mask(), block, true, 0, shape.bundles, shape, places, [&](int64_t bundle) {
                const T *source = picture() + bundle * shape.one_bundle(), *row = row_of(columns, bundle, block.first);
                for (int64_t tap = 0; tap < taps; ++tap) {
                    const int64_t map = item * maps() + shape.group_of(bundle) * taps + tap;
                    T* to_y = to.offset + 2 * map * plane + block.first;
                    sample_and_slope(source, shape.pitch(), places[tap], row + tap * depth, row_size(),
                                     &samples[(bundle * taps + tap) * depth], step, depth, int(block.count),
                                     {to_y, to_y + plane, to.mask + map * plane + block.first});
                }
            });
            for (int64_t group = 0; group < outputs.groups; ++group)
                for (int64_t panel = 0; panel < panels(); ++panel) {
                    const int64_t index = group * panels() + panel;
                    multiply<T>({&samples[group * group_rows()], 1, step}, group_rows(), &tiles[index * kBlock * width],
                                block.count, totals + index * group_rows() * width, true, of_panel(panel));
                }
        }
    }

    void turn(PixelRange block, T* tiles) const {
        const int64_t plane = shape.out_plane();
        for (int64_t group = 0; group < outputs.groups; ++group)
            for (int64_t panel = 0; panel < panels(); ++panel, tiles += kBlock * width) {
                const int64_t first = (item * outputs.groups + group) * outputs.of_group + panel * width;
                turn_outputs(arrays.gradient + first * plane + block.first, plane, of_panel(panel), int(block.count),
                             tiles);
            }
    }

    // columns (count, rows) = gradient of the outputs (count, outputs) * weights (outputs, rows).
    void multiply_weights(PixelRange block, const T* weights, const T* tiles, T* products,
                          const Columns& columns) const {
        const int64_t strips = (group_rows() + width - 1) / width;
        for (int64_t group = 0; group < outputs.groups; ++group)
            for (int64_t strip = 0; strip < strips; ++strip) {
                const int64_t some = std::min<int64_t>(width, group_rows() - strip * width);
                const T* right = weights + (group * strips + strip) * outputs.of_group * width;
                for (int64_t panel = 0; panel < panels(); ++panel)
                    multiply<T>({tiles + (group * panels() + panel) * kBlock * width, width, 1}, block.count,
                                right + panel * width * width, of_panel(panel), products, panel > 0, some);
                const int64_t first = group * group_rows() + strip * width;
                for (int64_t done = 0, count; done < some; done += count) {
                    const int64_t bundle = (first + done) / row_size(), place = (first + done) % row_size();
                    count = std::min(some - done, row_size() - place);
                    T* out = row_of(columns, bundle, block.first) + place;
                    for (int64_t i = 0; i < block.count; ++i)
                        std::copy_n(products + i * width + done, count, out + i * row_size());
                }
            }
    }

    // Adds the gradient of the picture at a stretch. A channel belongs to one thread.
    void add_picture(const Columns& columns, int threads) const {
        const int64_t taps = shape.taps(), depth = shape.depth();
        const int64_t segments = (depth + kSegment - 1) / kSegment;
        T* all = to.picture + item * shape.bundles * shape.one_bundle();
        parallel_for(shape.bundles * segments, threads, 1, [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t bundle = unit / segments, first = unit % segments * kSegment;
                T* target = all + bundle * shape.one_bundle() + first;
                for_each_block<Places<T>>(offset(), mask(), columns.pixels, bundle, bundle + 1, shape,
                                          [&](int64_t, int64_t pixel, int count, const std::vector<Places<T>>& places) {
                                              const T* from = row_of(columns, bundle, pixel) + first;
                                              scatter_block(from, places.data(), target, shape.pitch(), count, taps,
                                                            depth, row_size(), std::min(kSegment, depth - first));
                                          });
            }
        });
    }
};

// Weights (groups, outputs, rows) as blocks of columns: (groups, strips, outputs, block width), zeros beyond.
template <class T>
std::vector<T> cut_weights(const T* weights, int64_t groups, int64_t outputs, int64_t rows) {
    constexpr int width = kBlockWidth<T>;
    const int64_t strips = (rows + width - 1) / width;
    std::vector<T> cut(groups * strips * outputs * width);
    for (int64_t output = 0; output < groups * outputs; ++output)
        for (int64_t row = 0; row < rows; ++row) {
            const int64_t strip = output / outputs * strips + row / width;
            cut[(strip * outputs + output % outputs) * width + row % width] = weights[output * rows + row];
        }
    return cut;
}

}  // namespace

template <class T>
void deform_gradients(const DeformArrays<T>& arrays, const DeformGradients<T>& to, const DeformOutputs& outputs,
                      const DeformShape& shape, int threads) {
    constexpr int width = kBlockWidth<T>;
    const int64_t plane = shape.out_plane(), rows = shape.channels * shape.taps(), group_rows = rows / outputs.groups;
    const int64_t panels = (outputs.of_group + width - 1) / width;
    const int64_t total = outputs.groups * panels * group_rows * width, number = sizeof(T);
    // How a stretch is shared out depends on sizes alone, so that threads never change a sum.
    const int64_t parts = std::clamp<int64_t>(kTotalsBytes / (total * number), 1, kMostParts);
    const int64_t blocks =
        std::clamp<int64_t>(kStretchBytes / (rows * kBlock * number), 1, (plane + kBlock - 1) / kBlock);
    const int64_t part = (blocks + parts - 1) / parts * kBlock, stretch = part * parts;
    const std::vector<T> weights = cut_weights(arrays.weights, outputs.groups, outputs.of_group, group_rows);
    const auto columns = std::make_unique_for_overwrite<T[]>(std::min(stretch, plane) * rows);
    std::vector<T> totals(parts * total);
    for (int64_t item = 0; item < outputs.batch; ++item) {
        const Gradients<T> gradients{arrays, to, outputs, shape, item};
        for (int64_t first = 0; first < plane; first += stretch) {
            const PixelRange pixels{first, std::min(stretch, plane - first)};
            const typename Gradients<T>::Columns all{columns.get(), pixels};
            parallel_for(parts, threads, 1, [&](int64_t begin, int64_t end) {
                for (int64_t index = begin; index < end; ++index) {
                    const int64_t from = first + index * part, count = std::min(part, plane - from);
                    if (count > 0) gradients.take_blocks({from, count}, weights.data(), all, &totals[index * total]);
                }
            });
            gradients.add_picture(all, threads);
        }
    }
    for (int64_t output = 0; output < outputs.groups * outputs.of_group; ++output) {
        const int64_t group = output / outputs.of_group, place = output % outputs.of_group;
        const T* from = &totals[(group * panels + place / width) * group_rows * width + place % width];
        for (int64_t row = 0; row < group_rows; ++row) {
            T sum = 0;
            for (int64_t index = 0; index < parts; ++index) sum += from[index * total + row * width];
            to.weights[output * group_rows + row] = sum;
        }
    }
}

template void deform_gradients(const DeformArrays<float>&, const DeformGradients<float>&, const DeformOutputs&,
                               const DeformShape&, int);
template void deform_gradients(const DeformArrays<double>&, const DeformGradients<double>&, const DeformOutputs&,
                               const DeformShape&, int);

}  // namespace trimatte::kernels
