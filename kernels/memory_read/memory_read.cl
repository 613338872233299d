// Memory read and its gradients without the affinity matrix; see _torch.py for the formulas.
//
// A group owns COLUMNS positions of one side (queries, or the memory) and goes through the other side in tiles of
// ROWS: similarities, from them weights, and sums of weight times what the row knows. Forward, the columns are queries
// and the softmax runs along; for the gradients of the memory, the columns are memory positions. Every sum has one
// owner and one order: no atomics, the same bits every time. Groups: ITEMS; grid: columns, frames, channels.
#define ITEMS 128
#define COLUMNS 64
#define CHANNELS 128
#define DEPTH 32
#define ROWS 16
#define OWN 8
#define OWN_CHANNELS 8
#define NOTHING (-(work_t)INFINITY)

#define OWN_COLUMN ((int)get_local_id(0) % 8 * OWN)
#define OWN_ROW ((int)get_local_id(0) / 8)
#define OWN_CHANNEL ((int)get_local_id(0) / 8 * OWN_CHANNELS)
#define COLUMN ((int)get_group_id(0) * COLUMNS)
#define GROUP __attribute__((reqd_work_group_size(ITEMS, 1, 1)))

#if defined(SCALAR_double)
typedef double8 own_t;  // OWN columns of an item
#else
typedef float8 own_t;
#endif

// What the items of a group share.
#define SHARED                             \
    __local work_t columns[DEPTH * COLUMNS]; \
    __local work_t rows[DEPTH * ROWS];     \
    __local work_t weights[ROWS * COLUMNS]; \
    __local work_t known[ROWS * CHANNELS];  \
    __local work_t factor[COLUMNS];        \
    __local work_t shift[COLUMNS]

// Brings DEPTH channels of `width` pixels of a map into local memory; zeros beyond the map.
void stage(__local work_t* to, int width, __global const scalar_t* maps, size_t map, int channel, int channels,
           int first, int plane) {
    for (int place = get_local_id(0); place < DEPTH * width; place += ITEMS) {
        const int c = channel + place / width, pixel = first + place % width;
        const bool inside = c < channels && pixel < plane;
        to[place] = inside ? LOAD(maps, (map * channels + c) * plane + pixel) : 0;
    }
}

// Sums products over the channels of two maps, in their order, for the item's row and columns.
void compare(__local work_t* columns, __local work_t* rows, __global const scalar_t* row_maps, size_t row_map, int row,
             int row_plane, __global const scalar_t* column_maps, size_t column_map, int column_plane, int channels,
             own_t* sums) {
    own_t total = 0;
    for (int channel = 0; channel < channels; channel += DEPTH) {
        barrier(CLK_LOCAL_MEM_FENCE);
        stage(columns, COLUMNS, column_maps, column_map, channel, channels, COLUMN, column_plane);
        stage(rows, ROWS, row_maps, row_map, channel, channels, row, row_plane);
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int depth = 0; depth < DEPTH; ++depth) {
            const own_t there = vload8(0, columns + depth * COLUMNS + OWN_COLUMN);
            total = fma((own_t)rows[depth * ROWS + OWN_ROW], there, total);
        }
    }
    *sums = total;
}

// Adds weight * known to the item's sums, over the rows of the tile.
void accumulate(__local work_t* known, __local work_t* weights, __global const scalar_t* maps, size_t map, int channels,
                int row, int plane, own_t* sums) {
    const int channel = get_group_id(2) * CHANNELS;
    for (int place = get_local_id(0); place < ROWS * CHANNELS; place += ITEMS) {
        const int r = place % ROWS, c = place / ROWS;
        const bool inside = channel + c < channels && row + r < plane;
        known[r * CHANNELS + c] = inside ? LOAD(maps, (map * channels + channel + c) * plane + row + r) : 0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int r = 0; r < ROWS; ++r) {
        const own_t weight = vload8(0, weights + r * COLUMNS + OWN_COLUMN);
        const __local work_t* here = known + r * CHANNELS + OWN_CHANNEL;
#pragma unroll
        for (int j = 0; j < OWN_CHANNELS; ++j) sums[j] = fma((own_t)here[j], weight, sums[j]);
    }
}

// Takes an item's sums apart.
void spread(const own_t* sums, work_t* numbers) {
    for (int j = 0; j < OWN_CHANNELS; ++j) vstore8(sums[j], j, numbers);
}

work_t scale_of(int channels) { return 1 / sqrt((work_t)channels); }

