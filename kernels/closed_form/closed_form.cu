// The matting Laplacian solved on open pixels by conjugate gradients; formulas in _torch.py, order of kernels in
// _steps.py. One thread an open pixel, in steps of the grid. `at` holds the places of the open pixels in a picture with
// two pixels of border, weights (25, count) what they take from their neighbours. `energies` and `bends` hold a number a
// step; once an energy is small enough nothing changes any more.
#define THREADS 128
#define CENTRE 12

#define FOR_EACH_OPEN_PIXEL \
    for (long long u = blockIdx.x * THREADS + threadIdx.x; u < count; u += static_cast<long long>(gridDim.x) * THREADS)

__device__ __forceinline__ bool is_enough(const work_t* energies, int number, work_t enough) {
    return !(energies[number] > enough * energies[0]);
}

// Adds up a number of each thread as a tree; all threads come here.
__device__ double add_group(double own) {
    __shared__ double sums[THREADS];
    sums[threadIdx.x] = own;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    return sums[threadIdx.x];  // that of thread 0 is the sum
}

__device__ __forceinline__ void store_sum(double own, work_t* partial) {
    const double sum = add_group(own);
    if (threadIdx.x == 0) partial[blockIdx.x] = static_cast<work_t>(sum);
}

__device__ __forceinline__ work_t diagonal_of(const work_t* weights, long long count, long long u) {
    const work_t centre = weights[CENTRE * count + u];
    return centre > work_t(1e-12) ? centre : work_t(1e-12);
}

// The colours around a pixel, two on every side; 0, and not counted, where there is no finite number.
struct Surroundings {
    double colour[25][3];
    bool counts[25];
};

__device__ void gather(const work_t* plate, int y, int x, int height, int width, Surroundings& around) {
    const long long plane = static_cast<long long>(height) * width;
    for (int k = 0; k < 25; ++k) {
        const int row = y + k / 5 - 2, column = x + k % 5 - 2;
        bool counts = row >= 0 && row < height && column >= 0 && column < width;
        const long long place = counts ? static_cast<long long>(row) * width + column : 0;
        for (int c = 0; c < 3; ++c) counts = counts && isfinite(plate[c * plane + place]);
        for (int c = 0; c < 3; ++c) around.colour[k][c] = counts ? static_cast<double>(plate[c * plane + place]) : 0.0;
        around.counts[k] = counts;
    }
}

// Adds what the window whose first member is `corner` says. The inverse of its covariance comes by LDL', which keeps its
// digits where colours lie on a line.
__device__ void add_window(const Surroundings& around, int corner, double noise, double* weights) {
    double mean[3] = {0, 0, 0}, v[6] = {0, 0, 0, 0, 0, 0};
    bool counts = true;
    for (int i = 0; i < 9; ++i) {
        const int k = corner + i / 3 * 5 + i % 3;
        counts = counts && around.counts[k];
        for (int c = 0; c < 3; ++c) mean[c] += around.colour[k][c];
    }
    if (!counts) return;
    for (int c = 0; c < 3; ++c) mean[c] /= 9;
    for (int i = 0; i < 9; ++i) {
        const double* colour = around.colour[corner + i / 3 * 5 + i % 3];
        const double r = colour[0] - mean[0], g = colour[1] - mean[1], b = colour[2] - mean[2];
        v[0] += r * r, v[1] += r * g, v[2] += r * b, v[3] += g * g, v[4] += g * b, v[5] += b * b;
    }
    const double first = v[0] / 9 + noise, gr = v[1] / 9 / first, br = v[2] / 9 / first;
    const double second = v[3] / 9 + noise - gr * v[1] / 9, bg = (v[4] / 9 - br * v[1] / 9) / second;
    const double third = v[5] / 9 + noise - br * v[2] / 9 - bg * bg * second;
    // L of the covariance solved for the pixel's own colour, then the diagonal, then L'
    const double* own = around.colour[CENTRE];
    const double r = own[0] - mean[0], g = own[1] - mean[1] - gr * r, b = own[2] - mean[2] - br * r - bg * g;
    const double along_b = b / third, along_g = g / second - bg * along_b;
    const double along_r = r / first - gr * along_g - br * along_b;
    weights[CENTRE] += 1;
    for (int i = 0; i < 9; ++i) {
        const int k = corner + i / 3 * 5 + i % 3;
        const double* colour = around.colour[k];
        weights[k] -= (1 + along_r * (colour[0] - mean[0]) + along_g * (colour[1] - mean[1]) +
                       along_b * (colour[2] - mean[2])) / 9;
    }
}

