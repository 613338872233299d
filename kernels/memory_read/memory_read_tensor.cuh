// The memory read on tensor cores, for what is stored in half or bfloat16: products of tiles of 16 x 16, summed in
// float. The instructions are written out, since CUDA's own header for them does not come with its compiler's package;
// tests/kernels/cuda_on_cpu stands in for them. Weights are rounded to what is stored, as values are.
#if defined(__CUDA_ARCH__)
template <class Stored>
constexpr bool kHasTensorCores = false;

struct Sums {  // of products, spread over a warp
    float parts[8] = {};
};
template <class Stored>
struct Tile {};

#define TENSOR_LOAD_8(side, layout, type, tile, from, step)                                                        \
    asm volatile("wmma.load." side ".sync.aligned." layout ".m16n16k16." type " {%0,%1,%2,%3,%4,%5,%6,%7}, [%8], %9;" \
                 : "=r"(tile.parts[0]), "=r"(tile.parts[1]), "=r"(tile.parts[2]), "=r"(tile.parts[3]),            \
                   "=r"(tile.parts[4]), "=r"(tile.parts[5]), "=r"(tile.parts[6]), "=r"(tile.parts[7])             \
                 : "l"(from), "r"(step)                                                                           \
                 : "memory")
#define TENSOR_LOAD_4(side, layout, type, tile, from, step)                                                        \
    asm volatile("wmma.load." side ".sync.aligned." layout ".m16n16k16." type " {%0,%1,%2,%3}, [%4], %5;"          \
                 : "=r"(tile.parts[0]), "=r"(tile.parts[1]), "=r"(tile.parts[2]), "=r"(tile.parts[3])             \
                 : "l"(from), "r"(step)                                                                           \
                 : "memory")
#define TENSOR_SUMS                                                                                       \
    "+f"(sums.parts[0]), "+f"(sums.parts[1]), "+f"(sums.parts[2]), "+f"(sums.parts[3]), "+f"(sums.parts[4]), \
        "+f"(sums.parts[5]), "+f"(sums.parts[6]), "+f"(sums.parts[7])

// A left tile (row, depth), `turned` if rows lie side by side in memory, and a right one (depth, column); `step` numbers
// from one line to the next, a multiple of 8. Places begin at multiples of 32 bytes.
#define TENSOR_TYPE(Stored, count, type)                                                                          \
    template <>                                                                                                   \
    struct Tile<Stored> {                                                                                         \
        unsigned parts[count];                                                                                    \
    };                                                                                                            \
    template <>                                                                                                   \
    constexpr bool kHasTensorCores<Stored> = true;                                                                \
    __device__ __forceinline__ void load_left(Tile<Stored>& tile, const Stored* from, int step) {                  \
        TENSOR_LOAD_##count("a", "row", type, tile, from, step);                                                  \
    }                                                                                                             \
    __device__ __forceinline__ void load_turned(Tile<Stored>& tile, const Stored* from, int step) {                \
        TENSOR_LOAD_##count("a", "col", type, tile, from, step);                                                  \
    }                                                                                                             \
    __device__ __forceinline__ void load_right(Tile<Stored>& tile, const Stored* from, int step) {                 \
        TENSOR_LOAD_##count("b", "row", type, tile, from, step);                                                  \
    }

