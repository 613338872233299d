// Memory read and its gradients without the affinity matrix; see _torch.py for the formulas.
//
// A block owns kColumns positions of one side (queries, or the memory) and goes through the other side in tiles of
// kRows: similarities, from them weights, and sums of weight times what the row knows. Forward, the columns are
// queries and the softmax runs along; for the gradients of the memory, the columns are memory positions. Every sum has
// one owner and one order: no atomics, the same bits every time. Blocks: kThreads; grid: columns, frames, channels.

// NaN is kept: it is neither below nor equal. `facts` are planes: logarithm of the sum, threshold, last position.
__device__ bool is_dropped(const work_t* facts, int plane, int query, work_t similarity, int position) {
    const work_t threshold = facts[plane + query], last = facts[2ll * plane + query];
    return similarity < threshold || (similarity == threshold && static_cast<work_t>(position) > last);
}

// Similarities of a tile with queries as columns, into shared memory; what is not there or dropped is -infinity.
__device__ void write_similarities(Shared& shared, const Side& queries, const scalar_t* keys, const Side& memory,
                                   int key_channels, int row, int position, const work_t* facts, int top_k) {
    const int column = blockIdx.x * kColumns;
    work_t sums[kOwnRows][kOwn];
    compare(shared, keys, row, memory.plane, map_at(queries.keys, blockIdx.y, key_channels, queries.plane), column,
            queries.plane, key_channels, sums);
#pragma unroll
    for (int place = 0; place < kOwnRows * kOwn; ++place) {
        const int r = place / kOwn, k = place % kOwn, query = column + own_column() + k;
        const work_t similarity = sums[r][k] * scale_of(key_channels);
        bool is_out = row + own_row() + r >= memory.plane;
        if (top_k > 0 && query < queries.plane)
            is_out |= is_dropped(facts, queries.plane, query, similarity, position + own_row() + r);
        shared.weights[own_row() + r][own_column() + k] = is_out ? nothing() : similarity;
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
// far, in falling order, of equal ones the first; they come filled with -infinity and -1.
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
    work_t threshold = nothing();
    for (int m = 0; m < memories; ++m) {
        const scalar_t* known = map_at(keys, item * memories + m, key_channels, positions);
        for (int row = 0; row < positions; row += kRows) {
            write_similarities(shared, asked, known, memory, key_channels, row, 0, nullptr, 0);
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

// Without top-k, on tensor cores. Twice through the memory: first for the largest similarity and the sum of each query,
// then, with weights that no longer change, for the values. Sums on tensor cores cannot be scaled column by column.
template <class Stored>
__device__ void read_tiles(Shared& shared, const Stored* query, const Stored* keys, const Stored* values, Stored* out,
                           work_t* statistics, int frames, int memories, int key_channels, int value_channels,
                           int queries, int positions) {
    static_assert(sizeof(Staged<Stored>) <= sizeof(Shared::known) && sizeof(Shared::known) % 32 == 0, "no room");
    const long long frame = blockIdx.y, item = frame / frames;
    const int channel = blockIdx.z * kChannels, column = blockIdx.x * kColumns, own = threadIdx.x / kPerColumn;
    const Stored* asked = query + frame * key_channels * queries;
    Sums sums[kColumnTiles];
    work_t largest = nothing(), sum = 0;
    for (int m = 0; m < memories; ++m)
        for (int row = 0; row < positions; row += kRows) {
            compare_tiles(shared, keys + (item * memories + m) * key_channels * positions, row, positions, asked, column,
                          queries, key_channels);
            advance(shared, largest, sum);
        }
    if (threadIdx.x % kPerColumn == 0) shared.factor[own] = largest == nothing() ? work_t(0) : largest;
    for (int m = 0; m < memories; ++m)
        for (int row = 0; row < positions; row += kRows) {
            compare_tiles(shared, keys + (item * memories + m) * key_channels * positions, row, positions, asked, column,
                          queries, key_channels);
            accumulate_tiles(shared, values + (item * memories + m) * value_channels * positions, channel,
                             value_channels, row, positions, sums);
        }
    __syncthreads();
    if (threadIdx.x % kPerColumn == 0) {
        shared.factor[own] = sum;
        work_t* planes = statistics + frame * 3 * queries + column + own;
        if (blockIdx.z == 0 && column + own < queries) {
            planes[0] = largest + log(sum);
            planes[queries] = nothing(), planes[2ll * queries] = -nothing();
        }
    }
    store_tiles(shared, sums, out + frame * value_channels * queries, channel, value_channels, column, queries);
}

// Says whether tensor cores can do it, and has done it then.
template <class Stored>
__device__ bool try_tiles(Shared& shared, const Stored* query, const Stored* keys, const Stored* values, Stored* out,
                          work_t* statistics, int frames, int memories, int key_channels, int value_channels,
                          int queries, int positions, int top_k) {
    if constexpr (kHasTensorCores<Stored>) {
        if (top_k == 0) {  // which of two equal similarities is kept, the gradients must find again
            read_tiles(shared, query, keys, values, out, statistics, frames, memories, key_channels, value_channels,
                       queries, positions);
            return true;
        }
    }
    return false;
}

extern "C" __global__ void __launch_bounds__(kThreads)
    memory_read(const scalar_t* query, const scalar_t* keys, const scalar_t* values, scalar_t* out, work_t* statistics,
                int frames, int memories, int key_channels, int value_channels, int queries, int positions, int top_k) {
    __shared__ Shared shared;
    if (try_tiles(shared, query, keys, values, out, statistics, frames, memories, key_channels, value_channels, queries,
                  positions, top_k))
        return;
    const Side asked{query, nullptr, frames, queries}, memory{keys, values, memories, positions};
    const long long frame = blockIdx.y, item = frame / frames;
    const int channel = blockIdx.z * kChannels, column = blockIdx.x * kColumns;
    const work_t* facts = statistics + frame * 3 * queries;
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
    store_sums(sums, out + frame * value_channels * queries, channel, value_channels, column, queries, shared.factor,
               1);
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
        const Side& asking = kColumnsAsk ? columns : rows;
        const long long asking_map = kColumnsAsk ? map : other;
        const int frame_of_memory = kColumnsAsk ? f : static_cast<int>(map - item * columns.frames);
        const int memory_place = frame_of_memory * (kColumnsAsk ? rows.plane : columns.plane);
        const work_t* facts = statistics + asking_map * 3 * asking.plane;
        for (int row = 0; row < rows.plane; row += kRows) {
            work_t similarity[kOwnRows][kOwn], change[kOwnRows][kOwn];
            compare(shared, row_keys, row, rows.plane, column_keys, column, columns.plane, key_channels, similarity);
            if (kOfKeys) {
                compare(shared, row_carried, row, rows.plane, column_carried, column, columns.plane, value_channels,
                        change);
            }
#pragma unroll
            for (int place = 0; place < kOwnRows * kOwn; ++place) {
                const int r = place / kOwn, k = place % kOwn;
                const int row_pixel = row + own_row() + r, column_pixel = column + own_column() + k;
                const int query = kColumnsAsk ? column_pixel : row_pixel;
                const int position = memory_place + (kColumnsAsk ? row_pixel : column_pixel);
                work_t weight = 0;
                if (row_pixel < rows.plane && column_pixel < columns.plane) {
                    const work_t scaled = similarity[r][k] * scale_of(key_channels);
                    const bool is_kept = top_k == 0 || !is_dropped(facts, asking.plane, query, scaled, position);
                    if (is_kept) weight = exp(scaled - facts[query]);
                    if (kOfKeys) weight *= change[r][k] - dots[asking_map * asking.plane + query];
                }
                shared.weights[own_row() + r][own_column() + k] = weight;
            }
            __syncthreads();
            accumulate(shared, kOfKeys ? row_keys : row_carried, channel, channels, row, rows.plane, sums);
        }
    }
    store_sums(sums, result + map * channels * columns.plane, channel, channels, column, columns.plane, nullptr,
               kOfKeys ? scale_of(key_channels) : work_t(1));
}

#define GRADIENT(name, columns, rows, kColumnsAsk, kOfKeys)                                                            \
    extern "C" __global__ void __launch_bounds__(kThreads)                                                             \
        name(const scalar_t* gradient, const scalar_t* query, const scalar_t* keys, const scalar_t* values,            \
             const work_t* statistics, const work_t* dots, scalar_t* result, int frames, int memories,                 \
             int key_channels, int value_channels, int queries, int positions, int top_k) {                            \
        const Side asked{query, gradient, frames, queries}, memory{keys, values, memories, positions};                 \
        differentiate<kColumnsAsk, kOfKeys>(columns, rows, statistics, dots, result, key_channels, value_channels,     \
                                            top_k);                                                                    \
    }

GRADIENT(memory_read_query_gradient, asked, memory, true, true)
GRADIENT(memory_read_key_gradient, memory, asked, false, true)
GRADIENT(memory_read_value_gradient, memory, asked, false, false)
