// Read values from memory frames by the similarity of keys, and the gradients; see kernels/memory_read/_torch.py.
#pragma once

#include <cstdint>

namespace trimatte::kernels {

struct MemoryReadShape {
    int64_t batch, frames, memories;
    int64_t key_channels, value_channels;
    int64_t queries, positions;  // pixels of one query frame and of one memory frame
    int64_t top_k;               // 0 keeps all
};

// Arrays as the door has them: query (B, T, K, queries), keys (B, M, K, positions), values (B, M, V, positions),
// out (B, T, V, queries), and statistics (B, T, 3, queries): logarithm of the sum of exponentials, and what top-k
// keeps: a similarity above the second number, or equal to it up to the position in the third.
template <class T>
void memory_read(const T* query, const T* keys, const T* values, T* out, T* statistics, const MemoryReadShape& shape,
                 int threads);

template <class T>
struct MemoryReadGradients {
    T *query, *keys, *values;
};

template <class T>
void memory_read_backward(const T* gradient, const T* query, const T* keys, const T* values, const T* out,
                          const T* statistics, const MemoryReadGradients<T>& gradients, const MemoryReadShape& shape,
                          int threads);

}  // namespace trimatte::kernels