#if __CUDA_ARCH__ >= 700
TENSOR_TYPE(__half, 8, "f16")
#define TENSOR_HALF_PRODUCT(name, layout)                                                                              \
    __device__ __forceinline__ void name(Sums& sums, const Tile<__half>& one, const Tile<__half>& other) {             \
        asm volatile("wmma.mma.sync.aligned." layout                                                                   \
                     ".row.m16n16k16.f32.f32 {%0,%1,%2,%3,%4,%5,%6,%7}, {%8,%9,%10,%11,%12,%13,%14,%15}, "             \
                     "{%16,%17,%18,%19,%20,%21,%22,%23}, {%0,%1,%2,%3,%4,%5,%6,%7};"                                   \
                     : TENSOR_SUMS                                                                                     \
                     : "r"(one.parts[0]), "r"(one.parts[1]), "r"(one.parts[2]), "r"(one.parts[3]),                     \
                       "r"(one.parts[4]), "r"(one.parts[5]), "r"(one.parts[6]), "r"(one.parts[7]),                     \
                       "r"(other.parts[0]), "r"(other.parts[1]), "r"(other.parts[2]), "r"(other.parts[3]),             \
                       "r"(other.parts[4]), "r"(other.parts[5]), "r"(other.parts[6]), "r"(other.parts[7]));            \
    }
TENSOR_HALF_PRODUCT(add_product, "row")
TENSOR_HALF_PRODUCT(add_turned_product, "col")
__device__ __forceinline__ void store_tile(float* to, const Sums& sums, int step) {
    asm volatile("wmma.store.d.sync.aligned.row.m16n16k16.f32 [%0], {%1,%2,%3,%4,%5,%6,%7,%8}, %9;" ::"l"(to),
                 "f"(sums.parts[0]), "f"(sums.parts[1]), "f"(sums.parts[2]), "f"(sums.parts[3]), "f"(sums.parts[4]),
                 "f"(sums.parts[5]), "f"(sums.parts[6]), "f"(sums.parts[7]), "r"(step)
                 : "memory");
}
#endif

#if __CUDA_ARCH__ >= 800
TENSOR_TYPE(__nv_bfloat16, 4, "bf16")
#define TENSOR_BFLOAT_PRODUCT(name, layout)                                                                         \
    __device__ __forceinline__ void name(Sums& sums, const Tile<__nv_bfloat16>& one, const Tile<__nv_bfloat16>& other) { \
        asm volatile("wmma.mma.sync.aligned." layout                                                                \
                     ".row.m16n16k16.f32.bf16.bf16.f32 {%0,%1,%2,%3,%4,%5,%6,%7}, {%8,%9,%10,%11}, {%12,%13,%14,%15}, " \
                     "{%0,%1,%2,%3,%4,%5,%6,%7};"                                                                   \
                     : TENSOR_SUMS                                                                                  \
                     : "r"(one.parts[0]), "r"(one.parts[1]), "r"(one.parts[2]), "r"(one.parts[3]),                  \
                       "r"(other.parts[0]), "r"(other.parts[1]), "r"(other.parts[2]), "r"(other.parts[3]));         \
    }
TENSOR_BFLOAT_PRODUCT(add_product, "row")
TENSOR_BFLOAT_PRODUCT(add_turned_product, "col")
#endif
#endif

constexpr int kSide = 16, kWarp = 32, kGap = 8;  // of a tile; lanes; numbers that lines are longer by, for other banks
constexpr int kColumnTiles = kColumns / kSide;

// What is staged, in the place of what the other way stages.
template <class Stored>
struct Staged {
    union {  // one after the other
        struct {
            Stored columns[kDepth][kColumns + kGap];
            Stored rows[kDepth][kRows + kGap];
        } compared;
        struct {
            Stored known[kChannels][kRows + kGap];
            Stored weights[kRows][kColumns + kGap];
        } summed;
        float sums[kThreads / kWarp][kSide][kSide];
    };
};

// Brings `lines` channels of `width` pixels into shared memory; zeros beyond the map.
template <class Stored>
__device__ void stage_lines(Stored* to, int lines, int width, const Stored* map, int channel, int channels, int first,
                            int plane) {
    for (int place = threadIdx.x; place < lines * width; place += kThreads) {
        const int line = place / width, c = channel + line, pixel = first + place % width;
        const bool inside = c < channels && pixel < plane;
        to[line * (width + kGap) + place % width] =
            inside ? map[static_cast<long long>(c) * plane + pixel] : static_cast<Stored>(0.0f);
    }
}

