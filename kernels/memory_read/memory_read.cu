// Memory read and its gradients without the affinity matrix; see _torch.py for the formulas.
//
// A block owns kColumns positions of one side (queries, or the memory) and goes through the other side in tiles of
// kRows: similarities, from them weights, and sums of weight times what the row knows. Forward, the columns are queries
// and the softmax runs along; for the gradients of the memory, the columns are memory positions. Every sum has one owner
// and one order: no atomics, the same bits every time. Blocks are kThreads threads; grid: columns, frames, channels.
constexpr int kThreads = 256, kColumns = 64, kChannels = 128, kDepth = 32;
constexpr int kRows = sizeof(work_t) == 8 ? 16 : 32;
constexpr int kOwnRows = kRows / 16, kOwn = 4, kOwnChannels = 8;  // a thread's part of a tile, and of the sums
constexpr int kPerColumn = kThreads / kColumns;                   // threads that share the softmax of a column
constexpr int kTileStep = kColumns + 4, kKnownStep = kChannels + 4;  // so that rows start in different banks

// One side: maps (items, frames, channels, plane) of keys and of what they carry (values, or the result's gradient).
struct Side {
    const scalar_t* keys;
    const scalar_t* carried;
    int frames, plane;
};

struct Operands {
    work_t columns[kDepth][kColumns];
    work_t rows[kDepth][kRows];
};

struct Shared {
    union {  // one after the other
        Operands operands;
        work_t known[kRows][kKnownStep];
    };
    work_t weights[kRows][kTileStep];
    work_t factor[kColumns];
};

struct alignas(16) Four {
    work_t number[kOwn];
};

__device__ __forceinline__ Four four_at(const work_t* place) { return *reinterpret_cast<const Four*>(place); }

__device__ __forceinline__ work_t nothing() { return -__int_as_float(0x7f800000); }  // minus infinity

__device__ __forceinline__ int own_column() { return threadIdx.x % 16 * kOwn; }
__device__ __forceinline__ int own_row() { return threadIdx.x / 16 * kOwnRows; }
__device__ __forceinline__ int own_channel() { return threadIdx.x / 16 * kOwnChannels; }

__device__ __forceinline__ const scalar_t* map_at(const scalar_t* maps, long long index, int channels, int plane) {
    return maps + index * channels * plane;
}

// Brings kDepth channels of `width` pixels into shared memory; zeros beyond the map.
__device__ void stage(work_t* to, int width, const scalar_t* map, int channel, int channels, int first, int plane) {
    for (int place = threadIdx.x; place < kDepth * width; place += kThreads) {
        const int c = channel + place / width, pixel = first + place % width;
        const bool inside = c < channels && pixel < plane;
        to[place] = inside ? load(map, static_cast<long long>(c) * plane + pixel) : work_t(0);
    }
}

// Sums products over the channels of two maps, in their order, for the thread's rows and columns.
__device__ void compare(Shared& shared, const scalar_t* rows, int row, int row_plane, const scalar_t* columns,
                        int column, int column_plane, int channels, work_t (&sums)[kOwnRows][kOwn]) {
    for (int r = 0; r < kOwnRows; ++r)
        for (int k = 0; k < kOwn; ++k) sums[r][k] = 0;
    for (int channel = 0; channel < channels; channel += kDepth) {
        __syncthreads();
        stage(shared.operands.columns[0], kColumns, columns, channel, channels, column, column_plane);
        stage(shared.operands.rows[0], kRows, rows, channel, channels, row, row_plane);
        __syncthreads();
        for (int depth = 0; depth < kDepth; ++depth) {
            const Four there = four_at(&shared.operands.columns[depth][own_column()]);
#pragma unroll
            for (int r = 0; r < kOwnRows; ++r) {
                const work_t here = shared.operands.rows[depth][own_row() + r];
#pragma unroll
                for (int k = 0; k < kOwn; ++k) sums[r][k] = fma(here, there.number[k], sums[r][k]);
            }
        }
    }
}

