// One pass of blur fusion over pictures (item, channel, height, width); see _torch.py for the formulas.
// Columns of the weighted colours are summed first and kept as work_t, then rows. One thread per pixel; grid.z strides
// over planes or batch items.

// Column sums of `maps` planes an item: foreground * alpha by channel, alpha, background * (1 - alpha), 1 - alpha.
extern "C" __global__ void fuse_columns(const scalar_t* alpha, const work_t* foreground, const work_t* background,
                                        work_t* sums, int items, int channels, int height, int width, int radius) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    const long long size = static_cast<long long>(height) * width, maps = 2 * channels + 2;
    for (long long plane = blockIdx.z; plane < items * maps; plane += gridDim.z) {
        const long long item = plane / maps;
        const int map = plane % maps, channel = map % (channels + 1);
        const bool is_behind = map > channels, is_weight = channel == channels;
        const work_t* colour = (is_behind ? background : foreground) + (item * channels + channel) * size;
        work_t total = 0;
        for (int row = max(0, y - radius); row <= min(height - 1, y + radius); ++row) {
            const long long place = static_cast<long long>(row) * width + x;
            const work_t a = load(alpha, item * size + place), weight = is_behind ? 1 - a : a;
            total += is_weight ? weight : weight * colour[place];
        }
        sums[plane * size + static_cast<long long>(y) * width + x] = total;
    }
}

__device__ __forceinline__ work_t sum_row(const work_t* row, int x, int width, int radius) {
    work_t total = 0;
    for (int column = max(0, x - radius); column <= min(width - 1, x + radius); ++column) total += row[column];
    return total;
}

// `least`: the weight below which a window counts as empty, for its sum.
extern "C" __global__ void fuse_rows(const scalar_t* picture, const scalar_t* alpha, const work_t* sums,
                                     work_t* next_foreground, work_t* next_background, int items, int channels,
                                     int height, int width, int radius, work_t least) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    const long long size = static_cast<long long>(height) * width, line = static_cast<long long>(y) * width;
    for (long long item = blockIdx.z; item < items; item += gridDim.z) {
        const work_t* first = sums + item * (2 * channels + 2) * size + line;
        const work_t* second = first + (channels + 1) * size;
        const work_t front = sum_row(first + channels * size, x, width, radius) + least;
        const work_t back = sum_row(second + channels * size, x, width, radius) + least;
        const work_t a = load(alpha, item * size + line + x);
        for (int channel = 0; channel < channels; ++channel) {
            const long long place = (item * channels + channel) * size + line + x;
            const work_t near = sum_row(first + channel * size, x, width, radius) / front;
            const work_t behind = sum_row(second + channel * size, x, width, radius) / back;
            const work_t found = near + a * (load(picture, place) - a * near - (1 - a) * behind);
            next_foreground[place] = found < 0 ? work_t(0) : found > 1 ? work_t(1) : found;
            next_background[place] = behind;
        }
    }
}
