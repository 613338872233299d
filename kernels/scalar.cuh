// How numbers are stored (scalar_t) and computed (work_t).
#include <cuda_bf16.h>
#include <cuda_fp16.h>

using scalar_t = SCALAR;

template <class Stored>
struct Work {
    using type = float;
};
template <>
struct Work<double> {
    using type = double;
};
using work_t = typename Work<scalar_t>::type;

__device__ __forceinline__ work_t load(const scalar_t* array, long long index) {
    return static_cast<work_t>(array[index]);
}
__device__ __forceinline__ void store(work_t value, scalar_t* array, long long index) {
    array[index] = static_cast<scalar_t>(value);
}
