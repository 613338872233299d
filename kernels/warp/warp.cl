// Moves pictures (batch, channels, height, width) along flow (batch, 2, height, width), and the gradients of that. A
// pixel is related to the place (x + flow x * stretch x, y + flow y * stretch y); formulas in _torch.py.

typedef struct {
    int left, top;  // the grid point before and above; -2 for a place far away, or one that is no number
    work_t fx, fy;
} place_t;

inline place_t find_place(__global const scalar_t* flow, const int x, const int y, const int item, const int height,
                          const int width, const work_t stretch_x, const work_t stretch_y) {
    const size_t plane = (size_t)height * width, here = 2 * item * plane + (size_t)y * width + x;
    const work_t to_x = x + LOAD(flow, here) * stretch_x, to_y = y + LOAD(flow, here + plane) * stretch_y;
    const work_t before = floor(to_x), above = floor(to_y);
    place_t place;
    place.left = before >= -1 && before < width ? (int)before : -2;
    place.top = above >= -1 && above < height ? (int)above : -2;
    place.fx = to_x - before;
    place.fy = to_y - above;
    return place;
}

inline work_t value_at(__global const scalar_t* plane, const int x, const int y, const int height, const int width) {
    return x >= 0 && x < width && y >= 0 && y < height ? LOAD(plane, (size_t)y * width + x) : 0;
}

// One work item per pixel and batch item.
__kernel void gather(__global const scalar_t* image, __global const scalar_t* flow, __global scalar_t* out,
                     const int channels, const work_t stretch_x, const work_t stretch_y) {
    const int x = get_global_id(0), y = get_global_id(1), item = get_global_id(2);
    const int width = get_global_size(0), height = get_global_size(1);
    const place_t at = find_place(flow, x, y, item, height, width, stretch_x, stretch_y);
    const size_t plane = (size_t)height * width;
    for (int channel = 0; channel < channels; ++channel) {
        const size_t base = ((size_t)item * channels + channel) * plane;
        __global const scalar_t* map = image + base;
        const work_t a = value_at(map, at.left, at.top, height, width);
        const work_t b = value_at(map, at.left + 1, at.top, height, width);
        const work_t c = value_at(map, at.left, at.top + 1, height, width);
        const work_t d = value_at(map, at.left + 1, at.top + 1, height, width);
        const work_t above = (1 - at.fx) * a + at.fx * b, below = (1 - at.fx) * c + at.fx * d;
        STORE((1 - at.fy) * above + at.fy * below, out, base + (size_t)y * width + x);
    }
}

// How much of each lookup is inside. Multiplied, not chosen: a place that is no number has a coverage that is none.
__kernel void coverage(__global const scalar_t* flow, __global scalar_t* out, const work_t stretch_x,
                       const work_t stretch_y) {
    const int x = get_global_id(0), y = get_global_id(1), item = get_global_id(2);
    const int width = get_global_size(0), height = get_global_size(1);
    const place_t at = find_place(flow, x, y, item, height, width, stretch_x, stretch_y);
    const work_t a = at.left >= 0, b = at.left >= -1 && at.left < width - 1;
    const work_t c = at.top >= 0, d = at.top >= -1 && at.top < height - 1;
    const work_t cover = ((1 - at.fx) * a + at.fx * b) * ((1 - at.fy) * c + at.fy * d);
    STORE(cover, out, ((size_t)item * height + y) * width + x);
}

// What a change of the flow does to the sum of `factor` times the lookups of `image`.
__kernel void slopes(__global const scalar_t* image, __global const scalar_t* factor, __global const scalar_t* flow,
                     __global scalar_t* out, const int channels, const work_t stretch_x, const work_t stretch_y) {
    const int x = get_global_id(0), y = get_global_id(1), item = get_global_id(2);
    const int width = get_global_size(0), height = get_global_size(1);
    const place_t at = find_place(flow, x, y, item, height, width, stretch_x, stretch_y);
    const size_t plane = (size_t)height * width, here = (size_t)y * width + x;
    work_t across = 0, down = 0;
    for (int channel = 0; channel < channels; ++channel) {
        const size_t base = ((size_t)item * channels + channel) * plane;
        __global const scalar_t* map = image + base;
        const work_t a = value_at(map, at.left, at.top, height, width);
        const work_t b = value_at(map, at.left + 1, at.top, height, width);
        const work_t c = value_at(map, at.left, at.top + 1, height, width);
        const work_t d = value_at(map, at.left + 1, at.top + 1, height, width);
        const work_t given = LOAD(factor, base + here);
        across += given * ((1 - at.fy) * (b - a) + at.fy * (d - c));
        down += given * ((1 - at.fx) * (c - a) + at.fx * (d - b));
    }
    STORE(across * stretch_x, out, 2 * item * plane + here);
    STORE(down * stretch_y, out, (2 * item + 1) * plane + here);
}

// The least and the largest row that each row of pixels is carried to (its first neighbour); one work item per row.
__kernel void reach(__global const scalar_t* flow, __global int* rows, const int width, const work_t stretch_x,
                    const work_t stretch_y) {
    const int y = get_global_id(0), item = get_global_id(1), height = get_global_size(0);
    int least = height, largest = -2;
    for (int x = 0; x < width; ++x) {
        const int top = find_place(flow, x, y, item, height, width, stretch_x, stretch_y).top;
        if (top > -2) least = min(least, top);
        largest = max(largest, top);
    }
    rows[2 * (item * height + y)] = least;
    rows[2 * (item * height + y) + 1] = largest;
}

// Adds `values` to the grid points around their places. One work item per row of a plane goes through the rows that
// reach it, in order: the sums are always the same, without atomics.
__kernel void scatter(__global const scalar_t* values, __global const scalar_t* flow, __global const int* rows,
                      __global work_t* out, const int channels, const int width, const work_t stretch_x,
                      const work_t stretch_y) {
    const int target = get_global_id(0), map = get_global_id(1), height = get_global_size(0);
    const int item = map / channels;
    const size_t base = (size_t)map * height * width;
    __global work_t* line = out + base + (size_t)target * width;
    for (int x = 0; x < width; ++x) line[x] = 0;
    for (int y = 0; y < height; ++y) {
        const int place = 2 * (item * height + y);
        if (rows[place] > target || rows[place + 1] < target - 1) continue;
        for (int x = 0; x < width; ++x) {
            const place_t at = find_place(flow, x, y, item, height, width, stretch_x, stretch_y);
            if (at.top != target && (at.top != target - 1 || at.top == -2)) continue;
            const work_t part = LOAD(values, base + (size_t)y * width + x) * (at.top == target ? 1 - at.fy : at.fy);
            if (at.left >= 0) line[at.left] += part * (1 - at.fx);
            if (at.left >= -1 && at.left < width - 1) line[at.left + 1] += part * at.fx;
        }
    }
}
