#include "memory_read.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "block_product.hpp"
#include "memory_read_block.hpp"
#include "parallel.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kTogether = 6;  // blocks of queries that share the tiles of a thread

// Calls body(keys, values, first position, count) for all tiles of the memory frames of one batch item.
template <class T, class Body>
void for_each_tile(const T* keys, const T* values, const MemoryReadShape& shape, const Body& body) {
    for (int64_t memory = 0; memory < shape.memories; ++memory) {
        for (int64_t place = 0; place < shape.positions; place += kTileRows) {
            body(keys + memory * shape.key_channels * shape.positions + place,
                 values + memory * shape.value_channels * shape.positions + place, memory * shape.positions + place,
                 std::min<int64_t>(kTileRows, shape.positions - place));
        }
    }
}

template <class T>
T key_scale(const MemoryReadShape& shape) {
    return T(1) / std::sqrt(T(shape.key_channels));
}

// Reads for one block of queries, tile by tile of the memory.
template <class T>
class BlockReader {
  public:
    BlockReader(const T* query, const MemoryReadShape& shape, int64_t first)
        : shape_(shape),
          first_(first),
          count_(std::min<int64_t>(kWidth, shape.queries - first)),
          block_(shape.key_channels * kWidth),
          sums_(shape.value_channels * kWidth) {
        load_block(query + first, shape.queries, shape.key_channels, count_, key_scale<T>(shape), block_.data());
        if (shape.top_k > 0) selection_.emplace(shape.top_k);
    }

    // Looks for what top-k keeps.
    void select(const T* keys, int64_t position, int64_t rows, T* tile) {
        compare(keys, rows, tile);
        selection_->visit(tile, rows, position);
    }
    void keep() { kept_ = selection_->kept(); }

    void read(const T* keys, const T* values, int64_t position, int64_t rows, T* tile) {
        compare(keys, rows, tile);
        if (shape_.top_k > 0) drop_others(tile, rows, position, kept_);
        if (advance(softmax_, tile, rows)) scale_block(sums_.data(), shape_.value_channels, softmax_.factor);
        multiply<T>({values, kTileRows, 1}, shape_.value_channels, tile, rows, sums_.data(), true);
    }

    void store(T* out, T* statistics) {
        for (int k = 0; k < kWidth; ++k) softmax_.factor[k] = T(1) / softmax_.sum[k];
        scale_block(sums_.data(), shape_.value_channels, softmax_.factor);
        store_block(sums_.data(), shape_.value_channels, count_, T(1), out + first_, shape_.queries);
        for (int64_t k = 0; k < count_; ++k) {
            statistics[first_ + k] = softmax_.largest[k] + std::log(softmax_.sum[k]);
            statistics[shape_.queries + first_ + k] = kept_.threshold[k];
            statistics[2 * shape_.queries + first_ + k] = kept_.last[k];
        }
    }

  private:
    static constexpr int kWidth = kBlockWidth<T>;

    void compare(const T* keys, int64_t rows, T* tile) {
        multiply<T>({keys, 1, kTileRows}, rows, block_.data(), shape_.key_channels, tile, false);
    }

    const MemoryReadShape& shape_;
    int64_t first_, count_;
    std::vector<T> block_, sums_;
    std::optional<Selection<T>> selection_;
    Kept<T> kept_;
    RunningSoftmax<T> softmax_;
};

// Copies `channels` rows of a tile together: their places in memory are pages apart.
template <class T>
void pack_tile(const T* from, int64_t step, int64_t channels, int64_t rows, T* to) {
    for (int64_t channel = 0; channel < channels; ++channel) {
        std::copy_n(from + channel * step, rows, to + channel * kTileRows);
    }
}

// Reads for a few blocks of queries, so that a tile of the memory serves all of them while it is in the cache. Arrays
// start at the batch item and the query frame.
template <class T>
void read_blocks(const T* query, const T* keys, const T* values, T* out, T* statistics, const MemoryReadShape& shape,
                 int64_t begin, int64_t end) {
    std::vector<T> tile(kTileRows * kBlockWidth<T>), near_keys(shape.key_channels * kTileRows);
    std::vector<T> near_values(shape.value_channels * kTileRows);
    std::vector<BlockReader<T>> readers;
    for (int64_t block = begin; block < end; ++block) readers.emplace_back(query, shape, block * kBlockWidth<T>);
    if (shape.top_k > 0) {
        for_each_tile(keys, values, shape, [&](const T* tile_keys, const T*, int64_t position, int64_t rows) {
            pack_tile(tile_keys, shape.positions, shape.key_channels, rows, near_keys.data());
            for (auto& reader : readers) reader.select(near_keys.data(), position, rows, tile.data());
        });
        for (auto& reader : readers) reader.keep();
    }
    for_each_tile(keys, values, shape, [&](const T* tile_keys, const T* tile_values, int64_t position, int64_t rows) {
        pack_tile(tile_keys, shape.positions, shape.key_channels, rows, near_keys.data());
        pack_tile(tile_values, shape.positions, shape.value_channels, rows, near_values.data());
        for (auto& reader : readers) reader.read(near_keys.data(), near_values.data(), position, rows, tile.data());
    });
    for (auto& reader : readers) reader.store(out, statistics);
}

}  // namespace

