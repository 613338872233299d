// Samples of a deformable convolution and their gradients, for `count` output pixels from `first` on of one item.
// Picture (channels, height, width), offset (2 maps, out plane), mask (maps, out plane), where maps are groups * taps;
// columns (channels * taps, count). Formulas in _torch.py. One thread per output pixel and map: neighbouring threads
// look at neighbouring places.

// Steps of the kernel, in pixels.
struct Steps {
    int kernel_width, stride, padding, dilation;
};

// Where a tap of a group looks: four neighbours, -1 for those outside, and their weights.
struct Place {
    int corner[4];
    work_t weight[4], fx, fy, mask;

    __device__ Place(const scalar_t* offset, const scalar_t* masks, int map, int plane, int pixel, int height,
                     int width, int out_width, int tap, Steps steps) {
        const long long here = 2LL * map * plane + pixel;
        const int tap_y = tap / steps.kernel_width * steps.dilation, tap_x = tap % steps.kernel_width * steps.dilation;
        const work_t y = pixel / out_width * steps.stride - steps.padding + tap_y + load(offset, here);
        const work_t x = pixel % out_width * steps.stride - steps.padding + tap_x + load(offset, here + plane);
        const work_t top = floor(y), left = floor(x);
        fx = x - left;
        fy = y - top;
        mask = load(masks, static_cast<long long>(map) * plane + pixel);
        // A place far away, or one that is no number, becomes -2: all its neighbours are outside.
        const int row = top >= -1 && top < height ? static_cast<int>(top) : -2;
        const int column = left >= -1 && left < width ? static_cast<int>(left) : -2;
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const int r = row + k / 2, c = column + k % 2;
            corner[k] = r >= 0 && r < height && c >= 0 && c < width ? r * width + c : -1;
            weight[k] = (k / 2 ? fy : 1 - fy) * (k % 2 ? fx : 1 - fx);
        }
    }
};

extern "C" __global__ void columns(const scalar_t* picture, const scalar_t* offset, const scalar_t* mask,
                                   scalar_t* out, int first, int count, int channels, int height, int width,
                                   int out_width, int plane, int maps, int taps, int kernel_width, int stride,
                                   int padding, int dilation) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x, map = blockIdx.y;
    if (i >= count) return;
    const int depth = channels / (maps / taps), start = map / taps * depth;
    const Place place(offset, mask, map, plane, first + i, height, width, out_width, map % taps,
                      {kernel_width, stride, padding, dilation});
    const long long size = static_cast<long long>(height) * width;
    for (int channel = start; channel < start + depth; ++channel) {
        work_t sum = 0;
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            const bool inside = place.corner[k] >= 0;
            sum += place.weight[k] * (inside ? load(picture, channel * size + place.corner[k]) : work_t(0));
        }
        store(sum * place.mask, out, (static_cast<long long>(channel) * taps + map % taps) * count + i);
    }
}

// Gradients of all three. That of the picture scatters: its sums are atomic, and their order is not fixed.
extern "C" __global__ void columns_backward(const scalar_t* picture, const scalar_t* offset, const scalar_t* mask,
                                            const scalar_t* gradient, work_t* picture_gradient,
                                            work_t* offset_gradient, work_t* mask_gradient, int first, int count,
                                            int channels, int height, int width, int out_width, int plane, int maps,
                                            int taps, int kernel_width, int stride,
                                   int padding, int dilation) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x, map = blockIdx.y;
    if (i >= count) return;
    const int depth = channels / (maps / taps), start = map / taps * depth;
    const Place place(offset, mask, map, plane, first + i, height, width, out_width, map % taps,
                      {kernel_width, stride, padding, dilation});
    const long long size = static_cast<long long>(height) * width;
    work_t to[4] = {}, value = 0;
    for (int channel = start; channel < start + depth; ++channel) {
        const work_t given = load(gradient, (static_cast<long long>(channel) * taps + map % taps) * count + i);
#pragma unroll
        for (int k = 0; k < 4; ++k) {
            if (place.corner[k] < 0) continue;
            const long long there = channel * size + place.corner[k];
            to[k] += given * load(picture, there);
            atomicAdd(picture_gradient + there, given * place.mask * place.weight[k]);
        }
    }
#pragma unroll
    for (int k = 0; k < 4; ++k) value += place.weight[k] * to[k];
    const work_t down = (to[2] - to[0]) * (1 - place.fx) + (to[3] - to[1]) * place.fx;
    const work_t across = (to[1] - to[0]) * (1 - place.fy) + (to[3] - to[2]) * place.fy;
    offset_gradient[2LL * map * plane + first + i] = place.mask * down;
    offset_gradient[(2LL * map + 1) * plane + first + i] = place.mask * across;
    mask_gradient[static_cast<long long>(map) * plane + first + i] = value;
}
