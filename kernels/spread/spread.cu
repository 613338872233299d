// Spreading of colour, level by level; see _torch.py for the formulas. One thread per pixel of what is written.
// Levels are (channels + 1, height, width) of work_t, weighted colours and their weight.

struct Size {
    int height, width;
    __device__ __forceinline__ long long area() const { return static_cast<long long>(height) * width; }
    __device__ __forceinline__ long long place(int x, int y) const { return static_cast<long long>(y) * width + x; }
    __device__ __forceinline__ Size halved() const { return {(height + 1) / 2, (width + 1) / 2}; }
};

// The mean of up to four numbers of a fine plane, which value(place) gives.
template <class Value>
__device__ __forceinline__ work_t mean(Size fine, int x, int y, Value value) {
    const int rows = min(2 * y + 2, fine.height), columns = min(2 * x + 2, fine.width);
    work_t sum = 0;
    for (int row = 2 * y; row < rows; ++row)
        for (int column = 2 * x; column < columns; ++column) sum += value(fine.place(column, row));
    return sum / ((rows - 2 * y) * (columns - 2 * x));
}

// value(channel, place) gives weighted colours, and with `channels` for the channel their weight.
template <class Value>
__device__ __forceinline__ void halve_with(work_t* out, int channels, Size fine, Value value) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    const Size size = fine.halved();
    if (x >= size.width || y >= size.height) return;
    const work_t trust = mean(fine, x, y, [&](long long place) { return value(channels, place); });
    const work_t raise = 4 / max(trust * 4, work_t(1));  // as many as four full pixels are one full pixel
    for (int channel = 0; channel < channels; ++channel)
        out[channel * size.area() + size.place(x, y)] =
            mean(fine, x, y, [&](long long place) { return value(channel, place); }) * raise;
    out[channels * size.area() + size.place(x, y)] = trust * raise;
}

extern "C" __global__ void halve_picture(const scalar_t* colour, const scalar_t* weight, work_t* out, int channels,
                                         int height, int width, work_t least) {
    const Size fine{height, width};
    halve_with(out, channels, fine, [&](int channel, long long place) {
        const work_t trust = load(weight, place);
        return channel == channels ? trust : load(colour, channel * fine.area() + place) * trust;
    });
}

extern "C" __global__ void halve(const work_t* level, work_t* out, int channels, int height, int width, work_t least) {
    const Size fine{height, width};
    halve_with(out, channels, fine, [&](int channel, long long place) { return level[channel * fine.area() + place]; });
}

// The level of one pixel.
extern "C" __global__ void divide(const work_t* level, work_t* out, int channels, work_t least) {
    if (threadIdx.x > 0 || threadIdx.y > 0) return;
    for (int channel = 0; channel < channels; ++channel) out[channel] = level[channel] / max(level[channels], least);
}

// A plane of half the size, at a pixel.
__device__ __forceinline__ work_t enlarged(const work_t* coarse, int x, int y, Size size) {
    const Size half = size.halved();
    const int near_y = y / 2, near_x = x / 2;
    const int far_y = min(max(near_y + 2 * (y % 2) - 1, 0), half.height - 1);
    const int far_x = min(max(near_x + 2 * (x % 2) - 1, 0), half.width - 1);
    const work_t *near = coarse + half.place(0, near_y), *far = coarse + half.place(0, far_y);
    const work_t most = 0.75, rest = 0.25;
    return most * (most * near[near_x] + rest * near[far_x]) + rest * (most * far[near_x] + rest * far[far_x]);
}

// What a level knows over what is known coarsely.
extern "C" __global__ void show(const work_t* coarse, const work_t* level, work_t* out, int channels, int height,
                                int width, work_t least) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    const Size size{height, width};
    if (x >= width || y >= height) return;
    const long long here = size.place(x, y);
    const work_t trust = level[channels * size.area() + here];
    for (int channel = 0; channel < channels; ++channel) {
        const work_t filled = enlarged(coarse + channel * size.halved().area(), x, y, size);
        const work_t own = level[channel * size.area() + here] / max(trust, least);
        out[channel * size.area() + here] = filled + trust * (own - filled);
    }
}

extern "C" __global__ void fill(const scalar_t* colour, const scalar_t* weight, const work_t* coarse, scalar_t* out,
                                int channels, int height, int width, work_t least) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    const Size size{height, width};
    if (x >= width || y >= height) return;
    const long long here = size.place(x, y);
    const bool is_known = load(weight, here) > 0;
    for (int channel = 0; channel < channels; ++channel) {
        const long long place = channel * size.area() + here;
        if (is_known) {
            out[place] = colour[place];
        } else {
            store(enlarged(coarse + channel * size.halved().area(), x, y, size), out, place);
        }
    }
}