template <class T>
void memory_read(const T* query, const T* keys, const T* values, T* out, T* statistics, const MemoryReadShape& shape,
                 int threads) {
    constexpr int width = kBlockWidth<T>;
    const int64_t blocks = (shape.queries + width - 1) / width, memory = shape.memories * shape.positions;
    const int64_t together = std::clamp<int64_t>(blocks / std::max(threads, 1), 1, kTogether);
    const int64_t units = (blocks + together - 1) / together;
    parallel_for(shape.batch * shape.frames * units, threads, 1, [&](int64_t begin, int64_t end) {
        for (int64_t index = begin; index < end; ++index) {
            const int64_t frame = index / units, item = frame / shape.frames, first = index % units * together;
            read_blocks(query + frame * shape.key_channels * shape.queries, keys + item * shape.key_channels * memory,
                        values + item * shape.value_channels * memory,
                        out + frame * shape.value_channels * shape.queries, statistics + frame * 3 * shape.queries,
                        shape, first, std::min(first + together, blocks));
        }
    });
}

namespace {

// The arrays of a backward call, and the sums of gradient times result of each query.
template <class T>
struct Backward {
    const T *gradient, *query, *keys, *values, *statistics, *dots;
    const MemoryReadShape& shape;
};

// The gradient of one block of queries of one frame.
template <class T>
void query_gradient(const Backward<T>& call, T* query_gradient, int64_t frame, int64_t first) {
    constexpr int width = kBlockWidth<T>;
    const MemoryReadShape& shape = call.shape;
    const int64_t queries = shape.queries, steps = shape.positions, item = frame / shape.frames;
    const int64_t memory = shape.memories * shape.positions, count = std::min<int64_t>(width, queries - first);
    std::vector<T> block(shape.key_channels * width), towards(shape.value_channels * width), sums(block.size());
    std::vector<T> tile(kTileRows * width), change(kTileRows * width), facts(4 * width);
    load_block(call.query + frame * shape.key_channels * queries + first, queries, shape.key_channels, count,
               key_scale<T>(shape), block.data());
    load_block(call.gradient + frame * shape.value_channels * queries + first, queries, shape.value_channels, count,
               T(1), towards.data());
    load_block(call.statistics + frame * 3 * queries + first, queries, 3, count, T(1), facts.data());
    load_block(call.dots + frame * queries + first, queries, 1, count, T(1), facts.data() + 3 * width);
    const Kept<T> kept(facts.data() + width);
    const auto visit = [&](const T* tile_keys, const T* tile_values, int64_t position, int64_t rows) {
        multiply<T>({tile_keys, 1, steps}, rows, block.data(), shape.key_channels, tile.data(), false);
        if (shape.top_k > 0) drop_others(tile.data(), rows, position, kept);
        multiply<T>({tile_values, 1, steps}, rows, towards.data(), shape.value_channels, change.data(), false);
        for (int64_t row = 0; row < rows; ++row) {
            softmax_gradient(tile.data() + row * width, change.data() + row * width, facts.data(),
                             facts.data() + 3 * width);
        }
        multiply<T>({tile_keys, steps, 1}, shape.key_channels, change.data(), rows, sums.data(), true);
    };
    for_each_tile(call.keys + item * shape.key_channels * memory, call.values + item * shape.value_channels * memory,
                  shape, visit);
    store_block(sums.data(), shape.key_channels, count, key_scale<T>(shape),
                query_gradient + frame * shape.key_channels * queries + first, queries);
}

// The gradients of one block of positions of one memory frame; queries are the rows now.
template <class T>
void memory_gradient(const Backward<T>& call, const MemoryReadGradients<T>& gradients, int64_t map, int64_t first) {
    constexpr int width = kBlockWidth<T>;
    const MemoryReadShape& shape = call.shape;
    const int64_t queries = shape.queries, steps = shape.positions, item = map / shape.memories;
    const int64_t count = std::min<int64_t>(width, steps - first);
    const int64_t key_place = map * shape.key_channels * steps + first;
    const int64_t value_place = map * shape.value_channels * steps + first;
    std::vector<T> key_block(shape.key_channels * width), value_block(shape.value_channels * width);
    std::vector<T> key_sums(key_block.size()), value_sums(value_block.size()), scaled(shape.key_channels * width);
    std::vector<T> tile(width * width), change(width * width);
    load_block(call.keys + key_place, steps, shape.key_channels, count, T(1), key_block.data());
    load_block(call.values + value_place, steps, shape.value_channels, count, T(1), value_block.data());
    for (int64_t frame = item * shape.frames; frame < (item + 1) * shape.frames; ++frame) {
        const T* query = call.query + frame * shape.key_channels * queries;
        const T* gradient = call.gradient + frame * shape.value_channels * queries;
        const T* facts = call.statistics + frame * 3 * queries;
        for (int64_t top = 0; top < queries; top += width) {
            const int64_t rows = std::min<int64_t>(width, queries - top);
            load_block(query + top, queries, shape.key_channels, rows, key_scale<T>(shape), scaled.data());
            multiply<T>({scaled.data(), 1, width}, rows, key_block.data(), shape.key_channels, tile.data(), false);
            multiply<T>({gradient + top, 1, queries}, rows, value_block.data(), shape.value_channels, change.data(),
                        false);
            for (int64_t row = 0; row < rows; ++row) {
                const int64_t place = top + row;
                T* similarities = tile.data() + row * width;
                if (shape.top_k > 0) {
                    drop_others_of(similarities, (map - item * shape.memories) * steps + first, facts[queries + place],
                                   facts[2 * queries + place]);
                }
                std::array<T, width> sums, dots;
                sums.fill(facts[place]);
                dots.fill(call.dots[frame * queries + place]);
                softmax_gradient(similarities, change.data() + row * width, sums.data(), dots.data());
            }
            multiply<T>({gradient + top, queries, 1}, shape.value_channels, tile.data(), rows, value_sums.data(), true);
            multiply<T>({scaled.data(), width, 1}, shape.key_channels, change.data(), rows, key_sums.data(), true);
        }
    }
    store_block(key_sums.data(), shape.key_channels, count, T(1), gradients.keys + key_place, steps);
    store_block(value_sums.data(), shape.value_channels, count, T(1), gradients.values + value_place, steps);
}

// Sums gradient * out over the value channels of each query.
template <class T>
std::vector<T> dot_channels(const T* gradient, const T* out, const MemoryReadShape& shape) {
    std::vector<T> dots(shape.batch * shape.frames * shape.queries);
    for (int64_t row = 0; row < shape.batch * shape.frames * shape.value_channels; ++row) {
        T* sums = dots.data() + row / shape.value_channels * shape.queries;
        const int64_t place = row * shape.queries;
        for (int64_t k = 0; k < shape.queries; ++k) sums[k] += gradient[place + k] * out[place + k];
    }
    return dots;
}

}  // namespace

