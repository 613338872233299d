// The sRGB transfer curve and its inverse, one work item per number; see _torch.py for the formulas.
// work_t is float unless numbers are stored as double; "1 / 2.4" is computed in that type.
#define JOIN ((work_t)0.003130668442500634)
#define ENCODED_JOIN ((work_t)(12.92 * 0.003130668442500634))

__kernel void encode_srgb(__global const scalar_t* linear, __global scalar_t* out) {
    const size_t place = get_global_id(0);
    const work_t value = LOAD(linear, place), size = fabs(value);
    const work_t curved = (work_t)1.055 * power(size, (work_t)1 / (work_t)2.4) - (work_t)0.055;
    STORE(size > JOIN && size < INFINITY ? copysign(curved, value) : value * (work_t)12.92, out, place);
}

__kernel void decode_srgb(__global const scalar_t* encoded, __global scalar_t* out) {
    const size_t place = get_global_id(0);
    const work_t value = LOAD(encoded, place), size = fabs(value);
    const work_t curved = power((size + (work_t)0.055) / (work_t)1.055, (work_t)2.4);
    STORE(size > ENCODED_JOIN && size < INFINITY ? copysign(curved, value) : value / (work_t)12.92, out, place);
}
