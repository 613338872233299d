// How numbers are stored (scalar_t) and computed (work_t). Half and bfloat16 are only stored, which every device can.
#if defined(SCALAR_double)
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double scalar_t;
typedef double work_t;
#else
typedef float work_t;
#endif

#if defined(SCALAR_half)
typedef half scalar_t;
#define LOAD(array, index) vload_half((index), (array))
#define STORE(value, array, index) vstore_half((value), (index), (array))
#elif defined(SCALAR_bfloat)
typedef ushort scalar_t;
#define LOAD(array, index) as_float((uint)(array)[index] << 16)
#define STORE(value, array, index) (array)[index] = round_to_bfloat(value)
inline ushort round_to_bfloat(float value) {
    const uint bits = as_uint(value);
    return isnan(value) ? (ushort)0x7fc0 : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);  // to nearest, ties to even
}
#else
#if defined(SCALAR_float)
typedef float scalar_t;
#endif
#define LOAD(array, index) (array)[index]
#define STORE(value, array, index) (array)[index] = (value)
#endif
