// One pass of the blur-fusion estimate of the foreground's colour; formulas in kernels/foreground/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

struct FusionShape {
    int64_t batch, channels, height, width, radius;
};

// All pictures are (B, C, H, W), alpha is (B, 1, H, W).
template <class T>
void fuse_blurred(const T* picture, const T* alpha, const T* foreground, const T* background, T* next_foreground,
                  T* next_background, const FusionShape& shape, T epsilon, int threads);

}  // namespace trimatte::kernels
