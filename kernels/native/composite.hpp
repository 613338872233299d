// Compositing of pictures (batch, channels, pixels) with mattes (batch, pixels); formulas in
// kernels/composite/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

struct PictureShape {
    int64_t batch, channels, plane;  // plane: pixels of one channel
};

template <class T>
void over(const T* foreground, const T* alpha, const T* background, T* out, const PictureShape& shape, int threads);

template <class T>
void premultiply(const T* foreground, const T* alpha, T* out, const PictureShape& shape, int threads);

template <class T>
void unpremultiply(const T* foreground, const T* alpha, T* out, T epsilon, const PictureShape& shape, int threads);

}  // namespace trimatte::kernels
