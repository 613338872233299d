// Dilation over planes (plane, height, width) by an element of rows (dy, dx, length); erosion dilates the negative.
// Level k holds the maxima over 2^k pixels to the right, as far as there are pixels: two of them cover any run.
// Threads stride over the pixels of all planes.

// The larger one; what is no number wins.
__device__ __forceinline__ work_t larger(work_t one, work_t other) {
    return other > one || other != other ? other : one;
}

// Level 0: the image itself, or its negative.
extern "C" __global__ void start(const scalar_t* image, scalar_t* levels, long long count, int sign) {
    const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long here = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; here < count; here += step)
        store(sign * load(image, here), levels, here);
}

// Level `level`, of `count` numbers, from the one before it; `reach` is half its length.
extern "C" __global__ void widen(scalar_t* levels, long long count, int width, int level, int reach) {
    const scalar_t* from = levels + (level - 1) * count;
    scalar_t* next = levels + level * count;
    const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long here = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; here < count; here += step) {
        const work_t value = load(from, here);
        const bool has_right = here % width + reach < width;
        store(has_right ? larger(value, load(from, here + reach)) : value, next, here);
    }
}

extern "C" __global__ void gather(const scalar_t* levels, const int* rows, scalar_t* out, int num_rows, long long count,
                                  int height, int width, int sign) {
    const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long here = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; here < count; here += step) {
        const int x = here % width, y = here / width % height;
        const long long plane = here - x - static_cast<long long>(y) * width;
        work_t found = -__int_as_float(0x7f800000);  // minus infinity
        for (int row = 0; row < num_rows; ++row) {
            const int there = y + rows[3 * row], left = x + rows[3 * row + 1];
            const int first = max(left, 0), last = min(left + rows[3 * row + 2], width);
            if (there < 0 || there >= height || first >= last) continue;
            const int level = 31 - __clz(last - first);
            const long long line = level * count + plane + static_cast<long long>(there) * width;
            found = larger(found, larger(load(levels, line + first), load(levels, line + last - (1 << level))));
        }
        store(sign * found, out, here);
    }
}