// Adds weight * known to the thread's sums, over the rows of the tile.
__device__ void accumulate(Shared& shared, const scalar_t* known, int channel, int channels, int row, int plane,
                           work_t (&sums)[kOwnChannels][kOwn]) {
    // Neighbours in a warp take 8 pixels of 4 channels: whole sectors of memory, and different banks.
    for (int place = threadIdx.x; place < kRows * kChannels; place += kThreads) {
        const int r = place % 8 + place / 32 % (kRows / 8) * 8, c = place / 8 % 4 + place / (4 * kRows) * 4;
        const bool inside = channel + c < channels && row + r < plane;
        shared.known[r][c] = inside ? load(known, static_cast<long long>(channel + c) * plane + row + r) : work_t(0);
    }
    __syncthreads();
    for (int r = 0; r < kRows; ++r) {
        const Four weight = four_at(&shared.weights[r][own_column()]);
#pragma unroll
        for (int c = 0; c < kOwnChannels; c += kOwn) {
            const Four here = four_at(&shared.known[r][own_channel() + c]);
#pragma unroll
            for (int j = 0; j < kOwn; ++j)
#pragma unroll
                for (int k = 0; k < kOwn; ++k)
                    sums[c + j][k] = fma(here.number[j], weight.number[k], sums[c + j][k]);
        }
    }
}

// The thread's sums times `scale` or, forward, over the sums of exponentials.
__device__ void store_sums(const work_t (&sums)[kOwnChannels][kOwn], scalar_t* map, int channel, int channels,
                           int column, int plane, const work_t* divisors, work_t scale) {
    for (int j = 0; j < kOwnChannels; ++j) {
        const int c = channel + own_channel() + j;
        for (int k = 0; k < kOwn; ++k) {
            const int pixel = column + own_column() + k;
            if (c >= channels || pixel >= plane) continue;
            const work_t value = divisors ? sums[j][k] / divisors[own_column() + k] : sums[j][k] * scale;
            store(value, map, static_cast<long long>(c) * plane + pixel);
        }
    }
}

// The statistics of one query: planes of the logarithm of the sum, of the threshold and of the last position.
struct Facts {
    const work_t* planes;
    int plane;
    __device__ work_t logarithm(int query) const { return planes[query]; }
    // NaN is kept: it is neither below nor equal.
    __device__ bool is_dropped(work_t similarity, int query, int position) const {
        const work_t threshold = planes[plane + query];
        return similarity < threshold ||
               (similarity == threshold && static_cast<work_t>(position) > planes[2 * plane + query]);
    }
};

__device__ __forceinline__ work_t scale_of(int channels) { return 1 / sqrt(static_cast<work_t>(channels)); }

// Similarities of a tile with queries as columns, into shared memory; what is not there or dropped is -infinity.
__device__ void write_similarities(Shared& shared, const Side& queries, const scalar_t* keys, const Side& memory,
                                   int key_channels, int row, int position, const Facts& facts, int top_k) {
    const int column = blockIdx.x * kColumns;
    work_t sums[kOwnRows][kOwn];
    compare(shared, keys, row, memory.plane, map_at(queries.keys, blockIdx.y, key_channels, queries.plane), column,
            queries.plane, key_channels, sums);
    for (int r = 0; r < kOwnRows; ++r) {
        for (int k = 0; k < kOwn; ++k) {
            const int query = column + own_column() + k;
            work_t similarity = sums[r][k] * scale_of(key_channels);
            bool is_out = row + own_row() + r >= memory.plane;
            if (top_k > 0 && query < queries.plane) is_out |= facts.is_dropped(similarity, query, position + own_row() + r);
            shared.weights[own_row() + r][own_column() + k] = is_out ? nothing() : similarity;
        }
    }
    __syncthreads();
}

// Turns a tile of similarities into weights with a running maximum and sum; four threads share a column.
__device__ void advance(Shared& shared, work_t& largest, work_t& sum) {
    const int column = threadIdx.x / kPerColumn, part = threadIdx.x % kPerColumn;
    work_t found = largest;
    for (int r = part; r < kRows; r += kPerColumn) {
        const work_t similarity = shared.weights[r][column];
        found = similarity > found ? similarity : found;
    }
    for (int other = 1; other < kPerColumn; other *= 2) {
        const work_t theirs = __shfl_xor_sync(0xffffffffu, found, other);
        found = theirs > found ? theirs : found;
    }
    // Without any finite number yet, infinity minus infinity must not turn zeros into NaN.
    const work_t shift = found == nothing() ? work_t(0) : found;
    const work_t factor = exp(largest - shift);
    work_t added = 0;
    for (int r = part; r < kRows; r += kPerColumn) {
        const work_t weight = exp(shared.weights[r][column] - shift);
        shared.weights[r][column] = weight;
        added += weight;
    }
    for (int other = 1; other < kPerColumn; other *= 2) added += __shfl_xor_sync(0xffffffffu, added, other);
    sum = sum * factor + added;
    largest = found;
    if (part == 0) shared.factor[column] = factor;
    __syncthreads();
}

