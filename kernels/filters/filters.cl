// Means over windows and fits within them, over planes (plane, height, width); see _torch.py for the formulas.
// Columns are summed first and kept as work_t, then rows; SIDE x SIDE pixels cost 2 SIDE reads.
#define ZEROS 0
#define SHRINK 1
#define REPLICATE 2

inline int inside(int place, int radius, int size) {
    return min(size, place + radius + 1) - max(0, place - radius);
}

// Rows that a window around y takes: outside they are left out or, when replicated, clamped by the caller.
inline int first_of(int place, int radius, int border) { return border == REPLICATE ? place - radius : max(0, place - radius); }
inline int last_of(int place, int radius, int size, int border) {
    return border == REPLICATE ? place + radius : min(size - 1, place + radius);
}

__kernel void sum_columns(__global const scalar_t* picture, __global work_t* sums, const int height, const int width,
                          const int radius, const int border) {
    const int x = get_global_id(0), y = get_global_id(1);
    const size_t plane = (size_t)get_global_id(2) * height * width;
    work_t total = 0;
    for (int row = first_of(y, radius, border); row <= last_of(y, radius, height, border); ++row)
        total += LOAD(picture, plane + (size_t)clamp(row, 0, height - 1) * width + x);
    sums[plane + (size_t)y * width + x] = total;
}

// The sum of a row's part, from the sums of columns.
inline work_t sum_row(__global const work_t* row, int x, int width, int radius, int border) {
    work_t total = 0;
    for (int column = first_of(x, radius, border); column <= last_of(x, radius, width, border); ++column)
        total += row[clamp(column, 0, width - 1)];
    return total;
}

__kernel void mean_rows(__global const work_t* sums, __global scalar_t* out, const int height, const int width,
                        const int radius, const int border) {
    const int x = get_global_id(0), y = get_global_id(1), side = 2 * radius + 1;
    const size_t line = ((size_t)get_global_id(2) * height + y) * width;
    const work_t count = border == SHRINK ? (work_t)inside(y, radius, height) * inside(x, radius, width)
                                          : (work_t)side * side;
    STORE(sum_row(sums + line, x, width, radius, border) / count, out, line + x);
}

// Sums of guide, picture, their product and the guide's square, `distance` apart; plane: batch item and channel.
__kernel void linear_columns(__global const scalar_t* guide, __global const scalar_t* picture, __global work_t* sums,
                             const int height, const int width, const int radius) {
    const int x = get_global_id(0), y = get_global_id(1);
    const size_t plane = (size_t)get_global_id(2) * height * width;
    const size_t distance = (size_t)get_global_size(2) * height * width, here = plane + (size_t)y * width + x;
    work_t total[4] = {0, 0, 0, 0};
    for (int row = first_of(y, radius, ZEROS); row <= last_of(y, radius, height, ZEROS); ++row) {
        const size_t place = plane + (size_t)row * width + x;
        const work_t g = LOAD(guide, place), p = LOAD(picture, place);
        total[0] += g;
        total[1] += p;
        total[2] += g * p;
        total[3] += g * g;
    }
    for (int k = 0; k < 4; ++k) sums[k * distance + here] = total[k];
}

__kernel void linear_rows(__global const work_t* sums, __global scalar_t* out, const int channels, const int height,
                          const int width, const int radius, const work_t epsilon) {
    const int x = get_global_id(0), y = get_global_id(1), map = get_global_id(2), side = 2 * radius + 1;
    const size_t size = (size_t)height * width, line = (size_t)y * width;
    const size_t distance = (size_t)get_global_size(2) * size;
    work_t mean[4];
    for (int k = 0; k < 4; ++k)
        mean[k] = sum_row(sums + k * distance + map * size + line, x, width, radius, ZEROS) / ((work_t)side * side);
    const work_t slope = (mean[2] - mean[0] * mean[1]) / (mean[3] - mean[0] * mean[0] + epsilon);
    const size_t place = ((size_t)(map / channels) * 2 * channels + map % channels) * size + line + x;
    STORE(slope, out, place);
    STORE(mean[1] - slope * mean[0], out, place + channels * size);
}

