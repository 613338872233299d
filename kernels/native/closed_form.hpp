// The matting Laplacian solved on an open region by conjugate gradients; formulas in kernels/closed_form/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

struct ClosedForm {
    int64_t height, width;
    double trust, least_trust, epsilon, tolerance;
    int64_t iterations;
};

// plate (3, H, W), alpha (H, W), open (H, W) of 0 and 1; writes the open pixels of `out` (H, W), 0..1. The same bits
// for any number of threads: sums run in double over chunks of a fixed size, in a fixed order.
template <class T>
void solve_closed_form(const T* plate, const T* alpha, const uint8_t* open, T* out, const ClosedForm& problem,
                       int threads);

}  // namespace trimatte::kernels
