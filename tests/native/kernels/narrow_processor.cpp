// Makes a module believe that its processor has no AVX-512, so that what is written for older ones runs in tests. The
// linker puts this between the module and the compiler's library, which asks the processor (--wrap).
#include <initializer_list>

extern "C" {

struct ProcessorModel {  // of libgcc: vendor, type, subtype, and a word of features
    unsigned int numbers[4];
};
extern ProcessorModel __cpu_model __attribute__((visibility("hidden")));
extern unsigned int __cpu_features2[] __attribute__((visibility("hidden")));

int __real___cpu_indicator_init(void);

// Whether the module may still use what this file takes away.
__attribute__((visibility("default"))) int trimatte_has_wide_registers(void) {
    return __builtin_cpu_supports("x86-64-v4") || __builtin_cpu_supports("avx512f");
}

// It runs before the module is linked, so it calls nothing outside. The bits are those that the compiler asks for.
int __wrap___cpu_indicator_init(void) {
    const int result = __real___cpu_indicator_init();
    unsigned int* const words[] = {&__cpu_model.numbers[3], &__cpu_features2[0], &__cpu_features2[1],
                                   &__cpu_features2[2]};
    for (unsigned int* word : words)
        for (unsigned int bit = 1; bit != 0; bit <<= 1) {
            if ((*word & bit) == 0) continue;
            const bool had_level = __builtin_cpu_supports("x86-64-v4"), had_set = __builtin_cpu_supports("avx512f");
            *word &= ~bit;
            asm volatile("" ::: "memory");  // the compiler does not know that it reads the same words
            const bool took_level = had_level && !__builtin_cpu_supports("x86-64-v4");
            const bool took_set = had_set && !__builtin_cpu_supports("avx512f");
            if (!took_level && !took_set) *word |= bit;
            asm volatile("" ::: "memory");
        }
    return result;
}
}