// NaN is kept: it is neither below nor equal. `facts` are planes: logarithm of the sum, threshold, last position.
bool is_dropped(__global const work_t* facts, size_t plane, int query, work_t similarity, int position) {
    const work_t threshold = facts[plane + query];
    return similarity < threshold || (similarity == threshold && (work_t)position > facts[2 * plane + query]);
}

// Similarities of a tile with queries as columns; what is not there or dropped is -infinity.
void write_similarities(__local work_t* columns, __local work_t* rows, __local work_t* weights,
                        __global const scalar_t* query, int queries, __global const scalar_t* keys, size_t key_map,
                        int positions, int key_channels, int row, int position, __global const work_t* facts,
                        int top_k) {
    own_t sums;
    work_t similarities[OWN];
    compare(columns, rows, keys, key_map, row, positions, query, get_group_id(1), queries, key_channels, &sums);
    vstore8(sums * scale_of(key_channels), 0, similarities);
    for (int k = 0; k < OWN; ++k) {
        const int asking = COLUMN + OWN_COLUMN + k;
        bool is_out = row + OWN_ROW >= positions;
        if (top_k > 0 && asking < queries)
            is_out = is_out || is_dropped(facts, queries, asking, similarities[k], position + OWN_ROW);
        weights[OWN_ROW * COLUMNS + OWN_COLUMN + k] = is_out ? NOTHING : similarities[k];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
}

// Finds what top-k keeps of each query: `best` and `places` (frames, top_k, queries) hold the largest similarities so
// far, in falling order, of equal ones the first; they come filled with -infinity and -1.
__kernel GROUP void memory_read_select(__global const scalar_t* query, __global const scalar_t* keys,
                                       __global work_t* statistics, __global work_t* best, __global int* places,
                                       const int frames, const int memories, const int key_channels, const int queries,
                                       const int positions, const int top_k) {
    SHARED;
    const size_t frame = get_group_id(1), item = frame / frames;
    const int own = COLUMN + (int)get_local_id(0);
    const bool is_owner = get_local_id(0) < COLUMNS && own < queries;
    const size_t list = frame * top_k * queries + own;
    work_t threshold = NOTHING;
    for (int m = 0; m < memories; ++m) {
        for (int row = 0; row < positions; row += ROWS) {
            write_similarities(columns, rows, weights, query, queries, keys, item * memories + m, positions,
                               key_channels, row, 0, 0, 0);
            for (int r = 0; is_owner && r < ROWS; ++r) {
                const work_t similarity = weights[r * COLUMNS + get_local_id(0)];
                if (!(similarity > threshold)) continue;
                size_t place = list + (size_t)(top_k - 1) * queries;
                for (; place > list && best[place - queries] < similarity; place -= queries) {
                    best[place] = best[place - queries];
                    places[place] = places[place - queries];
                }
                best[place] = similarity;
                places[place] = m * positions + row + r;
                threshold = best[list + (size_t)(top_k - 1) * queries];
            }
        }
    }
    if (!is_owner) return;
    statistics[(frame * 3 + 1) * queries + own] = threshold;
    statistics[(frame * 3 + 2) * queries + own] = (work_t)places[list + (size_t)(top_k - 1) * queries];
}

__kernel GROUP void memory_read(__global const scalar_t* query, __global const scalar_t* keys,
                                __global const scalar_t* values, __global scalar_t* out, __global work_t* statistics,
                                const int frames, const int memories, const int key_channels, const int value_channels,
                                const int queries, const int positions, const int top_k) {
    SHARED;
    const size_t frame = get_group_id(1), item = frame / frames;
    const int local_column = get_local_id(0);
    own_t sums[OWN_CHANNELS];
    for (int j = 0; j < OWN_CHANNELS; ++j) sums[j] = 0;
    work_t largest = NOTHING, sum = 0;
    for (int m = 0; m < memories; ++m) {
        for (int row = 0; row < positions; row += ROWS) {
            write_similarities(columns, rows, weights, query, queries, keys, item * memories + m, positions,
                               key_channels, row, m * positions + row, statistics + frame * 3 * queries, top_k);
            // Without any finite number yet, infinity minus infinity must not turn zeros into NaN.
            if (local_column < COLUMNS) {  // one item per column carries the running softmax
                const work_t before = largest;
                for (int r = 0; r < ROWS; ++r) {
                    const work_t similarity = weights[r * COLUMNS + local_column];
                    largest = similarity > largest ? similarity : largest;
                }
                shift[local_column] = largest == NOTHING ? 0 : largest;
                factor[local_column] = exp(before - shift[local_column]);
            }
            barrier(CLK_LOCAL_MEM_FENCE);
            const int own = OWN_ROW * COLUMNS + OWN_COLUMN;
            vstore8(exp(vload8(0, weights + own) - vload8(0, shift + OWN_COLUMN)), 0, weights + own);
            barrier(CLK_LOCAL_MEM_FENCE);
            if (local_column < COLUMNS) {
                sum *= factor[local_column];
                for (int r = 0; r < ROWS; ++r) sum += weights[r * COLUMNS + local_column];
            }
            const own_t shrink = vload8(0, factor + OWN_COLUMN);
            for (int j = 0; j < OWN_CHANNELS; ++j) sums[j] *= shrink;
            accumulate(known, weights, values, item * memories + m, value_channels, row, positions, sums);
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (local_column < COLUMNS) {
        factor[local_column] = sum;
        const size_t facts = frame * 3 * queries + COLUMN + local_column;
        if (get_group_id(2) == 0 && COLUMN + local_column < queries) {
            statistics[facts] = largest + log(sum);
            if (top_k == 0) statistics[facts + queries] = NOTHING, statistics[facts + 2 * (size_t)queries] = -NOTHING;
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    work_t numbers[OWN_CHANNELS * OWN];
    spread(sums, numbers);
    for (int k = 0; k < OWN_CHANNELS * OWN; ++k) {
        const int channel = get_group_id(2) * CHANNELS + OWN_CHANNEL + k / OWN, own = OWN_COLUMN + k % OWN;
        if (channel < value_channels && COLUMN + own < queries)
            STORE(numbers[k] / factor[own], out, (frame * value_channels + channel) * queries + COLUMN + own);
    }
}

// The gradient of one side's keys or of the memory's values: columns are that side, rows are the other.
__kernel GROUP void memory_read_gradient(__global const scalar_t* column_keys, __global const scalar_t* column_carried,
                                         const int column_frames, const int column_plane,
                                         __global const scalar_t* row_keys, __global const scalar_t* row_carried,
                                         const int row_frames, const int row_plane, __global const work_t* statistics,
                                         __global const work_t* dots, __global scalar_t* result,
                                         const int key_channels, const int value_channels, const int top_k,
                                         const int columns_ask, const int of_keys) {
    SHARED;
    const size_t map = get_group_id(1), item = map / column_frames;
    const int channels = of_keys ? key_channels : value_channels;
    own_t sums[OWN_CHANNELS];
    for (int j = 0; j < OWN_CHANNELS; ++j) sums[j] = 0;
    for (int f = 0; f < row_frames; ++f) {
        const size_t other = item * row_frames + f;
        const size_t plane = columns_ask ? column_plane : row_plane, asking = columns_ask ? map : other;
        const int memory_place = columns_ask ? f * row_plane : (int)(map - item * column_frames) * column_plane;
        __global const work_t* facts = statistics + asking * 3 * plane;
        for (int row = 0; row < row_plane; row += ROWS) {
            own_t sum, change = 0;
            work_t similarities[OWN], changes[OWN];
            compare(columns, rows, row_keys, other, row, row_plane, column_keys, map, column_plane, key_channels, &sum);
            if (of_keys)
                compare(columns, rows, row_carried, other, row, row_plane, column_carried, map, column_plane,
                        value_channels, &change);
            vstore8(sum * scale_of(key_channels), 0, similarities);
            vstore8(change, 0, changes);
            for (int k = 0; k < OWN; ++k) {
                const int row_pixel = row + OWN_ROW, column_pixel = COLUMN + OWN_COLUMN + k;
                const int query = columns_ask ? column_pixel : row_pixel;
                work_t weight = 0;
                if (row_pixel < row_plane && column_pixel < column_plane) {
                    const int position = memory_place + (columns_ask ? row_pixel : column_pixel);
                    if (top_k == 0 || !is_dropped(facts, plane, query, similarities[k], position))
                        weight = exp(similarities[k] - facts[query]);
                    if (of_keys) weight *= changes[k] - dots[asking * plane + query];
                }
                weights[OWN_ROW * COLUMNS + OWN_COLUMN + k] = weight;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
            accumulate(known, weights, of_keys ? row_keys : row_carried, other, channels, row, row_plane, sums);
        }
    }
    const work_t scale = of_keys ? scale_of(key_channels) : 1;
    work_t numbers[OWN_CHANNELS * OWN];
    spread(sums, numbers);
    for (int k = 0; k < OWN_CHANNELS * OWN; ++k) {
        const int channel = get_group_id(2) * CHANNELS + OWN_CHANNEL + k / OWN, pixel = COLUMN + OWN_COLUMN + k % OWN;
        if (channel < channels && pixel < column_plane)
            STORE(numbers[k] * scale, result, (map * channels + channel) * column_plane + pixel);
    }
}