// Weighted sums: 1; r, g, b; matte; r, g, b times matte; rr, rg, rb, gg, gb, bb.
__kernel void colour_columns(__global const scalar_t* plate, __global const scalar_t* matte,
                             __global const scalar_t* weight, __global work_t* sums, const int height, const int width,
                             const int radius) {
    const int x = get_global_id(0), y = get_global_id(1);
    const size_t size = (size_t)height * width, item = get_global_id(2);
    work_t total[14];
    for (int k = 0; k < 14; ++k) total[k] = 0;
    for (int row = y - radius; row <= y + radius; ++row) {
        const size_t place = (size_t)clamp(row, 0, height - 1) * width + x, colour = 3 * item * size + place;
        const work_t w = LOAD(weight, item * size + place), a = w * LOAD(matte, item * size + place);
        const work_t r = LOAD(plate, colour), g = LOAD(plate, colour + size), b = LOAD(plate, colour + 2 * size);
        const work_t values[14] = {w,     w * r,     w * g,     w * b,     a,         a * r,     a * g,
                                   a * b, w * r * r, w * r * g, w * r * b, w * g * g, w * g * b, w * b * b};
        for (int k = 0; k < 14; ++k) total[k] += values[k];
    }
    for (int k = 0; k < 14; ++k) sums[(14 * item + k) * size + (size_t)y * width + x] = total[k];
}

__kernel void colour_rows(__global const work_t* sums, __global work_t* fit, const int height, const int width,
                          const int radius, const work_t epsilon) {
    const int x = get_global_id(0), y = get_global_id(1);
    const size_t size = (size_t)height * width, item = get_global_id(2), line = (size_t)y * width;
    work_t m[14];
    for (int k = 0; k < 14; ++k) m[k] = sum_row(sums + (14 * item + k) * size + line, x, width, radius, REPLICATE);
    for (int k = 1; k < 14; ++k) m[k] /= m[0];
    const work_t r = m[1], g = m[2], b = m[3], a = m[4];
    const work_t ra = m[5] - r * a, ga = m[6] - g * a, ba = m[7] - b * a;
    const work_t rr = m[8] - r * r + epsilon, rg = m[9] - r * g, rb = m[10] - r * b;
    const work_t gg = m[11] - g * g + epsilon, gb = m[12] - g * b, bb = m[13] - b * b + epsilon;
    const work_t i_rr = gg * bb - gb * gb, i_rg = rb * gb - rg * bb, i_rb = rg * gb - rb * gg;
    const work_t i_gg = rr * bb - rb * rb, i_gb = rg * rb - rr * gb, i_bb = rr * gg - rg * rg;
    const work_t found = rr * i_rr + rg * i_rg + rb * i_rb, least = (work_t)epsilon * epsilon * epsilon;
    const work_t determinant = found < least ? least : found;
    const work_t to_r = (i_rr * ra + i_rg * ga + i_rb * ba) / determinant;
    const work_t to_g = (i_rg * ra + i_gg * ga + i_gb * ba) / determinant;
    const work_t to_b = (i_rb * ra + i_gb * ga + i_bb * ba) / determinant;
    const size_t place = 4 * item * size + line + x;
    fit[place] = to_r;
    fit[place + size] = to_g;
    fit[place + 2 * size] = to_b;
    fit[place + 3 * size] = a - (to_r * r + to_g * g + to_b * b);
}

// Where a pixel of the large picture lies in the small one, as torch's bilinear interpolation has it.
inline work_t source_of(int place, int large, int small) {
    return fmax((work_t)0, (place + (work_t)0.5) * ((work_t)small / large) - (work_t)0.5);
}

__kernel void apply_fit(__global const scalar_t* guide, __global const scalar_t* fit, __global scalar_t* out,
                        const int channels, const int groups, const int height, const int width, const int fit_height,
                        const int fit_width) {
    const int x = get_global_id(0), y = get_global_id(1), group = get_global_id(2) % groups;
    const size_t item = get_global_id(2) / groups, size = (size_t)height * width, here = (size_t)y * width + x;
    const work_t across = source_of(x, width, fit_width), down = source_of(y, height, fit_height);
    const int left = min((int)across, fit_width - 1), right = min(left + 1, fit_width - 1);
    const int upper = min((int)down, fit_height - 1), lower = min(upper + 1, fit_height - 1);
    const int each = channels / groups;
    work_t total = 0;
    for (int k = 0; k <= each; ++k) {
        const int channel = k < each ? group * each + k : channels + group;
        const size_t map = (item * (channels + groups) + channel) * fit_height;
        const size_t one = (map + upper) * fit_width, two = (map + lower) * fit_width;
        const work_t above = LOAD(fit, one + left) + (LOAD(fit, one + right) - LOAD(fit, one + left)) * (across - left);
        const work_t below = LOAD(fit, two + left) + (LOAD(fit, two + right) - LOAD(fit, two + left)) * (across - left);
        const work_t value = above + (below - above) * (down - upper);
        total += k < each ? value * LOAD(guide, (item * channels + channel) * size + here) : value;
    }
    STORE(total, out, (size_t)get_global_id(2) * size + here);
}
