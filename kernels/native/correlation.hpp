// Cost volume of two feature maps, and its gradients; formulas in kernels/correlation/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

struct CorrelationShape {
    int64_t batch, channels, height, width;
    int radius;
};

template <class T>
void correlation(const T* first, const T* second, T* out, const CorrelationShape& shape, int threads);

template <class T>
void correlation_backward(const T* gradient, const T* first, const T* second, T* first_gradient, T* second_gradient,
                          const CorrelationShape& shape, int threads);

}  // namespace trimatte::kernels
