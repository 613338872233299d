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

// A power of a normal, finite, positive number. In float it is a few units in the last place off, and a processor runs it
// many lanes at a time, which its pow() does not: exponent and series of 2 atanh(s) for the logarithm, then Taylor's.
inline work_t power(work_t base, work_t exponent) {
#if defined(SCALAR_double)
    return pow(base, exponent);
#else
    const int bits = as_int(base), whole = (bits - 0x3f3504f3) >> 23;  // of sqrt(1/2): the rest lies around 1
    const float rest = as_float(bits - (whole << 23)), s = (rest - 1) / (rest + 1), square = s * s;
    const float series = 1 + square * (1 / 3.0f + square * (1 / 5.0f + square * (1 / 7.0f + square * (1 / 9.0f))));
    const float x = clamp(exponent * (whole + s * series * 2.88539008f), -126.0f, 128.0f);
    const float n = rint(x), r = (x - n) * 0.693147181f;
    const float high = 1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f)));
    return (1 + r * (1 + r * (0.5f + r * (1 / 6.0f + r * high)))) * as_float(((int)n + 127) << 23);
#endif
}
