// One source for several instruction sets: the loader picks the copy that fits the processor.
#pragma once

#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define TRIMATTE_VECTORISE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TRIMATTE_VECTORISE
#endif

namespace trimatte::kernels {

// 64 bytes of numbers as one value (a GNU vector; arithmetic is element by element). Functions marked
// TRIMATTE_VECTORISE use it directly: what they call is not copied for other instruction sets, unless it is inlined.
template <class T>
struct Lanes {
    typedef T Vector __attribute__((vector_size(64)));
    static constexpr int count = 64 / sizeof(T);
};

}  // namespace trimatte::kernels

#define TRIMATTE_LOAD(vector, address) std::memcpy(&(vector), (address), sizeof(vector))
#define TRIMATTE_STORE(address, vector) std::memcpy((address), &(vector), sizeof(vector))
