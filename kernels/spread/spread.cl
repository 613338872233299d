// Spreading of colour, level by level; see _torch.py for the formulas. One work item per pixel of what is written; the
// grid may be larger.
// Levels are (channels + 1, height, width) of work_t, weighted colours and their weight.

// The mean of up to four pixels of a fine plane, of which VALUE(place) gives the numbers; as many as four full pixels
// are one full pixel.
#define MEAN(result, VALUE)                                                                   \
    do {                                                                                      \
        result = 0;                                                                           \
        for (int row = 2 * y; row < rows; ++row)                                              \
            for (int column = 2 * x; column < columns; ++column) result += VALUE((long)row * width + column); \
        result /= (rows - 2 * y) * (columns - 2 * x);                                         \
    } while (0)

#define HALVE(WEIGHT, COLOUR)                                                                 \
    const int x = get_global_id(0), y = get_global_id(1);                                     \
    const int half_height = (height + 1) / 2, half_width = (width + 1) / 2;                   \
    if (x >= half_width || y >= half_height) return;                                          \
    const int rows = min(2 * y + 2, height), columns = min(2 * x + 2, width);                 \
    const long fine = (long)height * width, area = (long)half_height * half_width;            \
    const long here = (long)y * half_width + x;                                               \
    work_t trust, sum;                                                                        \
    MEAN(trust, WEIGHT);                                                                      \
    const work_t raise = 4 / fmax(trust * 4, (work_t)1);                                      \
    for (int channel = 0; channel < channels; ++channel) {                                    \
        MEAN(sum, COLOUR);                                                                    \
        out[channel * area + here] = sum * raise;                                             \
    }                                                                                         \
    out[channels * area + here] = trust * raise

#define PICTURE_WEIGHT(place) LOAD(weight, place)
#define PICTURE_COLOUR(place) (LOAD(colour, channel * fine + (place)) * LOAD(weight, place))
__kernel void halve_picture(__global const scalar_t* colour, __global const scalar_t* weight, __global work_t* out,
                            int channels, int height, int width, work_t least) {
    HALVE(PICTURE_WEIGHT, PICTURE_COLOUR);
}

#define LEVEL_WEIGHT(place) level[channels * fine + (place)]
#define LEVEL_COLOUR(place) level[channel * fine + (place)]
__kernel void halve(__global const work_t* level, __global work_t* out, int channels, int height, int width,
                    work_t least) {
    HALVE(LEVEL_WEIGHT, LEVEL_COLOUR);
}

// The level of one pixel.
__kernel void divide(__global const work_t* level, __global work_t* out, int channels, work_t least) {
    if (get_global_id(0) > 0 || get_global_id(1) > 0) return;
    for (int channel = 0; channel < channels; ++channel) out[channel] = level[channel] / fmax(level[channels], least);
}

// A plane of half the size, at a pixel.
inline work_t enlarged(__global const work_t* coarse, int x, int y, int height, int width) {
    const int rows = (height + 1) / 2, columns = (width + 1) / 2, near_y = y / 2, near_x = x / 2;
    const int far_y = clamp(near_y + 2 * (y % 2) - 1, 0, rows - 1);
    const int far_x = clamp(near_x + 2 * (x % 2) - 1, 0, columns - 1);
    __global const work_t *near = coarse + (long)near_y * columns, *far = coarse + (long)far_y * columns;
    const work_t most = (work_t)0.75, rest = (work_t)0.25;
    return most * (most * near[near_x] + rest * near[far_x]) + rest * (most * far[near_x] + rest * far[far_x]);
}

// What a level knows over what is known coarsely.
__kernel void show(__global const work_t* coarse, __global const work_t* level, __global work_t* out, int channels,
                   int height, int width, work_t least) {
    const int x = get_global_id(0), y = get_global_id(1);
    if (x >= width || y >= height) return;
    const long area = (long)height * width, here = (long)y * width + x;
    const long coarse_area = (long)((height + 1) / 2) * ((width + 1) / 2);
    const work_t trust = level[channels * area + here];
    for (int channel = 0; channel < channels; ++channel) {
        const work_t filled = enlarged(coarse + channel * coarse_area, x, y, height, width);
        const work_t own = level[channel * area + here] / fmax(trust, least);
        out[channel * area + here] = filled + trust * (own - filled);
    }
}

__kernel void fill(__global const scalar_t* colour, __global const scalar_t* weight, __global const work_t* coarse,
                   __global scalar_t* out, int channels, int height, int width, work_t least) {
    const int x = get_global_id(0), y = get_global_id(1);
    if (x >= width || y >= height) return;
    const long area = (long)height * width, here = (long)y * width + x;
    const long coarse_area = (long)((height + 1) / 2) * ((width + 1) / 2);
    const bool is_known = LOAD(weight, here) > 0;
    for (int channel = 0; channel < channels; ++channel) {
        const long place = channel * area + here;
        // what is stored comes back to the bit: a type that is wider holds all of it
        const work_t found = is_known ? LOAD(colour, place)
                                      : enlarged(coarse + channel * coarse_area, x, y, height, width);
        STORE(found, out, place);
    }
}
