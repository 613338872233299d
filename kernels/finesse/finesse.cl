// Steps of matte finesse over mattes (planes, height, width), one work item per pixel; see _torch.py for the formulas.
#define HERE const int x = get_global_id(0), y = get_global_id(1), width = get_global_size(0), \
                       height = get_global_size(1); \
             const size_t plane = get_global_id(2) * (size_t)width * height, place = plane + (size_t)y * width + x

// Alpha within 0..1, and 0 for what is no number; outside the frame the nearest pixel counts.
inline work_t saturated(work_t alpha) { return alpha > 0 ? (alpha < 1 ? alpha : (work_t)1) : (work_t)0; }
inline work_t pixel(__global const scalar_t* matte, size_t plane, int x, int y, int width, int height) {
    return saturated(LOAD(matte, plane + (size_t)clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)));
}

#define TINY 1.17549435e-38f  // smallest normal float
__kernel void levels(__global const scalar_t* matte, __global scalar_t* out, const work_t black, const work_t white,
                     const work_t exponent) {
    HERE;
    const work_t stretched = saturated((saturated(LOAD(matte, place)) - black) / (white - black));
    STORE(exponent == 1 || stretched < TINY ? stretched : power(stretched, exponent), out, place);
}

// Largest number within a disc; `sign` -1 turns all numbers, so that it becomes the smallest.
inline work_t dilated(__global const scalar_t* matte, size_t plane, int x, int y, int width, int height, int radius,
                      int sign) {
    work_t largest = -1;
    for (int dy = -radius; dy <= radius; ++dy) {
        const int half_width = (int)sqrt((float)(radius * radius - dy * dy));
        for (int dx = -half_width; dx <= half_width; ++dx)
            largest = max(largest, sign * pixel(matte, plane, x + dx, y + dy, width, height));
    }
    return largest;
}

__kernel void grow(__global const scalar_t* matte, __global scalar_t* out, const int inner, const int outer,
                   const work_t share, const int sign) {
    HERE;
    const work_t smaller = dilated(matte, plane, x, y, width, height, inner, sign);
    const work_t larger = inner == outer ? smaller : dilated(matte, plane, x, y, width, height, outer, sign);
    STORE(sign * (smaller + (larger - smaller) * share), out, place);
}

__kernel void blur_x(__global const scalar_t* matte, __global const work_t* weights, __global work_t* rows,
                     const int reach) {
    HERE;
    work_t sum = 0;
    for (int dx = -reach; dx <= reach; ++dx) sum += weights[dx + reach] * pixel(matte, plane, x + dx, y, width, height);
    rows[place] = sum;
}

__kernel void blur_y(__global const work_t* rows, __global const work_t* weights, __global scalar_t* out,
                     const int reach) {
    HERE;
    work_t sum = 0;
    for (int dy = -reach; dy <= reach; ++dy)
        sum += weights[dy + reach] * rows[plane + (size_t)clamp(y + dy, 0, height - 1) * width + x];
    STORE(sum, out, place);
}

// Largest number on the ring around each square window with `side` pixels that holds a pixel of the picture; one work
// item per window, of `sign` times the matte.
__kernel void build_walls(__global const work_t* matte, __global work_t* walls, const int height, const int width,
                          const int side, const int sign) {
    const int left = (int)get_global_id(0) - side + 1, top = (int)get_global_id(1) - side + 1;
    __global const work_t* plane = matte + get_global_id(2) * (size_t)width * height;
    work_t wall = -1;
    for (int step = -1; step <= side; ++step) {
        const int x = clamp(left + step, 0, width - 1), y = clamp(top + step, 0, height - 1);
        const size_t above = (size_t)clamp(top - 1, 0, height - 1) * width;
        const size_t below = (size_t)clamp(top + side, 0, height - 1) * width;
        const int before = clamp(left - 1, 0, width - 1), after = clamp(left + side, 0, width - 1);
        wall = max(wall, max(sign * plane[above + x], sign * plane[below + x]));
        wall = max(wall, max(sign * plane[(size_t)y * width + before], sign * plane[(size_t)y * width + after]));
    }
    const size_t stride = get_global_size(0), rows = get_global_size(1);
    walls[(get_global_id(2) * rows + get_global_id(1)) * stride + get_global_id(0)] = wall;
}

// Lowers (`sign` -1: raises) each pixel to the lowest wall of the windows that hold it.
__kernel void level(__global work_t* matte, __global const work_t* walls, const int side, const int sign) {
    HERE;
    const size_t stride = width + side - 1, first = get_global_id(2) * stride * (height + side - 1);
    work_t lowest = sign * matte[place];
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column)
            lowest = min(lowest, walls[first + (y + row) * stride + x + column]);
    matte[place] = sign * lowest;
}
