// Compositing of pictures (batch, channels, pixels) with mattes (batch, pixels); see _torch.py for the formulas.
// One thread per pixel and batch item, in a grid-stride loop: alpha is read once for all channels.

template <class Blend>
__device__ void each_pixel(const scalar_t* alpha, scalar_t* out, long long count, long long plane, int channels,
                           Blend blend) {
    const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long index = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; index < count;
         index += step) {
        const work_t weight = load(alpha, index);
        const long long first = index / plane * channels * plane + index % plane;
        for (int channel = 0; channel < channels; ++channel) {
            const long long place = first + channel * plane;
            store(blend(place, weight), out, place);
        }
    }
}

extern "C" __global__ void over(const scalar_t* foreground, const scalar_t* alpha, const scalar_t* background,
                                scalar_t* out, long long count, long long plane, int channels) {
    each_pixel(alpha, out, count, plane, channels, [=](long long place, work_t weight) {
        return load(foreground, place) * weight + load(background, place) * (1 - weight);
    });
}

extern "C" __global__ void premultiply(const scalar_t* foreground, const scalar_t* alpha, scalar_t* out,
                                       long long count, long long plane, int channels) {
    each_pixel(alpha, out, count, plane, channels,
               [=](long long place, work_t weight) { return load(foreground, place) * weight; });
}

extern "C" __global__ void unpremultiply(const scalar_t* foreground, const scalar_t* alpha, scalar_t* out,
                                         long long count, long long plane, int channels, work_t epsilon) {
    each_pixel(alpha, out, count, plane, channels, [=](long long place, work_t weight) {
        // Not "weight >= epsilon": an alpha that is not a number shows in the result.
        return weight < epsilon ? work_t(0) : load(foreground, place) / weight;
    });
}
