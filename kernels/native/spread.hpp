// Spreads colour from where it has a weight over the rest of the picture; formulas in kernels/spread/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

// colour and out (channels, height, width), weight (height, width).
template <class T>
void spread_colour(const T* colour, const T* weight, T* out, int64_t channels, int64_t height, int64_t width, T least,
                   int threads);

}  // namespace trimatte::kernels
