// Compositing of pictures (batch, channels, pixels) with mattes (batch, pixels); see _torch.py for the formulas.
// One work item per pixel and batch item: alpha is read once for all channels.

__kernel void over(__global const scalar_t* foreground, __global const scalar_t* alpha,
                   __global const scalar_t* background, __global scalar_t* out, const int channels) {
    const size_t pixel = get_global_id(0), item = get_global_id(1), plane = get_global_size(0);
    const work_t weight = LOAD(alpha, item * plane + pixel);
    for (int channel = 0; channel < channels; ++channel) {
        const size_t place = (item * channels + channel) * plane + pixel;
        STORE(LOAD(foreground, place) * weight + LOAD(background, place) * (1 - weight), out, place);
    }
}

__kernel void premultiply(__global const scalar_t* foreground, __global const scalar_t* alpha, __global scalar_t* out,
                          const int channels) {
    const size_t pixel = get_global_id(0), item = get_global_id(1), plane = get_global_size(0);
    const work_t weight = LOAD(alpha, item * plane + pixel);
    for (int channel = 0; channel < channels; ++channel) {
        const size_t place = (item * channels + channel) * plane + pixel;
        STORE(LOAD(foreground, place) * weight, out, place);
    }
}

__kernel void unpremultiply(__global const scalar_t* foreground, __global const scalar_t* alpha,
                            __global scalar_t* out, const int channels, const work_t epsilon) {
    const size_t pixel = get_global_id(0), item = get_global_id(1), plane = get_global_size(0);
    const work_t weight = LOAD(alpha, item * plane + pixel);
    for (int channel = 0; channel < channels; ++channel) {
        const size_t place = (item * channels + channel) * plane + pixel;
        // Not "weight >= epsilon": an alpha that is not a number shows in the result.
        STORE(weight < epsilon ? 0 : LOAD(foreground, place) / weight, out, place);
    }
}
