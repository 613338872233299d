// Means over windows and fits within them, over planes (plane, height, width); see _torch.py for the formulas.
// Columns are summed first and kept as work_t, then rows; SIDE x SIDE pixels cost 2 SIDE reads, most of them from cache.
// One thread per pixel; grid.z strides over planes or batch items.
constexpr int kShrink = 1, kReplicate = 2;  // borders; 0: zeros outside

struct Pixel {
    int x, y;
    long long size, line, here;  // of a plane; of this row and this pixel in it
};

__device__ __forceinline__ bool find_pixel(Pixel& pixel, int height, int width) {
    pixel.x = blockIdx.x * blockDim.x + threadIdx.x;
    pixel.y = blockIdx.y * blockDim.y + threadIdx.y;
    pixel.size = static_cast<long long>(height) * width;
    pixel.line = static_cast<long long>(pixel.y) * width;
    pixel.here = pixel.line + pixel.x;
    return pixel.x < width && pixel.y < height;
}

// The neighbours that a window takes along an axis: outside the picture they are left out, or repeat the border.
struct Span {
    __device__ Span(int place, int radius, int size, int border)
        : first(border == kReplicate ? place - radius : max(0, place - radius)),
          last(border == kReplicate ? place + radius : min(size - 1, place + radius)),
          most(size - 1) {}
    __device__ int at(int place) const { return min(max(place, 0), most); }
    int first, last, most;
};

extern "C" __global__ void sum_columns(const scalar_t* picture, work_t* sums, int planes, int height, int width,
                                       int radius, int border) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Span rows(pixel.y, radius, height, border);
    for (long long plane = blockIdx.z; plane < planes; plane += gridDim.z) {
        work_t total = 0;
        for (int row = rows.first; row <= rows.last; ++row)
            total += load(picture, plane * pixel.size + static_cast<long long>(rows.at(row)) * width + pixel.x);
        sums[plane * pixel.size + pixel.here] = total;
    }
}

// The sum of a row's part, from the sums of columns.
__device__ __forceinline__ work_t sum_row(const work_t* row, const Span& columns) {
    work_t total = 0;
    for (int column = columns.first; column <= columns.last; ++column) total += row[columns.at(column)];
    return total;
}

extern "C" __global__ void mean_rows(const work_t* sums, scalar_t* out, int planes, int height, int width, int radius,
                                     int border) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Span columns(pixel.x, radius, width, border), rows(pixel.y, radius, height, border);
    const work_t side = 2 * radius + 1;
    const work_t count = border == kShrink
                             ? work_t(rows.last - rows.first + 1) * work_t(columns.last - columns.first + 1)
                             : side * side;
    for (long long plane = blockIdx.z; plane < planes; plane += gridDim.z) {
        const work_t total = sum_row(sums + plane * pixel.size + pixel.line, columns);
        store(total / count, out, plane * pixel.size + pixel.here);
    }
}

// Sums of guide, picture, their product and the guide's square, `maps` planes apart; a map: one channel of one item.
extern "C" __global__ void linear_columns(const scalar_t* guide, const scalar_t* picture, work_t* sums, int maps,
                                          int height, int width, int radius) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Span rows(pixel.y, radius, height, 0);
    for (long long map = blockIdx.z; map < maps; map += gridDim.z) {
        work_t total[4] = {};
        for (int row = rows.first; row <= rows.last; ++row) {
            const long long place = map * pixel.size + static_cast<long long>(row) * width + pixel.x;
            const work_t g = load(guide, place), p = load(picture, place);
            total[0] += g;
            total[1] += p;
            total[2] += g * p;
            total[3] += g * g;
        }
        for (int k = 0; k < 4; ++k) sums[(k * static_cast<long long>(maps) + map) * pixel.size + pixel.here] = total[k];
    }
}

extern "C" __global__ void linear_rows(const work_t* sums, scalar_t* out, int maps, int channels, int height, int width,
                                       int radius, work_t epsilon) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Span columns(pixel.x, radius, width, 0);
    const work_t side = 2 * radius + 1;
    for (long long map = blockIdx.z; map < maps; map += gridDim.z) {
        work_t mean[4];
        for (int k = 0; k < 4; ++k) {
            const long long plane = k * static_cast<long long>(maps) + map;
            mean[k] = sum_row(sums + plane * pixel.size + pixel.line, columns) / (side * side);
        }
        const work_t slope = (mean[2] - mean[0] * mean[1]) / (mean[3] - mean[0] * mean[0] + epsilon);
        const long long place = (map / channels * 2 * channels + map % channels) * pixel.size + pixel.here;
        store(slope, out, place);
        store(mean[1] - slope * mean[0], out, place + channels * pixel.size);
    }
}

constexpr int kSums = 14;  // 1; r, g, b; matte; r, g, b times matte; rr, rg, rb, gg, gb, bb: all times the weight

