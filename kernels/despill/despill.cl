// Despill of pictures (batch, 3, pixels); see _torch.py for the formula. One work item per pixel and batch item.

__kernel void take_spill(__global const scalar_t* colour, __global scalar_t* out, const int channel, const int is_limit,
                         const work_t amount, const work_t given) {
    const size_t plane = get_global_size(0), first = get_global_id(1) * 3 * plane + get_global_id(0);
    const work_t one = LOAD(colour, first + (channel == 0 ? 1 : 0) * plane);
    const work_t two = LOAD(colour, first + (channel == 2 ? 1 : 2) * plane);
    const work_t larger = isnan(one) || one > two ? one : two;  // what is no number stays none
    const work_t excess = LOAD(colour, first + channel * plane) - (is_limit ? larger : (one + two) * (work_t)0.5);
    const work_t taken = excess > 0 && isfinite(excess) ? excess * amount : 0;
    for (int other = 0; other < 3; ++other) {
        const size_t place = first + other * plane;
        STORE(LOAD(colour, place) + taken * given - (other == channel ? taken : 0), out, place);
    }
}
