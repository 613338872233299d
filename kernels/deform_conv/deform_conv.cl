// Samples of a deformable convolution and their gradients, for `count` output pixels from `first` on of one item.
// Picture (batch, channels, height, width), offset (batch, 2 maps, out plane), mask (batch, maps, out plane), where
// maps are groups * taps; columns (channels * taps, count) in work_t. Formulas in _torch.py.

// The last arguments of every kernel.
#define SIZES                                                                                                       \
    const int out_width, const int plane, const int maps, const int taps, const int kernel_width, const int stride, \
        const int padding, const int dilation

// Where a tap of a group looks: four neighbours, -1 for those outside, and how far it is from the first.
typedef struct {
    int corner[4];
    work_t fx, fy, mask;
} place_t;

inline place_t find_place(__global const scalar_t* offset, __global const scalar_t* mask, const size_t map,
                          const int pixel, const int tap, const int height, const int width, const int out_width,
                          const int plane, const int kernel_width, const int stride, const int padding,
                          const int dilation) {
    const size_t here = 2 * map * plane + pixel;
    const work_t y = pixel / out_width * stride - padding + tap / kernel_width * dilation + LOAD(offset, here);
    const work_t x = pixel % out_width * stride - padding + tap % kernel_width * dilation + LOAD(offset, here + plane);
    const work_t top = floor(y), left = floor(x);
    place_t place;
    place.fx = x - left;
    place.fy = y - top;
    place.mask = LOAD(mask, map * plane + pixel);
    // A place far away, or one that is no number, becomes -2: all its neighbours are outside.
    const int row = top >= -1 && top < height ? (int)top : -2, column = left >= -1 && left < width ? (int)left : -2;
    for (int k = 0; k < 4; ++k) {
        const int r = row + k / 2, c = column + k % 2;
        place.corner[k] = r >= 0 && r < height && c >= 0 && c < width ? r * width + c : -1;
    }
    return place;
}

inline work_t weight_of(const place_t* place, const int k) {
    return (k / 2 ? place->fy : 1 - place->fy) * (k % 2 ? place->fx : 1 - place->fx);
}

// One work item per pixel and map.
__kernel void columns(__global const scalar_t* picture, __global const scalar_t* offset, __global const scalar_t* mask,
                      __global work_t* out, const int item, const int first, const int channels, const int height,
                      const int width, SIZES) {
    const int i = get_global_id(0), map = get_global_id(1), count = get_global_size(0);
    const int depth = channels / (maps / taps), start = map / taps * depth, tap = map % taps;
    const place_t place =
        find_place(offset, mask, (size_t)item * maps + map, first + i, tap, height, width, out_width, plane,
                   kernel_width, stride, padding, dilation);
    work_t weights[4];
    for (int k = 0; k < 4; ++k) weights[k] = weight_of(&place, k) * place.mask;
    for (int channel = start; channel < start + depth; ++channel) {
        const size_t base = ((size_t)item * channels + channel) * height * width;
        work_t sum = 0;
        for (int k = 0; k < 4; ++k)
            sum += weights[k] * (place.corner[k] < 0 ? 0 : LOAD(picture, base + place.corner[k]));
        out[((size_t)channel * taps + tap) * count + i] = sum;
    }
}

// Gradients of offset and mask; one work item per pixel and map.
__kernel void place_gradients(__global const scalar_t* picture, __global const scalar_t* offset,
                              __global const scalar_t* mask, __global const work_t* gradient,
                              __global work_t* offset_gradient, __global work_t* mask_gradient, const int item,
                              const int first, const int channels, const int height, const int width, SIZES) {
    const int i = get_global_id(0), map = get_global_id(1), count = get_global_size(0);
    const int depth = channels / (maps / taps), start = map / taps * depth, tap = map % taps;
    const size_t here = (size_t)item * maps + map;
    const place_t place = find_place(offset, mask, here, first + i, tap, height, width, out_width, plane,
                   kernel_width, stride, padding, dilation);
    work_t to[4] = {0, 0, 0, 0}, value = 0;
    for (int channel = start; channel < start + depth; ++channel) {
        const size_t base = ((size_t)item * channels + channel) * height * width;
        const work_t given = gradient[((size_t)channel * taps + tap) * count + i];
        for (int k = 0; k < 4; ++k) to[k] += given * (place.corner[k] < 0 ? 0 : LOAD(picture, base + place.corner[k]));
    }
    for (int k = 0; k < 4; ++k) value += weight_of(&place, k) * to[k];
    const work_t down = (to[2] - to[0]) * (1 - place.fx) + (to[3] - to[1]) * place.fx;
    const work_t across = (to[1] - to[0]) * (1 - place.fy) + (to[3] - to[2]) * place.fy;
    offset_gradient[2 * here * plane + first + i] = place.mask * down;
    offset_gradient[(2 * here + 1) * plane + first + i] = place.mask * across;
    mask_gradient[here * plane + first + i] = value;
}

// Adds to the gradient of the picture. One work item per channel, so that the sums are always the same.
__kernel void picture_gradient(__global const scalar_t* offset, __global const scalar_t* mask,
                               __global const work_t* gradient, __global work_t* out, const int item, const int first,
                               const int count, const int channels, const int height, const int width, SIZES) {
    const int channel = get_global_id(0), group = channel / (channels / (maps / taps));
    __global work_t* target = out + ((size_t)item * channels + channel) * height * width;
    for (int i = 0; i < count; ++i) {
        for (int tap = 0; tap < taps; ++tap) {
            const size_t map = (size_t)item * maps + group * taps + tap;
            const place_t place = find_place(offset, mask, map, first + i, tap, height, width, out_width, plane,
                   kernel_width, stride, padding, dilation);
            const work_t given = gradient[((size_t)channel * taps + tap) * count + i] * place.mask;
            for (int k = 0; k < 4; ++k)
                if (place.corner[k] >= 0) target[place.corner[k]] += given * weight_of(&place, k);
        }
    }
}
