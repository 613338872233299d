// The sRGB transfer curve and its inverse, number by number; formulas in kernels/transfer/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

template <class T>
void encode_srgb(const T* linear, T* out, int64_t count, int threads);

template <class T>
void decode_srgb(const T* encoded, T* out, int64_t count, int threads);

}  // namespace trimatte::kernels
