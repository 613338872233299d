// CUDA's words for a C++ compiler: a kernel's source behind this file runs on the CPU, block after block, thread after
// thread. Threads of a source with barriers are fibers that change at each barrier and shuffle.
//
// Checked: the limits of grids and blocks; every thread of a block comes to every barrier, and every lane of a warp to
// every shuffle; addresses are aligned to their types; places are within arrays of known size, shared ones included.
// emulator.py checks the arguments' number and types.
// Instructions of tensor cores are not run: functions of the same names as those that hold them are.
// Not checked: races inside a block (threads take turns, forwards and backwards, so few of them show), races between
// blocks, the memory model, atomicity, registers and the size of shared memory, speed, contraction of a * b + c.
// Stricter than CUDA: all warps of a block shuffle equally often between two barriers.
#include <setjmp.h>
#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#define __global__
#define __device__
#define __forceinline__ inline
#define __restrict__
#define __shared__ static  // blocks run one at a time: one copy serves all of them
#define __launch_bounds__(...)

using std::ceil, std::exp, std::fabs, std::floor, std::fmax, std::fmin, std::log, std::pow, std::sqrt;
using std::isfinite, std::isinf, std::isnan;

struct Index3 {
    unsigned x, y, z;
};
static Index3 threadIdx, blockIdx, blockDim, gridDim;

using __half = _Float16;

// The upper half of a float, rounded to the nearest, of two to the even one.
struct __nv_bfloat16 {
    uint16_t bits;

    __nv_bfloat16() = default;
    __nv_bfloat16(float value) {
        uint32_t whole;
        std::memcpy(&whole, &value, sizeof whole);
        bits = value != value ? 0x7fff : (whole + 0x7fff + (whole >> 16 & 1)) >> 16;
    }
    operator float() const {
        const uint32_t whole = static_cast<uint32_t>(bits) << 16;
        float value;
        std::memcpy(&value, &whole, sizeof value);
        return value;
    }
};

template <class Number>
Number min(Number one, Number other) {
    return other < one ? other : one;
}
template <class Number>
Number max(Number one, Number other) {
    return one < other ? other : one;
}

