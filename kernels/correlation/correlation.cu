// Cost volume and its gradients over maps (batch, channels, height, width); see _torch.py for the formulas.
// RADIUS is defined at compile time. Blocks are TILE x TILE threads.
constexpr int kSide = 2 * RADIUS + 1;
constexpr int kTile = 16;
constexpr int kReach = kTile + 2 * RADIUS;
constexpr int kDepth = 4;  // channels that are staged in shared memory at a time

// One block per tile of pixels; grid.z counts batch items times rows dy, so that a thread holds one row of sums.
extern "C" __global__ void correlation(const scalar_t* first, const scalar_t* second, scalar_t* out, int channels,
                                       int height, int width) {
    __shared__ work_t staged[kDepth][kTile][kReach];
    const int item = blockIdx.z / kSide, row = blockIdx.z % kSide;
    const int left = blockIdx.x * kTile, top = blockIdx.y * kTile;
    const int x = left + threadIdx.x, y = top + threadIdx.y;
    const long long plane = static_cast<long long>(height) * width, map = item * channels * plane;
    work_t sums[kSide] = {};
    for (int channel = 0; channel < channels; channel += kDepth) {
        for (int place = threadIdx.y * kTile + threadIdx.x; place < kDepth * kTile * kReach; place += kTile * kTile) {
            const int c = place / (kTile * kReach), r = place / kReach % kTile, k = place % kReach;
            const int sy = top + r + row - RADIUS, sx = left + k - RADIUS;
            const bool inside = channel + c < channels && sy >= 0 && sy < height && sx >= 0 && sx < width;
            staged[c][r][k] = inside ? load(second, map + (channel + c) * plane + static_cast<long long>(sy) * width + sx)
                                     : work_t(0);
        }
        __syncthreads();
        if (x < width && y < height) {
#pragma unroll
            for (int c = 0; c < kDepth; ++c) {
                if (channel + c >= channels) break;
                const work_t here = load(first, map + (channel + c) * plane + static_cast<long long>(y) * width + x);
#pragma unroll
                for (int shift = 0; shift < kSide; ++shift)
                    sums[shift] += here * staged[c][threadIdx.y][threadIdx.x + shift];
            }
        }
        __syncthreads();
    }
    if (x >= width || y >= height) return;
    for (int shift = 0; shift < kSide; ++shift) {
        const long long volume = (static_cast<long long>(item) * kSide * kSide + row * kSide + shift) * plane;
        store(sums[shift] / channels, out, volume + static_cast<long long>(y) * width + x);
    }
}

// Gradients of both maps at one pixel of one channel: each gathers, so nothing is added to twice.
extern "C" __global__ void correlation_backward(const scalar_t* gradient, const scalar_t* first,
                                                const scalar_t* second, scalar_t* first_gradient,
                                                scalar_t* second_gradient, int channels, int height, int width) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    const long long plane = static_cast<long long>(height) * width, base = blockIdx.z * plane;
    const long long here = static_cast<long long>(y) * width + x;
    const scalar_t* weights = gradient + static_cast<long long>(blockIdx.z / channels) * kSide * kSide * plane;
    work_t to_first = 0, to_second = 0;
    for (int shift = 0; shift < kSide * kSide; ++shift) {
        const int dy = shift / kSide - RADIUS, dx = shift % kSide - RADIUS;
        const scalar_t* volume = weights + shift * plane;
        const long long step = static_cast<long long>(dy) * width + dx;
        if (y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width)
            to_first += load(volume, here) * load(second, base + here + step);
        if (y - dy >= 0 && y - dy < height && x - dx >= 0 && x - dx < width)
            to_second += load(volume, here - step) * load(first, base + here - step);
    }
    store(to_first / channels, first_gradient, base + here);
    store(to_second / channels, second_gradient, base + here);
}
