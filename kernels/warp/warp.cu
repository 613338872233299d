// Moves pictures (batch, channels, height, width) along flow (batch, 2, height, width), and the gradients of that. A
// pixel is related to the place (x + flow x * stretch x, y + flow y * stretch y); formulas in _torch.py. One thread per
// pixel: blockIdx.x counts pixels, y batch items, z slices of kSlice channels.
constexpr int kSlice = 16;

// Where a pixel is related to: four neighbours (numbers of pixels, -1 for those outside), how far it is from the first.
struct Place {
    int corner[4];
    work_t weight[4], fx, fy;

    __device__ Place(const scalar_t* flow, int pixel, int height, int width, work_t stretch_x, work_t stretch_y) {
        const long long plane = static_cast<long long>(height) * width, here = 2 * blockIdx.y * plane + pixel;
        const work_t x = pixel % width + load(flow, here) * stretch_x;
        const work_t y = pixel / width + load(flow, here + plane) * stretch_y;
        const work_t before = floor(x), above = floor(y);
        fx = x - before;
        fy = y - above;
        // A place far away, or one that is no number, becomes -2: all its neighbours are outside.
        const int left = before >= -1 && before < width ? static_cast<int>(before) : -2;
        const int top = above >= -1 && above < height ? static_cast<int>(above) : -2;
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const int c = left + k % 2, r = top + k / 2;
            corner[k] = r >= 0 && r < height && c >= 0 && c < width ? r * width + c : -1;
            weight[k] = (k / 2 ? fy : 1 - fy) * (k % 2 ? fx : 1 - fx);
        }
    }
};

extern "C" __global__ void gather(const scalar_t* image, const scalar_t* flow, scalar_t* out, int channels, int height,
                                  int width, work_t stretch_x, work_t stretch_y) {
    const int pixel = blockIdx.x * blockDim.x + threadIdx.x, size = height * width;
    if (pixel >= size) return;
    const Place at(flow, pixel, height, width, stretch_x, stretch_y);
    const int end = min(channels, static_cast<int>(blockIdx.z + 1) * kSlice);
    for (int channel = blockIdx.z * kSlice; channel < end; ++channel) {
        const long long base = (static_cast<long long>(blockIdx.y) * channels + channel) * size;
        work_t sum = 0;
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const bool inside = at.corner[k] >= 0;
            sum += at.weight[k] * (inside ? load(image, base + at.corner[k]) : work_t(0));
        }
        store(sum, out, base + pixel);
    }
}

// How much of each lookup is inside. Multiplied, not chosen: a place that is no number has a coverage that is none.
extern "C" __global__ void coverage(const scalar_t* flow, scalar_t* out, int height, int width, work_t stretch_x,
                                    work_t stretch_y) {
    const int pixel = blockIdx.x * blockDim.x + threadIdx.x, size = height * width;
    if (pixel >= size) return;
    const Place at(flow, pixel, height, width, stretch_x, stretch_y);
    work_t sum = 0;
#pragma unroll
    for (int k = 0; k < 4; ++k) sum += at.weight[k] * (at.corner[k] < 0 ? work_t(0) : work_t(1));
    store(sum, out, static_cast<long long>(blockIdx.y) * size + pixel);
}

// What a change of the flow does to the sum of `factor` times the lookups of `image`.
extern "C" __global__ void slopes(const scalar_t* image, const scalar_t* factor, const scalar_t* flow, scalar_t* out,
                                  int channels, int height, int width, work_t stretch_x, work_t stretch_y) {
    const int pixel = blockIdx.x * blockDim.x + threadIdx.x, size = height * width;
    if (pixel >= size) return;
    const Place at(flow, pixel, height, width, stretch_x, stretch_y);
    work_t across = 0, down = 0;
    for (int channel = 0; channel < channels; ++channel) {
        const long long base = (static_cast<long long>(blockIdx.y) * channels + channel) * size;
        work_t v[4];
#pragma unroll
        for (int k = 0; k < 4; ++k) v[k] = at.corner[k] < 0 ? work_t(0) : load(image, base + at.corner[k]);
        const work_t given = load(factor, base + pixel);
        across += given * ((1 - at.fy) * (v[1] - v[0]) + at.fy * (v[3] - v[2]));
        down += given * ((1 - at.fx) * (v[2] - v[0]) + at.fx * (v[3] - v[1]));
    }
    store(across * stretch_x, out, 2LL * blockIdx.y * size + pixel);
    store(down * stretch_y, out, (2LL * blockIdx.y + 1) * size + pixel);
}

// Adds values times weights to the grid points around their places; with `total`, the weights too. `weights` may be
// null, for ones. The sums are atomic, so their order is not fixed.
extern "C" __global__ void scatter(const scalar_t* values, const scalar_t* weights, const scalar_t* flow, work_t* out,
                                   work_t* total, int channels, int height, int width, work_t stretch_x,
                                   work_t stretch_y) {
    const int pixel = blockIdx.x * blockDim.x + threadIdx.x, size = height * width;
    if (pixel >= size) return;
    const Place at(flow, pixel, height, width, stretch_x, stretch_y);
    const long long plane = static_cast<long long>(blockIdx.y) * size;
    const work_t factor = weights ? load(weights, plane + pixel) : work_t(1);
    if (total && blockIdx.z == 0) {
#pragma unroll
        for (int k = 0; k < 4; ++k)
            if (at.corner[k] >= 0) atomicAdd(total + plane + at.corner[k], factor * at.weight[k]);
    }
    const int end = min(channels, static_cast<int>(blockIdx.z + 1) * kSlice);
    for (int channel = blockIdx.z * kSlice; channel < end; ++channel) {
        const long long base = plane * channels + static_cast<long long>(channel) * size;
        const work_t value = load(values, base + pixel) * factor;
#pragma unroll
        for (int k = 0; k < 4; ++k)
            if (at.corner[k] >= 0) atomicAdd(out + base + at.corner[k], value * at.weight[k]);
    }
}

// Turns sums into means.
extern "C" __global__ void divide(const work_t* sums, const work_t* total, scalar_t* out, int channels, int height,
                                  int width, work_t least) {
    const int pixel = blockIdx.x * blockDim.x + threadIdx.x, size = height * width;
    if (pixel >= size) return;
    const work_t share = total[static_cast<long long>(blockIdx.y) * size + pixel] + least;
    const int end = min(channels, static_cast<int>(blockIdx.z + 1) * kSlice);
    for (int channel = blockIdx.z * kSlice; channel < end; ++channel) {
        const long long here = (static_cast<long long>(blockIdx.y) * channels + channel) * size + pixel;
        store(sums[here] / share, out, here);
    }
}
