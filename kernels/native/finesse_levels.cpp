#include <limits>

#include "finesse.hpp"
#include "matte_tiles.hpp"
#include "power.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kLeastNumbers = 1 << 13;  // fewer are not worth a thread

template <class T>
TRIMATTE_VECTORISE void stretch_run(const T* matte, T* out, int64_t count, T black, T range) {
    for (int64_t k = 0; k < count; ++k) out[k] = saturate((saturate(matte[k]) - black) / range);
}

// `kIsWhole`: black is 0 and white is 1, nothing is stretched.
template <class T, bool kIsWhole>
TRIMATTE_VECTORISE void bend_run(const T* matte, T* out, int64_t count, T black, T range, T exponent) {
    constexpr T least = std::numeric_limits<T>::min();
    const T inverse = T(1) / range;
    for (int64_t k = 0; k < count; ++k) {
        T stretched = saturate(matte[k]);
        if constexpr (!kIsWhole) {
            // A quotient that is put right once: the power divides already, and two divisions would wait for each
            // other.
            const T above = stretched - black, nearly = above * inverse;
            stretched = saturate(nearly + (above - nearly * range) * inverse);
        }
        const T bent = power_of(stretched > least ? stretched : least, exponent);
        out[k] = stretched > least ? bent : T(0);
    }
}

}  // namespace

template <class T>
void finesse_levels(const T* matte, T* out, int64_t count, T black, T white, T exponent, int threads) {
    parallel_for(count, threads, kLeastNumbers, [=](int64_t first, int64_t last) {
        if (exponent == T(1)) {
            stretch_run(matte + first, out + first, last - first, black, white - black);
        } else {
            const auto bend = black == T(0) && white == T(1) ? bend_run<T, true> : bend_run<T, false>;
            bend(matte + first, out + first, last - first, black, white - black, exponent);
        }
    });
}

template void finesse_levels(const float*, float*, int64_t, float, float, float, int);
template void finesse_levels(const double*, double*, int64_t, double, double, double, int);

}  // namespace trimatte::kernels
