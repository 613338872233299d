// One pass of blur fusion over pictures (item, channel, height, width); see _torch.py for the formulas.
// Columns of the weighted colours are summed first and kept as work_t, then rows.

// Column sums of `maps` planes an item: foreground * alpha by channel, alpha, background * (1 - alpha), 1 - alpha.
__kernel void fuse_columns(__global const scalar_t* alpha, __global const work_t* foreground,
                           __global const work_t* background, __global work_t* sums, const int channels,
                           const int height, const int width, const int radius) {
    const int x = get_global_id(0), y = get_global_id(1), maps = 2 * channels + 2;
    const size_t size = (size_t)height * width, item = get_global_id(2) / maps;
    const int map = get_global_id(2) % maps, channel = map % (channels + 1);
    const bool is_behind = map > channels, is_weight = channel == channels;
    __global const work_t* colour = (is_behind ? background : foreground) + (item * channels + channel) * size;
    work_t total = 0;
    for (int row = max(0, y - radius); row <= min(height - 1, y + radius); ++row) {
        const size_t place = (size_t)row * width + x;
        const work_t a = LOAD(alpha, item * size + place), weight = is_behind ? 1 - a : a;
        total += is_weight ? weight : weight * colour[place];
    }
    sums[get_global_id(2) * size + (size_t)y * width + x] = total;
}

inline work_t sum_row(__global const work_t* row, int x, int width, int radius) {
    work_t total = 0;
    for (int column = max(0, x - radius); column <= min(width - 1, x + radius); ++column) total += row[column];
    return total;
}

// `least`: the weight below which a window counts as empty, for its sum.
__kernel void fuse_rows(__global const scalar_t* picture, __global const scalar_t* alpha, __global const work_t* sums,
                        __global work_t* next_foreground, __global work_t* next_background, const int channels,
                        const int height, const int width, const int radius, const work_t least) {
    const int x = get_global_id(0), y = get_global_id(1);
    const size_t size = (size_t)height * width, item = get_global_id(2), line = (size_t)y * width, here = line + x;
    __global const work_t* first = sums + item * (2 * channels + 2) * size + line;
    __global const work_t* second = first + (channels + 1) * size;
    const work_t front = sum_row(first + channels * size, x, width, radius) + least;
    const work_t back = sum_row(second + channels * size, x, width, radius) + least;
    const work_t a = LOAD(alpha, item * size + here);
    for (int channel = 0; channel < channels; ++channel) {
        const size_t place = (item * channels + channel) * size + here;
        const work_t near = sum_row(first + channel * size, x, width, radius) / front;
        const work_t behind = sum_row(second + channel * size, x, width, radius) / back;
        const work_t found = near + a * (LOAD(picture, place) - a * near - (1 - a) * behind);
        next_foreground[place] = found < 0 ? 0 : found > 1 ? 1 : found;
        next_background[place] = behind;
    }
}
