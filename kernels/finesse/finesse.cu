// Steps of matte finesse over mattes (planes, height, width); see _torch.py for the formulas. One thread per pixel;
// grid.x and grid.y cover a plane, threads go through the planes in steps of grid.z.
#define FOR_EACH_PIXEL                                                                        \
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y; \
    if (x >= width || y >= height) return;                                                    \
    const long long area = static_cast<long long>(width) * height, here = static_cast<long long>(y) * width + x; \
    for (int number = blockIdx.z; number < planes; number += gridDim.z)

// Alpha within 0..1, and 0 for what is no number; outside the frame the nearest pixel counts.
__device__ __forceinline__ work_t saturated(work_t alpha) {
    return alpha > 0 ? (alpha < 1 ? alpha : work_t(1)) : work_t(0);
}

struct Plane {
    const scalar_t* first;
    int width, height;
    __device__ __forceinline__ work_t operator()(int x, int y) const {
        const int column = min(max(x, 0), width - 1), row = min(max(y, 0), height - 1);
        return saturated(load(first, static_cast<long long>(row) * width + column));
    }
};

extern "C" __global__ void levels(const scalar_t* matte, scalar_t* out, int planes, int height, int width,
                                  work_t black, work_t white, work_t exponent) {
    FOR_EACH_PIXEL {
        const long long place = number * area + here;
        const work_t stretched = saturated((saturated(load(matte, place)) - black) / (white - black));
        store(exponent == 1 || stretched == 0 ? stretched : pow(stretched, exponent), out, place);
    }
}

// Largest number within a disc; `sign` -1 turns all numbers, so that it becomes the smallest.
__device__ work_t dilated(const Plane& plane, int x, int y, int radius, int sign) {
    work_t largest = -1;
    for (int dy = -radius; dy <= radius; ++dy) {
        const int half_width = static_cast<int>(sqrtf(static_cast<float>(radius * radius - dy * dy)));
        for (int dx = -half_width; dx <= half_width; ++dx) largest = max(largest, sign * plane(x + dx, y + dy));
    }
    return largest;
}

extern "C" __global__ void grow(const scalar_t* matte, scalar_t* out, int planes, int height, int width, int inner,
                                int outer, work_t share, int sign) {
    FOR_EACH_PIXEL {
        const Plane plane{matte + number * area, width, height};
        const work_t smaller = dilated(plane, x, y, inner, sign);
        const work_t larger = inner == outer ? smaller : dilated(plane, x, y, outer, sign);
        store(sign * (smaller + (larger - smaller) * share), out, number * area + here);
    }
}

extern "C" __global__ void blur_x(const scalar_t* matte, const work_t* weights, work_t* rows, int planes, int height,
                                  int width, int reach) {
    FOR_EACH_PIXEL {
        const Plane plane{matte + number * area, width, height};
        work_t sum = 0;
        for (int dx = -reach; dx <= reach; ++dx) sum += weights[dx + reach] * plane(x + dx, y);
        rows[number * area + here] = sum;
    }
}

extern "C" __global__ void blur_y(const work_t* rows, const work_t* weights, scalar_t* out, int planes, int height,
                                  int width, int reach) {
    FOR_EACH_PIXEL {
        work_t sum = 0;
        for (int dy = -reach; dy <= reach; ++dy) {
            const int row = min(max(y + dy, 0), height - 1);
            sum += weights[dy + reach] * rows[number * area + static_cast<long long>(row) * width + x];
        }
        store(sum, out, number * area + here);
    }
}

// Largest number on the ring around each square window with `side` pixels that holds a pixel of the picture; one thread
// per window, of `sign` times the matte. `height` and `width` count the windows.
extern "C" __global__ void build_walls(const work_t* matte, work_t* walls, int planes, int height, int width, int side,
                                       int sign) {
    FOR_EACH_PIXEL {
        const int last_row = height - side, last_column = width - side;  // of the picture
        const work_t* plane = matte + static_cast<long long>(number) * (last_row + 1) * (last_column + 1);
        const auto at = [=](int column, int row) {
            const long long start = static_cast<long long>(min(max(row, 0), last_row)) * (last_column + 1);
            return sign * plane[start + min(max(column, 0), last_column)];
        };
        const int left = x - side + 1, top = y - side + 1;
        work_t wall = -1;
        for (int step = -1; step <= side; ++step) {
            wall = max(wall, max(at(left + step, top - 1), at(left + step, top + side)));
            wall = max(wall, max(at(left - 1, top + step), at(left + side, top + step)));
        }
        walls[number * area + here] = wall;
    }
}

// Lowers (`sign` -1: raises) each pixel to the lowest wall of the windows that hold it.
extern "C" __global__ void level(work_t* matte, const work_t* walls, int planes, int height, int width, int side,
                                 int sign) {
    FOR_EACH_PIXEL {
        const long long stride = width + side - 1, first = number * stride * (height + side - 1);
        work_t lowest = sign * matte[number * area + here];
        for (int row = 0; row < side; ++row)
            for (int column = 0; column < side; ++column)
                lowest = min(lowest, walls[first + (y + row) * stride + x + column]);
        matte[number * area + here] = sign * lowest;
    }
}