static inline float __int_as_float(int bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

static inline int __clz(int value) { return value ? __builtin_clz(value) : 32; }

template <class Number>
Number atomicAdd(Number* place, Number value) {
    const Number before = *place;
    *place += value;
    return before;
}

namespace cuda_on_cpu {

constexpr int kMostThreads = 1024, kWarp = 32;
constexpr unsigned kMostBlocks = 65535, kMostDepth = 64;  // blocks along y and z; threads along z
constexpr size_t kStack = 64 << 10;                       // bytes of a fiber

struct Fiber {
    ucontext_t beginning;
    jmp_buf place;  // where it paused
    bool has_begun, is_done;
    long barriers, shuffles;  // how many it has come to
    double shuffled;
};

static Fiber fibers[kMostThreads];
static jmp_buf scheduler;
static int current;             // thread that runs
static const char* failure;     // what was wrong first; null: nothing
static void (*kernel)(void**);  // calls the kernel with these arguments
static void** arguments;

static void fail(const char* message) {
    if (!failure) failure = message;
}

// Contexts only begin fibers: from then on jumps change between them, which ask the kernel of the system for nothing.
static void pause() {
    if (!_setjmp(fibers[current].place)) _longjmp(scheduler, 1);
}

static void resume(Fiber& fiber) {
    if (_setjmp(scheduler)) return;
    if (fiber.has_begun) _longjmp(fiber.place, 1);
    fiber.has_begun = true;
    setcontext(&fiber.beginning);
}

static void run_fiber() {
    kernel(arguments);
    fibers[current].is_done = true;
    pause();
}

static void select_thread(int thread) {
    current = thread;
    const unsigned x = blockDim.x, y = blockDim.y, number = thread;
    threadIdx = {number % x, number / x % y, number / (x * y)};
}

static void prepare_fiber(int thread) {
    // Only what a fiber touches of its stack is ever given memory.
    static char* stacks = static_cast<char*>(std::malloc(kMostThreads * kStack));
    Fiber& fiber = fibers[thread];
    fiber.has_begun = fiber.is_done = false;
    fiber.barriers = fiber.shuffles = 0;
    getcontext(&fiber.beginning);
    fiber.beginning.uc_stack.ss_sp = stacks + thread * kStack;
    fiber.beginning.uc_stack.ss_size = kStack;
    makecontext(&fiber.beginning, run_fiber, 0);
}

// A thread that ended without a barrier that others wait at has diverged as well.
static void check_meetings(int threads) {
    for (int thread = 1; thread < threads; ++thread) {
        if (fibers[thread].barriers != fibers[0].barriers) fail("some threads of a block miss a barrier");
        if (fibers[thread].shuffles != fibers[thread / kWarp * kWarp].shuffles)
            fail("some lanes of a warp miss a shuffle");
    }
}

static void run_block_with_barriers(int threads) {
    for (int thread = 0; thread < threads; ++thread) prepare_fiber(thread);
    bool is_running = true, is_forwards = true;
    while (is_running && !failure) {
        is_running = false;
        for (int turn = 0; turn < threads; ++turn) {
            const int thread = is_forwards ? turn : threads - 1 - turn;
            if (fibers[thread].is_done) continue;
            is_running = true;
            select_thread(thread);
            resume(fibers[thread]);
        }
        is_forwards = !is_forwards;
        check_meetings(threads);
    }
}

static void run_block(int threads, bool has_barriers) {
    if (has_barriers) return run_block_with_barriers(threads);
    for (int thread = 0; thread < threads; ++thread) {
        select_thread(thread);
        kernel(arguments);
    }
}

// Runs all blocks, x first; returns what was wrong, or null.
static const char* run_grid(const unsigned* grid, const unsigned* block, bool has_barriers) {
    failure = nullptr;
    gridDim = {grid[0], grid[1], grid[2]};
    blockDim = {block[0], block[1], block[2]};
    const uint64_t threads = uint64_t(block[0]) * block[1] * block[2];
    if (threads == 0 || threads > kMostThreads || block[2] > kMostDepth) return "the block is larger than CUDA takes";
    if (grid[0] > INT32_MAX || grid[1] > kMostBlocks || grid[2] > kMostBlocks)
        return "the grid is larger than CUDA takes";
    for (unsigned z = 0; z < grid[2]; ++z)
        for (unsigned y = 0; y < grid[1]; ++y)
            for (unsigned x = 0; x < grid[0] && !failure; ++x) {
                blockIdx = {x, y, z};
                run_block(static_cast<int>(threads), has_barriers);
            }
    return failure;
}

}  // namespace cuda_on_cpu

static void __syncthreads() {
    ++cuda_on_cpu::fibers[cuda_on_cpu::current].barriers;
    cuda_on_cpu::pause();
}

template <class Number>
Number __shfl_xor_sync(unsigned, Number value, int mask) {
    using namespace cuda_on_cpu;
    const int own = current;
    ++fibers[own].shuffles;
    fibers[own].shuffled = static_cast<double>(value);
    pause();  // until all lanes have brought theirs
    const Number theirs = static_cast<Number>(fibers[own ^ mask].shuffled);
    pause();  // until all lanes have taken theirs
    return theirs;
}

// The compiler's sanitizers call these instead of their own library; the access happens nevertheless.
extern "C" void __ubsan_handle_type_mismatch_v1(void*, void*) {
    cuda_on_cpu::fail("an address is not aligned to its type");
}
extern "C" void __ubsan_handle_out_of_bounds(void*, void*) { cuda_on_cpu::fail("a place is outside its array"); }

// Tensor cores, as kernels name their instructions: all lanes of a warp come to each, and the first one does the work.
template <class Stored>
constexpr bool kHasTensorCores = sizeof(Stored) == 2;

template <class Stored>
struct Tile {
    float numbers[16][16];  // (row, depth) or (depth, column)
};
struct Sums {
    float numbers[16][16] = {};
};

namespace cuda_on_cpu {

// Says whether this lane does the work of its warp.
static bool meet(const void* place, int step, int least_step) {
    ++fibers[current].shuffles;
    pause();
    if (reinterpret_cast<uintptr_t>(place) % 32 || step % least_step) fail("tensor cores take no such place or step");
    return current % kWarp == 0;
}

template <class Stored>
void load_tile(Tile<Stored>& tile, const Stored* from, int step, bool is_turned) {
    if (!meet(from, step, 8)) return;
    for (int line = 0; line < 16; ++line)
        for (int place = 0; place < 16; ++place)
            (is_turned ? tile.numbers[place][line] : tile.numbers[line][place]) = from[line * step + place];
}

}  // namespace cuda_on_cpu

template <class Stored>
void load_left(Tile<Stored>& tile, const Stored* from, int step) {
    cuda_on_cpu::load_tile(tile, from, step, false);
}
template <class Stored>
void load_turned(Tile<Stored>& tile, const Stored* from, int step) {
    cuda_on_cpu::load_tile(tile, from, step, true);
}
template <class Stored>
void load_right(Tile<Stored>& tile, const Stored* from, int step) {
    cuda_on_cpu::load_tile(tile, from, step, false);
}
template <class Stored>
void add_product(Sums& sums, const Tile<Stored>& one, const Tile<Stored>& other) {
    if (!cuda_on_cpu::meet(nullptr, 0, 1)) return;
    for (int row = 0; row < 16; ++row)
        for (int depth = 0; depth < 16; ++depth)
            for (int column = 0; column < 16; ++column)
                sums.numbers[row][column] += one.numbers[row][depth] * other.numbers[depth][column];
}
template <class Stored>
void add_turned_product(Sums& sums, const Tile<Stored>& one, const Tile<Stored>& other) {
    add_product(sums, one, other);
}
static void store_tile(float* to, const Sums& sums, int step) {
    if (!cuda_on_cpu::meet(to, step, 4)) return;
    for (int row = 0; row < 16; ++row)
        for (int column = 0; column < 16; ++column) to[row * step + column] = sums.numbers[row][column];
}
