// Dilation and erosion by flat elements whose rows are unbroken runs; formulas in kernels/morphology/_torch.py.
#pragma once

#include <cstdint>
#include <vector>

namespace trimatte::kernels {

struct ElementRow {
    int64_t dy, dx, length;  // from the anchor to the row, and to the first pixel of its run
};

struct StackShape {
    int64_t items, height, width;
};

template <class T>
void dilate(const T* image, T* out, const StackShape& shape, const std::vector<ElementRow>& element, bool erodes,
            int threads);

}  // namespace trimatte::kernels
