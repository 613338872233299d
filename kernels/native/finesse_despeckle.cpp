#include <memory>

#include "finesse.hpp"
#include "row_window.hpp"

namespace trimatte::kernels {
namespace {

// larger[x] = max(one[x], other[x])
template <class T>
TRIMATTE_VECTORISE void max_of_two(const T* one, const T* other, T* larger, int64_t width) {
    for (int64_t x = 0; x < width; ++x) larger[x] = one[x] > other[x] ? one[x] : other[x];
}

// result[x] = min(result[x], other[x])
template <class T>
TRIMATTE_VECTORISE void lower_row(T* __restrict result, const T* __restrict other, int64_t width) {
    for (int64_t x = 0; x < width; ++x) result[x] = result[x] < other[x] ? result[x] : other[x];
}

// Removes islands (sign 1) or holes (sign -1). A window is named by its upper left pixel and its side.
template <class T>
struct Leveller {
    Leveller(const T* matte, T* out, int64_t size, const MatteShape& shape, T sign)
        : matte(matte),
          out(out),
          size(size),
          shape(shape),
          sign(sign),
          window(size, size + 1, shape.width),
          lowest(size, size + 1, shape.width),
          columns(shape.width + 2 * size),
          walls(shape.width + size),
          result(shape.width) {}

    void take(int64_t plane, int64_t y) {
        window.take(matte + plane * shape.height * shape.width, y, shape.height, sign);
        const int64_t left = 1 - size, count = shape.width + size - 1;  // windows that hold a pixel of the row
        const T* row = window.row(y, 0) + left;
        max_of_two(row - 1, row, window.row(y, 1) + left, count);
        max_of_two(row + 1, window.row(y, 1) + left, window.row(y, 1) + left, count);
        for (int64_t side = 2; side <= size; ++side) {
            max_of_two(window.row(y, side - 1) + left, row + side, window.row(y, side) + left, count);
        }
        build_walls(y - size);  // all rows that its windows touch are here; nobody looks at those before the band
    }

    // Finds, for each pixel of row `top`, the lowest wall of the windows that begin in this row and hold its column.
    void build_walls(int64_t top) {
        const int64_t width = shape.width;
        T* column = columns.data() + size;
        std::copy_n(window.row(top, 0) - size, width + 2 * size, columns.data());
        for (int64_t side = 1; side <= size; ++side) {
            const int64_t left = 1 - side, count = width + side - 1;
            if (side > 1)
                max_of_two(column - size, window.row(top + side - 1, 0) - size, columns.data(), width + 2 * size);
            max_of_two(window.row(top - 1, side) + left, window.row(top + side, side) + left, walls.data(), count);
            max_of_two(walls.data(), column + left - 1, walls.data(), count);
            max_of_two(walls.data(), column + left + side, walls.data(), count);
            T* low = lowest.row(top, side);
            std::copy_n(walls.data(), width, low);
            for (int64_t shift = 1; shift < side; ++shift) lower_row(low, walls.data() + shift, width);
        }
    }

    void emit(int64_t plane, int64_t y) {
        std::copy_n(window.row(y, 0), shape.width, result.data());
        for (int64_t side = 1; side <= size; ++side) {
            for (int64_t top = y - side + 1; top <= y; ++top) {
                lower_row(result.data(), lowest.row(top, side), shape.width);
            }
        }
        T* row = out + (plane * shape.height + y) * shape.width;
        for (int64_t x = 0; x < shape.width; ++x) row[x] = sign * result[x];
    }

    const T* matte;
    T* out;
    int64_t size;
    MatteShape shape;
    T sign;
    RowWindow<T> window;  // variants: as it is; largest numbers from x - 1 to x + 1, + 2, .. + size
    RowWindow<T> lowest;  // variants: lowest walls by the side of their window
    std::vector<T> columns, walls, result;
};

}  // namespace

template <class T>
void finesse_despeckle(const T* matte, T* out, int64_t size, const MatteShape& shape, int threads) {
    const auto without_islands = std::make_unique_for_overwrite<T[]>(shape.planes * shape.height * shape.width);
    T* between = without_islands.get();
    for_bands(shape, size, threads, [&] { return Leveller<T>(matte, between, size, shape, T(1)); });
    for_bands(shape, size, threads, [&] { return Leveller<T>(between, out, size, shape, T(-1)); });
}

template void finesse_despeckle(const float*, float*, int64_t, const MatteShape&, int);
template void finesse_despeckle(const double*, double*, int64_t, const MatteShape&, int);

}  // namespace trimatte::kernels
