// The matting Laplacian solved on open pixels by conjugate gradients; formulas in _torch.py, order of kernels in
// _steps.py. One item an open pixel, in steps of the grid. `at` holds the places of the open pixels in a picture with
// two pixels of border, weights (25, count) what they take from their neighbours. `energies` and `bends` hold a number a
// step; once an energy is small enough nothing changes any more.
#define THREADS 128
#define CENTRE 12
#define GROUP __attribute__((reqd_work_group_size(THREADS, 1, 1)))

// What rows and sums are formed in.
#if defined(cl_khr_fp64)
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double wide_t;
#else
typedef work_t wide_t;
#endif

#define FOR_EACH_OPEN_PIXEL for (long u = get_global_id(0); u < count; u += get_global_size(0))

inline bool is_enough(__global const work_t* energies, int number, work_t enough) {
    return !(energies[number] > enough * energies[0]);
}

// Adds up a number of each item of a group as a tree; all items come here. The sum is the first item's.
inline wide_t add_group(wide_t own, __local wide_t* sums) {
    const int item = get_local_id(0);
    sums[item] = own;
    for (int half_group = THREADS / 2; half_group > 0; half_group /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (item < half_group) sums[item] += sums[item + half_group];
    }
    return sums[item];
}

inline void store_sum(wide_t own, __local wide_t* sums, __global work_t* partial) {
    const wide_t sum = add_group(own, sums);
    if (get_local_id(0) == 0) partial[get_group_id(0)] = (work_t)sum;
}

inline work_t diagonal_of(__global const work_t* weights, long count, long u) {
    const work_t centre = weights[CENTRE * count + u];
    return centre > (work_t)1e-12f ? centre : (work_t)1e-12f;
}

// The colours around a pixel, two on every side; 0, and not counted, where there is no finite number.
typedef struct {
    wide_t colour[25][3];
    bool counts[25];
} Surroundings;

inline void gather(__global const work_t* plate, int y, int x, int height, int width, Surroundings* around) {
    const long plane = (long)height * width;
    for (int k = 0; k < 25; ++k) {
        const int row = y + k / 5 - 2, column = x + k % 5 - 2;
        bool counts = row >= 0 && row < height && column >= 0 && column < width;
        const long place = counts ? (long)row * width + column : 0;
        for (int c = 0; c < 3; ++c) counts = counts && isfinite(plate[c * plane + place]);
        for (int c = 0; c < 3; ++c) around->colour[k][c] = counts ? (wide_t)(plate[c * plane + place]) : 0;
        around->counts[k] = counts;
    }
}

// Adds what the window whose first member is `corner` says. The inverse of its covariance comes by LDL', which keeps its
// digits where colours lie on a line.
inline void add_window(const Surroundings* around, int corner, wide_t noise, wide_t* weights) {
    wide_t mean[3] = {0, 0, 0}, v[6] = {0, 0, 0, 0, 0, 0};
    bool counts = true;
    for (int i = 0; i < 9; ++i) {
        const int k = corner + i / 3 * 5 + i % 3;
        counts = counts && around->counts[k];
        for (int c = 0; c < 3; ++c) mean[c] += around->colour[k][c];
    }
    if (!counts) return;
    for (int c = 0; c < 3; ++c) mean[c] /= 9;
    for (int i = 0; i < 9; ++i) {
        const wide_t* colour = around->colour[corner + i / 3 * 5 + i % 3];
        const wide_t r = colour[0] - mean[0], g = colour[1] - mean[1], b = colour[2] - mean[2];
        v[0] += r * r, v[1] += r * g, v[2] += r * b, v[3] += g * g, v[4] += g * b, v[5] += b * b;
    }
    const wide_t first = v[0] / 9 + noise, gr = v[1] / 9 / first, br = v[2] / 9 / first;
    const wide_t second = v[3] / 9 + noise - gr * v[1] / 9, bg = (v[4] / 9 - br * v[1] / 9) / second;
    const wide_t third = v[5] / 9 + noise - br * v[2] / 9 - bg * bg * second;
    // L of the covariance solved for the pixel's own colour, then the diagonal, then L'
    const wide_t* own = around->colour[CENTRE];
    const wide_t r = own[0] - mean[0], g = own[1] - mean[1] - gr * r, b = own[2] - mean[2] - br * r - bg * g;
    const wide_t along_b = b / third, along_g = g / second - bg * along_b;
    const wide_t along_r = r / first - gr * along_g - br * along_b;
    weights[CENTRE] += 1;
    for (int i = 0; i < 9; ++i) {
        const int k = corner + i / 3 * 5 + i % 3;
        const wide_t* colour = around->colour[k];
        weights[k] -= (1 + along_r * (colour[0] - mean[0]) + along_g * (colour[1] - mean[1]) +
                       along_b * (colour[2] - mean[2])) / 9;
    }
}

