#include "foreground.hpp"

#include "vectorise.hpp"
#include "window_sums.hpp"

namespace trimatte::kernels {
namespace {

// Adds foreground * alpha and background * (1 - alpha) to two planes.
template <class T>
TRIMATTE_VECTORISE void add_colours(const T* foreground, const T* background, const T* alpha, const T* from, T* to,
                                    int64_t distance, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        to[x] = from[x] + foreground[x] * alpha[x];
        to[distance + x] = from[distance + x] + background[x] * (1 - alpha[x]);
    }
}

template <class T>
TRIMATTE_VECTORISE void add_weights(const T* alpha, const T* from, T* to, int64_t distance, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        to[x] = from[x] + alpha[x];
        to[distance + x] = from[distance + x] + (1 - alpha[x]);
    }
}

// Turns the sums of weights, those of the foreground and `distance` behind them the background's, into factors.
template <class T>
TRIMATTE_VECTORISE void invert(T* weights, int64_t distance, T least, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        weights[x] = T(1) / (weights[x] + least);
        weights[distance + x] = T(1) / (weights[distance + x] + least);
    }
}

// Window sums of one channel and the factors: those of the foreground, and `distance` behind them the background's.
template <class T>
TRIMATTE_VECTORISE void fuse(const T* picture, const T* alpha, const T* colours, const T* factors, int64_t distance,
                             T* next_foreground, T* next_background, int64_t count) {
#pragma GCC ivdep
    for (int64_t x = 0; x < count; ++x) {
        const T a = alpha[x], near = colours[x] * factors[x];
        const T behind = colours[distance + x] * factors[distance + x];
        const T found = near + a * (picture[x] - a * near - (1 - a) * behind);
        next_foreground[x] = found < 0 ? T(0) : found > 1 ? T(1) : found;
        next_background[x] = behind;
    }
}

}  // namespace

template <class T>
void fuse_blurred(const T* picture, const T* alpha, const T* foreground, const T* background, T* next_foreground,
                  T* next_background, const FusionShape& shape, T epsilon, int threads) {
    const int64_t channels = shape.channels, width = shape.width, plane = shape.height * width;
    const int64_t side = 2 * shape.radius + 1;
    const T least = epsilon * T(side) * T(side);  // added to sums here, to means in the reference
    const auto add = [=](int64_t item, int64_t y, int64_t first, int64_t last, const T* from, T* to, int64_t step) {
        const int64_t distance = (channels + 1) * step, place = y * width + first;
        const T* weight = alpha + item * plane + place;
        for (int64_t channel = 0; channel < channels; ++channel) {
            const int64_t colour = (item * channels + channel) * plane + place;
            add_colours(foreground + colour, background + colour, weight, from + channel * step, to + channel * step,
                        distance, last - first);
        }
        add_weights(weight, from + channels * step, to + channels * step, distance, last - first);
    };
    const auto take = [=](int64_t item, int64_t y, int64_t left, int64_t count, T* sums, int64_t step) {
        invert(sums + channels * step, (channels + 1) * step, least, count);
        const int64_t place = y * width + left;
        for (int64_t channel = 0; channel < channels; ++channel) {
            const int64_t colour = (item * channels + channel) * plane + place;
            fuse(picture + colour, alpha + item * plane + place, sums + channel * step, sums + channels * step,
                 (channels + 1) * step, next_foreground + colour, next_background + colour, count);
        }
    };
    const auto plan = [=](int64_t item, int64_t number, int64_t y, int64_t now, int64_t x) {
        // planes: the foreground's channels and weight, then the background's
        const int64_t channel = number % (channels + 1), next = y * width + x, place = now * width + x;
        const bool is_behind = number > channels;
        if (channel == channels) {
            return Ahead<T>{alpha + item * plane + next, next_foreground + item * channels * plane + place};
        }
        const int64_t colour = (item * channels + channel) * plane;
        return Ahead<T>{(is_behind ? background : foreground) + colour + next,
                        (is_behind ? next_background : next_foreground) + colour + place};
    };
    sum_windows<T>({shape.batch, shape.height, width, 2 * (channels + 1), shape.radius, Outside::kNothing}, threads,
                   add, take, plan);
}

template void fuse_blurred(const float*, const float*, const float*, const float*, float*, float*, const FusionShape&,
                           float, int);
template void fuse_blurred(const double*, const double*, const double*, const double*, double*, double*,
                           const FusionShape&, double, int);

}  // namespace trimatte::kernels
