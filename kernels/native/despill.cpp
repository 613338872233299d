#include "despill.hpp"

#include <limits>

#include "parallel.hpp"
#include "vectorise.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kRun = 2048;             // pixels that stay in the nearest cache
constexpr int64_t kLeastPixels = 1 << 14;  // fewer are not worth a thread

// `screen` is lowered towards what the two other channels allow.
template <class T, bool kIsLimit>
TRIMATTE_VECTORISE void clean_run(const T* screen, const T* one, const T* two, T* out_screen, T* out_one, T* out_two,
                                  T amount, T given, int64_t count) {
    constexpr T endless = std::numeric_limits<T>::infinity();
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T a = one[x], b = two[x], c = screen[x];
        const T larger = a > b ? a : b;
        // What is no number stays none, whichever of both it is.
        const T allowed = kIsLimit ? (a == a ? larger : a) : (a + b) * T(0.5);
        const T excess = c - allowed;
        const T taken = excess > 0 && excess < endless ? excess * amount : T(0), grey = taken * given;
        out_screen[x] = c + grey - taken;
        out_one[x] = a + grey;
        out_two[x] = b + grey;
    }
}

}  // namespace

template <class T>
void take_spill(const T* colour, T* out, int64_t batch, int64_t plane, const Spill<T>& spill, int threads) {
    const int64_t channel = spill.channel, first = channel == 0 ? 1 : 0, second = channel == 2 ? 1 : 2;
    const auto clean = spill.is_limit ? clean_run<T, true> : clean_run<T, false>;
    parallel_for(batch * plane, threads, kLeastPixels, [&](int64_t begin, int64_t end) {
        for (int64_t place = begin, count; place < end; place += count) {
            count = std::min({kRun, end - place, plane - place % plane});
            const int64_t start = place / plane * 3 * plane + place % plane;
            const auto at = [&](auto* planes, int64_t which) { return planes + start + which * plane; };
            clean(at(colour, channel), at(colour, first), at(colour, second), at(out, channel), at(out, first),
                  at(out, second), spill.amount, spill.given, count);
        }
    });
}

template void take_spill(const float*, float*, int64_t, int64_t, const Spill<float>&, int);
template void take_spill(const double*, double*, int64_t, int64_t, const Spill<double>&, int);

}  // namespace trimatte::kernels