// Similarities of a tile of rows with queries as columns, into shared.weights; what is not there is -infinity.
template <class Stored>
__device__ void compare_tiles(Shared& shared, const Stored* keys, int row, int row_plane, const Stored* asked,
                              int column, int column_plane, int channels) {
    auto& staged = reinterpret_cast<Staged<Stored>&>(shared.operands).compared;
    const int warp = threadIdx.x / kWarp, own_row = warp % (kRows / kSide) * kSide;
    const int own_column = warp / (kRows / kSide) * kSide;  // one tile a warp
    Sums sums;
    for (int channel = 0; channel < channels; channel += kDepth) {
        __syncthreads();
        stage_lines(staged.columns[0], kDepth, kColumns, asked, channel, channels, column, column_plane);
        stage_lines(staged.rows[0], kDepth, kRows, keys, channel, channels, row, row_plane);
        __syncthreads();
        for (int depth = 0; depth < kDepth; depth += kSide) {
            Tile<Stored> here, there;
            load_turned(here, &staged.rows[depth][own_row], kRows + kGap);
            load_right(there, &staged.columns[depth][own_column], kColumns + kGap);
            add_turned_product(sums, here, there);
        }
    }
    // a work_t is a float wherever this runs; elsewhere it is only compiled
    store_tile(reinterpret_cast<float*>(&shared.weights[own_row][own_column]), sums, kTileStep);
    __syncthreads();
    for (int place = threadIdx.x; place < kRows * kColumns; place += kThreads) {
        work_t& similarity = shared.weights[place / kColumns][place % kColumns];
        similarity = row + place / kColumns < row_plane ? similarity * scale_of(channels) : nothing();
    }
    __syncthreads();
}

// Adds weight * known over the rows of a tile; a warp owns 16 channels of all columns. shared.factor: what is taken
// from similarities before the exponential.
template <class Stored>
__device__ void accumulate_tiles(Shared& shared, const Stored* known, int channel, int channels, int row, int plane,
                                 Sums (&sums)[kColumnTiles]) {
    auto& staged = reinterpret_cast<Staged<Stored>&>(shared.operands).summed;
    stage_lines(staged.known[0], kChannels, kRows, known, channel, channels, row, plane);
    for (int place = threadIdx.x; place < kRows * kColumns; place += kThreads) {
        const int r = place / kColumns, column = place % kColumns;
        staged.weights[r][column] = static_cast<Stored>(exp(shared.weights[r][column] - shared.factor[column]));
    }
    __syncthreads();
    for (int depth = 0; depth < kRows; depth += kSide) {
        Tile<Stored> here, there;
        load_left(here, &staged.known[threadIdx.x / kWarp * kSide][depth], kRows + kGap);
        for (int tile = 0; tile < kColumnTiles; ++tile) {
            load_right(there, &staged.weights[depth][tile * kSide], kColumns + kGap);
            add_product(sums[tile], here, there);
        }
    }
}

// Writes the sums over `shared.factor`.
template <class Stored>
__device__ void store_tiles(Shared& shared, const Sums (&sums)[kColumnTiles], Stored* map, int channel, int channels,
                            int column, int plane) {
    auto& staged = reinterpret_cast<Staged<Stored>&>(shared.operands);
    const int warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
    for (int tile = 0; tile < kColumnTiles; ++tile) {
        __syncthreads();
        store_tile(staged.sums[warp][0], sums[tile], kSide);
        __syncthreads();
        for (int place = lane; place < kSide * kSide; place += kWarp) {
            const int c = channel + warp * kSide + place / kSide, own = tile * kSide + place % kSide;
            if (c >= channels || column + own >= plane) continue;
            const float value = staged.sums[warp][place / kSide][place % kSide] / shared.factor[own];
            map[static_cast<long long>(c) * plane + column + own] = static_cast<Stored>(value);
        }
    }
}
