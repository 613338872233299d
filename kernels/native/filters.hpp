// Means over windows, and linear functions fitted within them; formulas in kernels/filters/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

enum class Border { kZeros, kShrink, kReplicate };

struct FilterShape {
    int64_t batch, channels, height, width;
};

template <class T>
void box_mean(const T* picture, T* out, const FilterShape& shape, int64_t radius, Border border, int threads);

// guide and picture (B, C, H, W) → slopes, then offsets (B, 2 C, H, W).
template <class T>
void fit_linear(const T* guide, const T* picture, T* out, const FilterShape& shape, int64_t radius, T epsilon,
                int threads);

// plate (B, 3, H, W), matte and weight (B, 1, H, W) → three slopes and the offset (B, 4, H, W); `raw` is as large.
template <class T>
void fit_colour(const T* plate, const T* matte, const T* weight, T* raw, T* out, const FilterShape& shape,
                int64_t radius, T epsilon, int threads);

// guide (B, C, H, W) and a fit (B, C + groups, height, width) → (B, groups, H, W).
template <class T>
void apply_fit(const T* guide, const T* fit, T* out, const FilterShape& shape, int64_t groups, int64_t fit_height,
               int64_t fit_width, int threads);

}  // namespace trimatte::kernels