extern "C" __global__ void rows(const work_t* plate, const work_t* believed, const long long* at, work_t* weights,
                                work_t* field, work_t* solution, work_t* residual, work_t* partial, int count,
                                int height, int width, work_t trust, work_t least_trust, work_t epsilon) {
    const int stride = width + 4;
    double sum = 0;
    FOR_EACH_OPEN_PIXEL {
        const long long place = at[u];
        Surroundings around;
        gather(plate, static_cast<int>(place / stride) - 2, static_cast<int>(place % stride) - 2, height, width, around);
        double row[25] = {};
        for (int window = 0; window < 9; ++window) {
            add_window(around, window / 3 * 5 + window % 3, static_cast<double>(epsilon) / 9, row);
        }
        work_t pull = 0;
        for (int k = 0; k < 25; ++k) {
            const work_t weight = static_cast<work_t>(row[k]);
            weights[k * static_cast<long long>(count) + u] = weight;
            pull += weight * believed[place + (k / 5 - 2) * stride + k % 5 - 2];
        }
        // the belief pulls nowhere yet: the solution starts at it
        const work_t belief = believed[place], sure = (2 * belief - 1) * (2 * belief - 1);
        weights[CENTRE * static_cast<long long>(count) + u] += trust * (sure > least_trust ? sure : least_trust);
        const work_t scaled = -pull / diagonal_of(weights, count, u);
        solution[u] = belief;
        residual[u] = -pull;
        field[place] = scaled;
        sum += static_cast<double>(-pull) * static_cast<double>(scaled);
    }
    store_sum(sum, partial);
}

// The second half of a sum: over the groups, by one of them.
extern "C" __global__ void add_up(const work_t* partial, work_t* sums, const work_t* energies, int groups, int into,
                                  int number, work_t enough) {
    double own = 0;
    for (int group = threadIdx.x; group < groups; group += THREADS) own += partial[group];
    const double sum = add_group(own);
    if (threadIdx.x > 0) return;
    sums[into] = number >= 0 && is_enough(energies, number, enough) ? energies[number] : static_cast<work_t>(sum);
}

// The rows times the direction, which `field` holds.
extern "C" __global__ void apply_rows(const long long* at, const work_t* weights, const work_t* field, work_t* image,
                                      work_t* partial, const work_t* energies, int count, int stride, int number,
                                      work_t enough) {
    if (is_enough(energies, number, enough)) return;
    double sum = 0;
    FOR_EACH_OPEN_PIXEL {
        const work_t* from = field + at[u];
        work_t total = 0;
        for (int k = 0; k < 25; ++k) {
            total += weights[k * static_cast<long long>(count) + u] * from[(k / 5 - 2) * stride + k % 5 - 2];
        }
        image[u] = total;
        sum += static_cast<double>(total) * static_cast<double>(*from);
    }
    store_sum(sum, partial);
}

extern "C" __global__ void take_step(const long long* at, const work_t* weights, const work_t* field,
                                     const work_t* image, work_t* solution, work_t* residual, work_t* partial,
                                     const work_t* energies, const work_t* bends, int count, int number,
                                     work_t enough) {
    if (is_enough(energies, number, enough)) return;
    const work_t step = energies[number] / bends[number];
    double sum = 0;
    FOR_EACH_OPEN_PIXEL {
        const work_t left = residual[u] - step * image[u];
        solution[u] += step * field[at[u]];
        residual[u] = left;
        sum += static_cast<double>(left) * static_cast<double>(left / diagonal_of(weights, count, u));
    }
    store_sum(sum, partial);
}

extern "C" __global__ void turn(const long long* at, const work_t* weights, work_t* field, const work_t* residual,
                                const work_t* energies, int count, int number, work_t enough) {
    if (is_enough(energies, number, enough)) return;
    const work_t factor = energies[number + 1] / energies[number];
    FOR_EACH_OPEN_PIXEL {
        field[at[u]] = residual[u] / diagonal_of(weights, count, u) + factor * field[at[u]];
    }
}
