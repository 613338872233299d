#include "finesse.hpp"
#include "row_window.hpp"

namespace trimatte::kernels {
namespace {

// Sums rows by weight, in blocks of 64 bytes.
template <class T>
TRIMATTE_VECTORISE void sum_of_rows(const T* const* rows, const T* weights, int64_t count, T* out, int64_t width) {
    for (int64_t x = 0; x < width; x += Lanes<T>::count) {
        typename Lanes<T>::Vector sum = {}, row;
        for (int64_t k = 0; k < count; ++k) {
            TRIMATTE_LOAD(row, rows[k] + x);
            sum += row * weights[k];
        }
        TRIMATTE_STORE(out + x, sum);
    }
}

template <class T>
struct Blurrer {
    Blurrer(const T* matte, const T* weights, T* out, int64_t reach, const MatteShape& shape)
        : matte(matte),
          weights(weights),
          out(out),
          reach(reach),
          shape(shape),
          window(reach, 2, shape.width),
          rows(2 * reach + 1),
          blurred(shape.width + Lanes<T>::count) {}

    void take(int64_t plane, int64_t y) {
        window.take(matte + plane * shape.height * shape.width, y, shape.height, T(1));
        for (int64_t dx = -reach; dx <= reach; ++dx) rows[dx + reach] = window.row(y, 0) + dx;
        sum_of_rows(rows.data(), weights, 2 * reach + 1, window.row(y, 1), shape.width);
    }

    void emit(int64_t plane, int64_t y) {
        for (int64_t dy = -reach; dy <= reach; ++dy) rows[dy + reach] = window.row(y + dy, 1);
        sum_of_rows(rows.data(), weights, 2 * reach + 1, blurred.data(), shape.width);
        std::copy_n(blurred.data(), shape.width, out + (plane * shape.height + y) * shape.width);
    }

    const T *matte, *weights;
    T* out;
    int64_t reach;
    MatteShape shape;
    RowWindow<T> window;  // variants: as it is, blurred along x
    std::vector<const T*> rows;
    std::vector<T> blurred;
};

}  // namespace

template <class T>
void finesse_blur(const T* matte, const T* weights, T* out, int64_t reach, const MatteShape& shape, int threads) {
    for_bands(shape, reach, threads, [&] { return Blurrer<T>(matte, weights, out, reach, shape); });
}

template void finesse_blur(const float*, const float*, float*, int64_t, const MatteShape&, int);
template void finesse_blur(const double*, const double*, double*, int64_t, const MatteShape&, int);

}  // namespace trimatte::kernels
