// Steps of matte finesse over mattes (planes, height, width); formulas in kernels/finesse/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

struct MatteShape {
    int64_t planes, height, width;
};

struct Discs {
    int inner, outer;  // whole radii around the one asked for
    double share;      // how far that one lies from inner to outer, 0..1
    int sign;          // 1 grows, -1 shrinks
};

// Stretches black..white to 0..1 and raises to `exponent`.
template <class T>
void finesse_levels(const T* matte, T* out, int64_t count, T black, T white, T exponent, int threads);

template <class T>
void finesse_grow(const T* matte, T* out, const MatteShape& shape, const Discs& discs, int threads);

// `weights` holds 2 reach + 1 numbers.
template <class T>
void finesse_blur(const T* matte, const T* weights, T* out, int64_t reach, const MatteShape& shape, int threads);

template <class T>
void finesse_despeckle(const T* matte, T* out, int64_t size, const MatteShape& shape, int threads);

}  // namespace trimatte::kernels
