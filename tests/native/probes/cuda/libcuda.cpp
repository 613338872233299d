// A CUDA driver of main memory, for machines without a card: the ten functions that the host calls. An allocation
// counts as device memory: its address is odd by a constant, so that whoever follows it without copying crashes.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#define TRIMATTE_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr std::uint64_t kShift = std::uint64_t{1} << 62;
int context, stream;

}  // namespace

TRIMATTE_EXPORT int cuInit(unsigned int) { return 0; }
TRIMATTE_EXPORT int cuDeviceGet(int* device, int) { return *device = 0; }
TRIMATTE_EXPORT int cuDevicePrimaryCtxRetain(void** out, int) { return *out = &context, 0; }
TRIMATTE_EXPORT int cuCtxSetCurrent(void* given) { return given == &context ? 0 : 201; }
TRIMATTE_EXPORT int cuStreamCreate(void** out, unsigned int) { return *out = &stream, 0; }
TRIMATTE_EXPORT int cuStreamSynchronize(void* given) { return given == &stream ? 0 : 400; }
TRIMATTE_EXPORT int cuMemAlloc_v2(std::uint64_t* out, std::size_t bytes) {
    void* memory = std::malloc(bytes);
    *out = reinterpret_cast<std::uint64_t>(memory) + kShift;
    return memory ? 0 : 2;
}
TRIMATTE_EXPORT int cuMemFree_v2(std::uint64_t address) {
    std::free(reinterpret_cast<void*>(address - kShift));
    return 0;
}
TRIMATTE_EXPORT int cuMemcpyHtoD_v2(std::uint64_t address, const void* data, std::size_t bytes) {
    std::memcpy(reinterpret_cast<void*>(address - kShift), data, bytes);
    return 0;
}
TRIMATTE_EXPORT int cuMemcpyDtoH_v2(void* data, std::uint64_t address, std::size_t bytes) {
    std::memcpy(data, reinterpret_cast<const void*>(address - kShift), bytes);
    return 0;
}
