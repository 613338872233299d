// Cost volume and its gradients over maps (batch, channels, height, width); see _torch.py for the formulas.
// RADIUS is defined at compile time.
#define SIDE (2 * RADIUS + 1)

// One work item per pixel, row and batch item: all displacements of a row dy are summed in registers.
__kernel void correlation(__global const scalar_t* first, __global const scalar_t* second, __global scalar_t* out,
                          const int channels, const int height, const int width) {
    const int x = get_global_id(0), y = get_global_id(1), item = get_global_id(2);
    const size_t plane = (size_t)height * width, map = (size_t)item * channels * plane;
    for (int row = 0; row < SIDE; ++row) {
        const int there = y + row - RADIUS;
        const bool is_row = there >= 0 && there < height;
        work_t sums[SIDE];
        for (int shift = 0; shift < SIDE; ++shift) sums[shift] = 0;
        for (int channel = 0; channel < channels; ++channel) {
            const size_t base = map + channel * plane;
            const work_t here = LOAD(first, base + (size_t)y * width + x);
            for (int shift = 0; shift < SIDE; ++shift) {
                const int column = x + shift - RADIUS;
                const bool is_inside = is_row && column >= 0 && column < width;
                sums[shift] += here * (is_inside ? LOAD(second, base + (size_t)there * width + column) : 0);
            }
        }
        for (int shift = 0; shift < SIDE; ++shift) {
            const size_t place = ((size_t)item * SIDE * SIDE + row * SIDE + shift) * plane + (size_t)y * width + x;
            STORE(sums[shift] / channels, out, place);
        }
    }
}

// Gradients of both maps at one pixel: each gathers, so nothing is added to twice.
__kernel void correlation_backward(__global const scalar_t* gradient, __global const scalar_t* first,
                                   __global const scalar_t* second, __global scalar_t* first_gradient,
                                   __global scalar_t* second_gradient, const int channels, const int height,
                                   const int width) {
    const int x = get_global_id(0), y = get_global_id(1), map = get_global_id(2);
    const size_t plane = (size_t)height * width, base = map * plane, here = (size_t)y * width + x;
    const size_t weights = (size_t)(map / channels) * SIDE * SIDE * plane;
    work_t to_first = 0, to_second = 0;
    for (int shift = 0; shift < SIDE * SIDE; ++shift) {
        const int dy = shift / SIDE - RADIUS, dx = shift % SIDE - RADIUS;
        const size_t volume = weights + shift * plane;
        if (y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width)
            to_first += LOAD(gradient, volume + here) * LOAD(second, base + (size_t)(y + dy) * width + x + dx);
        if (y - dy >= 0 && y - dy < height && x - dx >= 0 && x - dx < width) {
            const size_t from = (size_t)(y - dy) * width + x - dx;
            to_second += LOAD(gradient, volume + from) * LOAD(first, base + from);
        }
    }
    STORE(to_first / channels, first_gradient, base + here);
    STORE(to_second / channels, second_gradient, base + here);
}
