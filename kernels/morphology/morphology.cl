// Dilation over planes (plane, height, width) by an element of rows (dy, dx, length); erosion dilates the negative.
// Level k holds the maxima over 2^k pixels to the right, as far as there are pixels: two of them cover any run.

// The larger one; what is no number wins.
inline work_t larger(work_t one, work_t other) { return other > one || isnan(other) ? other : one; }

// Level 0: the image itself, or its negative.
__kernel void start(__global const scalar_t* image, __global scalar_t* level, const int height, const int width,
                    const int sign) {
    const size_t here = ((size_t)get_global_id(2) * height + get_global_id(1)) * width + get_global_id(0);
    STORE(sign * LOAD(image, here), level, here);
}

__kernel void widen(__global const scalar_t* level, __global scalar_t* next, const int height, const int width,
                    const int reach) {
    const int x = get_global_id(0);
    const size_t here = ((size_t)get_global_id(2) * height + get_global_id(1)) * width + x;
    const work_t value = LOAD(level, here);
    STORE(x + reach < width ? larger(value, LOAD(level, here + reach)) : value, next, here);
}

__kernel void gather(__global const scalar_t* levels, __global const int* rows, __global scalar_t* out,
                     const int num_rows, const int height, const int width, const int sign) {
    const int x = get_global_id(0), y = get_global_id(1);
    const size_t plane = (size_t)get_global_id(2) * height * width, distance = get_global_size(2) * (size_t)height * width;
    work_t found = -INFINITY;
    for (int row = 0; row < num_rows; ++row) {
        const int there = y + rows[3 * row], left = x + rows[3 * row + 1];
        const int first = max(left, 0), last = min(left + rows[3 * row + 2], width);
        if (there < 0 || there >= height || first >= last) continue;
        const int level = 31 - clz(last - first);
        const size_t line = level * distance + plane + (size_t)there * width;
        found = larger(found, larger(LOAD(levels, line + first), LOAD(levels, line + last - (1 << level))));
    }
    STORE(sign * found, out, plane + (size_t)y * width + x);
}