template <class T>
void memory_read_backward(const T* gradient, const T* query, const T* keys, const T* values, const T* out,
                          const T* statistics, const MemoryReadGradients<T>& gradients, const MemoryReadShape& shape,
                          int threads) {
    constexpr int width = kBlockWidth<T>;
    const std::vector<T> dots = dot_channels(gradient, out, shape);
    const Backward<T> call{gradient, query, keys, values, statistics, dots.data(), shape};
    const int64_t query_blocks = (shape.queries + width - 1) / width;
    const int64_t memory_blocks = (shape.positions + width - 1) / width;
    // Everything is gathered: no two blocks add to the same place, so threads never change a sum.
    parallel_for(shape.batch * shape.frames * query_blocks, threads, 1, [&](int64_t begin, int64_t end) {
        for (int64_t index = begin; index < end; ++index) {
            query_gradient(call, gradients.query, index / query_blocks, index % query_blocks * width);
        }
    });
    parallel_for(shape.batch * shape.memories * memory_blocks, threads, 1, [&](int64_t begin, int64_t end) {
        for (int64_t index = begin; index < end; ++index) {
            memory_gradient(call, gradients, index / memory_blocks, index % memory_blocks * width);
        }
    });
}

template void memory_read(const float*, const float*, const float*, float*, float*, const MemoryReadShape&, int);
template void memory_read(const double*, const double*, const double*, double*, double*, const MemoryReadShape&, int);
template void memory_read_backward(const float*, const float*, const float*, const float*, const float*, const float*,
                                   const MemoryReadGradients<float>&, const MemoryReadShape&, int);
template void memory_read_backward(const double*, const double*, const double*, const double*, const double*,
                                   const double*, const MemoryReadGradients<double>&, const MemoryReadShape&, int);

}  // namespace trimatte::kernels