extern "C" __global__ void colour_columns(const scalar_t* plate, const scalar_t* matte, const scalar_t* weight,
                                          work_t* sums, int items, int height, int width, int radius) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Span rows(pixel.y, radius, height, kReplicate);
    for (long long item = blockIdx.z; item < items; item += gridDim.z) {
        work_t total[kSums] = {};
        for (int row = rows.first; row <= rows.last; ++row) {
            const long long place = static_cast<long long>(rows.at(row)) * width + pixel.x;
            const long long colour = 3 * item * pixel.size + place;
            const work_t w = load(weight, item * pixel.size + place), a = w * load(matte, item * pixel.size + place);
            const work_t r = load(plate, colour), g = load(plate, colour + pixel.size);
            const work_t b = load(plate, colour + 2 * pixel.size);
            const work_t values[kSums] = {w,     w * r,     w * g,     w * b,     a,         a * r,     a * g,
                                          a * b, w * r * r, w * r * g, w * r * b, w * g * g, w * g * b, w * b * b};
#pragma unroll
            for (int k = 0; k < kSums; ++k) total[k] += values[k];
        }
#pragma unroll
        for (int k = 0; k < kSums; ++k) sums[(kSums * item + k) * pixel.size + pixel.here] = total[k];
    }
}

extern "C" __global__ void colour_rows(const work_t* sums, work_t* fit, int items, int height, int width, int radius,
                                       work_t epsilon) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Span columns(pixel.x, radius, width, kReplicate);
    for (long long item = blockIdx.z; item < items; item += gridDim.z) {
        work_t m[kSums];
#pragma unroll
        for (int k = 0; k < kSums; ++k)
            m[k] = sum_row(sums + (kSums * item + k) * pixel.size + pixel.line, columns) / (k ? m[0] : work_t(1));
        const work_t r = m[1], g = m[2], b = m[3], a = m[4];
        const work_t ra = m[5] - r * a, ga = m[6] - g * a, ba = m[7] - b * a;
        const work_t rr = m[8] - r * r + epsilon, rg = m[9] - r * g, rb = m[10] - r * b;
        const work_t gg = m[11] - g * g + epsilon, gb = m[12] - g * b, bb = m[13] - b * b + epsilon;
        const work_t i_rr = gg * bb - gb * gb, i_rg = rb * gb - rg * bb, i_rb = rg * gb - rb * gg;
        const work_t i_gg = rr * bb - rb * rb, i_gb = rg * rb - rr * gb, i_bb = rr * gg - rg * rg;
        const work_t found = rr * i_rr + rg * i_rg + rb * i_rb, least = epsilon * epsilon * epsilon;
        const work_t determinant = found < least ? least : found;
        const work_t to_r = (i_rr * ra + i_rg * ga + i_rb * ba) / determinant;
        const work_t to_g = (i_rg * ra + i_gg * ga + i_gb * ba) / determinant;
        const work_t to_b = (i_rb * ra + i_gb * ga + i_bb * ba) / determinant;
        work_t* place = fit + 4 * item * pixel.size + pixel.here;
        place[0] = to_r;
        place[pixel.size] = to_g;
        place[2 * pixel.size] = to_b;
        place[3 * pixel.size] = a - (to_r * r + to_g * g + to_b * b);
    }
}

// Where a pixel of the large picture lies in the small one, as torch's bilinear interpolation has it.
struct Between {
    __device__ Between(int place, int large, int small) {
        const work_t source = (place + work_t(0.5)) * (work_t(small) / work_t(large)) - work_t(0.5);
        const work_t inside = source > 0 ? source : work_t(0);
        first = min(static_cast<int>(inside), small - 1);
        second = min(first + 1, small - 1);
        share = inside - first;
    }
    int first, second;
    work_t share;
};

extern "C" __global__ void apply_fit(const scalar_t* guide, const scalar_t* fit, scalar_t* out, int maps, int channels,
                                     int groups, int height, int width, int fit_height, int fit_width) {
    Pixel pixel;
    if (!find_pixel(pixel, height, width)) return;
    const Between across(pixel.x, width, fit_width), down(pixel.y, height, fit_height);
    const int each = channels / groups;
    for (int map = blockIdx.z; map < maps; map += gridDim.z) {
        const int group = map % groups;
        const long long item = map / groups;
        work_t total = 0;
        for (int k = 0; k <= each; ++k) {
            const int channel = k < each ? group * each + k : channels + group;
            const long long plane = (item * (channels + groups) + channel) * fit_height;
            const long long one = (plane + down.first) * fit_width, two = (plane + down.second) * fit_width;
            const work_t left = load(fit, one + across.first), lower_left = load(fit, two + across.first);
            const work_t above = left + (load(fit, one + across.second) - left) * across.share;
            const work_t below = lower_left + (load(fit, two + across.second) - lower_left) * across.share;
            const work_t value = above + (below - above) * down.share;
            total += k < each ? value * load(guide, (item * channels + channel) * pixel.size + pixel.here) : value;
        }
        store(total, out, map * pixel.size + pixel.here);
    }
}
