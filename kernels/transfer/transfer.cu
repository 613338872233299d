// The sRGB transfer curve and its inverse, in grid-stride loops; see _torch.py for the formulas.
__device__ constexpr work_t kJoin = 0.003130668442500634, kEncodedJoin = 12.92 * 0.0031306684425006;

template <class Curve>
__device__ void each_number(const scalar_t* values, scalar_t* out, long long count, Curve curve) {
    const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long place = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; place < count; place += step)
        store(curve(load(values, place)), out, place);
}

extern "C" __global__ void encode_srgb(const scalar_t* linear, scalar_t* out, long long count) {
    each_number(linear, out, count, [](work_t value) {
        const work_t size = fabs(value);
        const work_t curved = work_t(1.055) * pow(size, work_t(1 / 2.4)) - work_t(0.055);
        return size > kJoin ? copysign(curved, value) : value * work_t(12.92);
    });
}

extern "C" __global__ void decode_srgb(const scalar_t* encoded, scalar_t* out, long long count) {
    each_number(encoded, out, count, [](work_t value) {
        const work_t size = fabs(value);
        const work_t curved = pow((size + work_t(0.055)) / work_t(1.055), work_t(2.4));
        return size > kEncodedJoin ? copysign(curved, value) : value / work_t(12.92);
    });
}