__kernel GROUP void rows(__global const work_t* plate, __global const work_t* believed, __global const long* at, __global work_t* weights,
                                __global work_t* field, __global work_t* solution, __global work_t* residual, __global work_t* partial, int count,
                                int height, int width, work_t trust, work_t least_trust, work_t epsilon) {
    __local wide_t sums[THREADS];
    const int stride = width + 4;
    wide_t sum = 0;
    FOR_EACH_OPEN_PIXEL {
        const long place = at[u];
        Surroundings around;
        gather(plate, (int)(place / stride) - 2, (int)(place % stride) - 2, height, width, &around);
        wide_t row[25] = {0};
        for (int window = 0; window < 9; ++window) {
            add_window(&around, window / 3 * 5 + window % 3, (wide_t)(epsilon) / 9, row);
        }
        work_t pull = 0;
        for (int k = 0; k < 25; ++k) {
            const work_t weight = (work_t)(row[k]);
            weights[k * (long)count + u] = weight;
            pull += weight * believed[place + (k / 5 - 2) * stride + k % 5 - 2];
        }
        // the belief pulls nowhere yet: the solution starts at it
        const work_t belief = believed[place], sure = (2 * belief - 1) * (2 * belief - 1);
        weights[CENTRE * (long)count + u] += trust * (sure > least_trust ? sure : least_trust);
        const work_t scaled = -pull / diagonal_of(weights, count, u);
        solution[u] = belief;
        residual[u] = -pull;
        field[place] = scaled;
        sum += (wide_t)(-pull) * (wide_t)(scaled);
    }
    store_sum(sum, sums, partial);
}

// The second half of a sum: over the groups, by one of them.
__kernel GROUP void add_up(__global const work_t* partial, __global work_t* sums, __global const work_t* energies, int groups, int into,
                                  int number, work_t enough) {
    __local wide_t shared[THREADS];
    wide_t own = 0;
    for (int group = get_local_id(0); group < groups; group += THREADS) own += partial[group];
    const wide_t sum = add_group(own, shared);
    if (get_local_id(0) > 0) return;
    sums[into] = number >= 0 && is_enough(energies, number, enough) ? energies[number] : (work_t)(sum);
}

// The rows times the direction, which `field` holds.
__kernel GROUP void apply_rows(__global const long* at, __global const work_t* weights, __global const work_t* field, __global work_t* image,
                                      __global work_t* partial, __global const work_t* energies, int count, int stride, int number,
                                      work_t enough) {
    __local wide_t sums[THREADS];
    if (is_enough(energies, number, enough)) return;
    wide_t sum = 0;
    FOR_EACH_OPEN_PIXEL {
        __global const work_t* from = field + at[u];
        work_t total = 0;
        for (int k = 0; k < 25; ++k) {
            total += weights[k * (long)count + u] * from[(k / 5 - 2) * stride + k % 5 - 2];
        }
        image[u] = total;
        sum += (wide_t)(total) * (wide_t)(*from);
    }
    store_sum(sum, sums, partial);
}

__kernel GROUP void take_step(__global const long* at, __global const work_t* weights, __global const work_t* field,
                                     __global const work_t* image, __global work_t* solution, __global work_t* residual, __global work_t* partial,
                                     __global const work_t* energies, __global const work_t* bends, int count, int number,
                                     work_t enough) {
    __local wide_t sums[THREADS];
    if (is_enough(energies, number, enough)) return;
    const work_t step = energies[number] / bends[number];
    wide_t sum = 0;
    FOR_EACH_OPEN_PIXEL {
        const work_t left = residual[u] - step * image[u];
        solution[u] += step * field[at[u]];
        residual[u] = left;
        sum += (wide_t)(left) * (wide_t)(left / diagonal_of(weights, count, u));
    }
    store_sum(sum, sums, partial);
}

__kernel GROUP void turn(__global const long* at, __global const work_t* weights, __global work_t* field, __global const work_t* residual,
                                __global const work_t* energies, int count, int number, work_t enough) {
    if (is_enough(energies, number, enough)) return;
    const work_t factor = energies[number + 1] / energies[number];
    FOR_EACH_OPEN_PIXEL {
        field[at[u]] = residual[u] / diagonal_of(weights, count, u) + factor * field[at[u]];
    }
}