// Finds what top-k keeps of each query: `best` and `places` (frames, top_k, queries) hold the largest similarities so
// far, in falling order; of equal ones the first.
extern "C" __global__ void __launch_bounds__(kThreads)
    memory_read_select(const scalar_t* query, const scalar_t* keys, work_t* statistics, work_t* best, int* places,
                       int frames, int memories, int key_channels, int queries, int positions, int top_k) {
    __shared__ Shared shared;
    const Side asked{query, nullptr, frames, queries}, memory{keys, nullptr, memories, positions};
    const long long frame = blockIdx.y, item = frame / frames;
    const int own = blockIdx.x * kColumns + threadIdx.x;
    const bool is_owner = threadIdx.x < kColumns && own < queries;
    best += frame * top_k * queries + own;
    places += frame * top_k * queries + own;
    for (int k = 0; is_owner && k < top_k; ++k) {
        best[static_cast<long long>(k) * queries] = nothing();
        places[static_cast<long long>(k) * queries] = -1;
    }
    work_t threshold = nothing();
    for (int m = 0; m < memories; ++m) {
        const scalar_t* known = map_at(keys, item * memories + m, key_channels, positions);
        for (int row = 0; row < positions; row += kRows) {
            write_similarities(shared, asked, known, memory, key_channels, row, 0, Facts{}, 0);
            for (int r = 0; is_owner && r < kRows; ++r) {
                const work_t similarity = shared.weights[r][threadIdx.x];
                if (!(similarity > threshold)) continue;
                long long k = top_k - 1;
                for (; k > 0 && best[(k - 1) * queries] < similarity; --k) {
                    best[k * queries] = best[(k - 1) * queries];
                    places[k * queries] = places[(k - 1) * queries];
                }
                best[k * queries] = similarity;
                places[k * queries] = m * positions + row + r;
                threshold = best[static_cast<long long>(top_k - 1) * queries];
            }
        }
    }
    if (!is_owner) return;
    work_t* facts = statistics + frame * 3 * queries + own;
    facts[queries] = threshold;
    facts[2ll * queries] = static_cast<work_t>(places[static_cast<long long>(top_k - 1) * queries]);
}

extern "C" __global__ void __launch_bounds__(kThreads)
    memory_read(const scalar_t* query, const scalar_t* keys, const scalar_t* values, scalar_t* out, work_t* statistics,
                int frames, int memories, int key_channels, int value_channels, int queries, int positions, int top_k) {
    __shared__ Shared shared;
    const Side asked{query, nullptr, frames, queries}, memory{keys, values, memories, positions};
    const long long frame = blockIdx.y, item = frame / frames;
    const int channel = blockIdx.z * kChannels, column = blockIdx.x * kColumns;
    const Facts facts{statistics + frame * 3 * queries, queries};
    work_t sums[kOwnChannels][kOwn] = {};
    work_t largest = nothing(), sum = 0;
    for (int m = 0; m < memories; ++m) {
        const scalar_t* known = map_at(keys, item * memories + m, key_channels, positions);
        const scalar_t* carried = map_at(values, item * memories + m, value_channels, positions);
        for (int row = 0; row < positions; row += kRows) {
            write_similarities(shared, asked, known, memory, key_channels, row, m * positions + row, facts, top_k);
            advance(shared, largest, sum);
            const Four factor = four_at(&shared.factor[own_column()]);
            for (int j = 0; j < kOwnChannels; ++j)
                for (int k = 0; k < kOwn; ++k) sums[j][k] *= factor.number[k];
            accumulate(shared, carried, channel, value_channels, row, positions, sums);
        }
    }
    __syncthreads();
    const int own = column + threadIdx.x / kPerColumn;
    if (threadIdx.x % kPerColumn == 0) {
        shared.factor[threadIdx.x / kPerColumn] = sum;
        work_t* planes = statistics + frame * 3 * queries + own;
        if (blockIdx.z == 0 && own < queries) {
            planes[0] = largest + log(sum);
            if (top_k == 0) planes[queries] = nothing(), planes[2ll * queries] = -nothing();
        }
    }
    __syncthreads();
    scalar_t* map = out + frame * value_channels * queries;
    store_sums(sums, map, channel, value_channels, column, queries, shared.factor, 1);
}

