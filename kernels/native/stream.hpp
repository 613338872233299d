// Results that no cache could hold are written past the caches: memory is then not read before it is written over,
// which saves a third of what a copy moves.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vectorise.hpp"

namespace trimatte::kernels {

// Whether a call that reads and writes so many bytes leaves its result to memory. What processors say of their last
// cache is no measure: it is shared, and virtual machines invent it.
inline bool outgrows_caches(int64_t bytes) { return bytes > (32 << 20); }

// Copies 64 bytes to where a cache line begins.
[[gnu::always_inline]] inline void stream_line(const void* numbers, void* line) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    typedef float Quarter __attribute__((vector_size(16)));
    Quarter quarters[4];
    TRIMATTE_LOAD(quarters, numbers);
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) __builtin_ia32_movntps(static_cast<float*>(line) + 4 * k, quarters[k]);
#else
    std::memcpy(line, numbers, 64);
#endif
}

// After the last stream_line() of a run: what was written is seen before what is written from now on.
inline void finish_streams() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    __builtin_ia32_sfence();
#endif
}

// How many of `count` numbers come before the first one that begins a cache line.
template <class T>
int64_t before_line(const T* numbers, int64_t count) {
    return std::min(count, int64_t(-reinterpret_cast<uintptr_t>(numbers) % 64 / sizeof(T)));
}

}  // namespace trimatte::kernels
