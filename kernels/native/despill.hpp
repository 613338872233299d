// Takes the light of a screen out of a colour; formula in kernels/despill/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

template <class T>
struct Spill {
    int channel;
    bool is_limit;
    T amount, given;  // shares of the excess: what is taken, and what of that comes back as grey
};

// colour and out (batch, 3, plane).
template <class T>
void take_spill(const T* colour, T* out, int64_t batch, int64_t plane, const Spill<T>& spill, int threads);

}  // namespace trimatte::kernels