// The gradient of one side's keys or of the memory's values: columns are that side, rows are the other.
template <bool kColumnsAsk, bool kOfKeys>
__device__ void differentiate(const Side& columns, const Side& rows, const work_t* statistics, const work_t* dots,
                              scalar_t* result, int key_channels, int value_channels, int top_k) {
    __shared__ Shared shared;
    const long long map = blockIdx.y, item = map / columns.frames;
    const int column = blockIdx.x * kColumns, channel = blockIdx.z * kChannels;
    const int channels = kOfKeys ? key_channels : value_channels;
    const scalar_t* column_keys = map_at(columns.keys, map, key_channels, columns.plane);
    const scalar_t* column_carried = map_at(columns.carried, map, value_channels, columns.plane);
    work_t sums[kOwnChannels][kOwn] = {};
    for (int f = 0; f < rows.frames; ++f) {
        const long long other = item * rows.frames + f;
        const scalar_t* row_keys = map_at(rows.keys, other, key_channels, rows.plane);
        const scalar_t* row_carried = map_at(rows.carried, other, value_channels, rows.plane);
        const int asking_plane = kColumnsAsk ? columns.plane : rows.plane;
        const long long asking_map = kColumnsAsk ? map : other;
        const int memory_place = kColumnsAsk ? f * rows.plane : static_cast<int>(map - item * columns.frames) * columns.plane;
        const Facts facts{statistics + asking_map * 3 * asking_plane, asking_plane};
        for (int row = 0; row < rows.plane; row += kRows) {
            work_t similarity[kOwnRows][kOwn], change[kOwnRows][kOwn];
            compare(shared, row_keys, row, rows.plane, column_keys, column, columns.plane, key_channels, similarity);
            if (kOfKeys) {
                compare(shared, row_carried, row, rows.plane, column_carried, column, columns.plane, value_channels,
                        change);
            }
            for (int r = 0; r < kOwnRows; ++r) {
                for (int k = 0; k < kOwn; ++k) {
                    const int row_pixel = row + own_row() + r, column_pixel = column + own_column() + k;
                    const int query = kColumnsAsk ? column_pixel : row_pixel;
                    const int position = memory_place + (kColumnsAsk ? row_pixel : column_pixel);
                    work_t weight = 0;
                    if (row_pixel < rows.plane && column_pixel < columns.plane) {
                        const work_t scaled = similarity[r][k] * scale_of(key_channels);
                        if (top_k == 0 || !facts.is_dropped(scaled, query, position))
                            weight = exp(scaled - facts.logarithm(query));
                        if (kOfKeys) weight *= change[r][k] - dots[asking_map * asking_plane + query];
                    }
                    shared.weights[own_row() + r][own_column() + k] = weight;
                }
            }
            __syncthreads();
            accumulate(shared, kOfKeys ? row_keys : row_carried, channel, channels, row, rows.plane, sums);
        }
    }
    store_sums(sums, result + map * channels * columns.plane, channel, channels, column, columns.plane, nullptr,
               kOfKeys ? scale_of(key_channels) : work_t(1));
}

#define GRADIENT_ARGUMENTS                                                                                       \
    const scalar_t *gradient, const scalar_t *query, const scalar_t *keys, const scalar_t *values,               \
        const work_t *statistics, const work_t *dots, scalar_t *result, int frames, int memories,                \
        int key_channels, int value_channels, int queries, int positions, int top_k

extern "C" __global__ void __launch_bounds__(kThreads) memory_read_query_gradient(GRADIENT_ARGUMENTS) {
    const Side asked{query, gradient, frames, queries}, memory{keys, values, memories, positions};
    differentiate<true, true>(asked, memory, statistics, dots, result, key_channels, value_channels, top_k);
}

extern "C" __global__ void __launch_bounds__(kThreads) memory_read_key_gradient(GRADIENT_ARGUMENTS) {
    const Side asked{query, gradient, frames, queries}, memory{keys, values, memories, positions};
    differentiate<false, true>(memory, asked, statistics, dots, result, key_channels, value_channels, top_k);
}

extern "C" __global__ void __launch_bounds__(kThreads) memory_read_value_gradient(GRADIENT_ARGUMENTS) {
    const Side asked{query, gradient, frames, queries}, memory{keys, values, memories, positions};
    differentiate<false, false>(memory, asked, statistics, dots, result, key_channels, value_channels, top_k);
}
