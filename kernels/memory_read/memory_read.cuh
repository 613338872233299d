// Tiles of the memory read: products of two maps, and sums of weight times what the rows know; see memory_read.cu.
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

struct alignas(32) Shared {
    union {  // one after the other
        struct {
            work_t columns[kDepth][kColumns];
            work_t rows[kDepth][kRows];
        } operands;
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

__device__ __forceinline__ work_t scale_of(int channels) { return 1 / sqrt(static_cast<work_t>(channels)); }

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
    for (auto& row_sums : sums)
        for (auto& sum : row_sums) sum = 0;
    for (int channel = 0; channel < channels; channel += kDepth) {
        __syncthreads();
        stage(shared.operands.columns[0], kColumns, columns, channel, channels, column, column_plane);
        stage(shared.operands.rows[0], kRows, rows, channel, channels, row, row_plane);
        __syncthreads();
#pragma unroll 4
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
#pragma unroll 2
    for (int r = 0; r < kRows; ++r) {
        const Four weight = four_at(&shared.weights[r][own_column()]);
#pragma unroll
        for (int c = 0; c < kOwnChannels; c += kOwn) {
            const Four here = four_at(&shared.known[r][own_channel() + c]);
#pragma unroll
            for (int place = 0; place < kOwn * kOwn; ++place) {
                const int j = place / kOwn, k = place % kOwn;
                sums[c + j][k] = fma(here.number[j], weight.number[k], sums[c + j][k]);
            }
        }
    }
}

// The thread's sums times `scale` or, forward, over the sums of exponentials.
__device__ void store_sums(const work_t (&sums)[kOwnChannels][kOwn], scalar_t* map, int channel, int channels,
                           int column, int plane, const work_t* divisors, work_t scale) {
#pragma unroll
    for (int place = 0; place < kOwnChannels * kOwn; ++place) {
        const int j = place / kOwn, k = place % kOwn;
        const int c = channel + own_channel() + j, pixel = column + own_column() + k;
        if (c >= channels || pixel >= plane) continue;
        const work_t value = divisors ? sums[j][k] / divisors[own_column() + k] : sums[j][k] * scale;
        store(value, map, static_cast<long long>(c) * plane + pixel);
    }
}
