// Despill of pictures (batch, 3, pixels); see _torch.py for the formula. One thread per pixel and batch item, in a
// grid-stride loop.

extern "C" __global__ void take_spill(const scalar_t* colour, scalar_t* out, long long count, long long plane,
                                      int channel, int is_limit, work_t amount, work_t given) {
    const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
    for (long long index = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; index < count;
         index += step) {
        const long long first = index / plane * 3 * plane + index % plane;
        const work_t one = load(colour, first + (channel == 0 ? 1 : 0) * plane);
        const work_t two = load(colour, first + (channel == 2 ? 1 : 2) * plane);
        const work_t larger = one != one || one > two ? one : two;  // what is no number stays none
        const work_t excess = load(colour, first + channel * plane) - (is_limit ? larger : (one + two) * work_t(0.5));
        const work_t taken = excess > 0 && excess - excess == 0 ? excess * amount : work_t(0);
        for (int other = 0; other < 3; ++other) {
            const long long place = first + other * plane;
            store(load(colour, place) + taken * given - (other == channel ? taken : work_t(0)), out, place);
        }
    }
}
