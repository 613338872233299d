// CUDA through the driver's own library, in the context that plug-ins share with the runtime.
#include <cstdint>

#include "device.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

using Address = std::uint64_t;  // CUdeviceptr

class CudaDevice : public Device {
  public:
    CudaDevice() : Device(Kind::kCuda), library_("libcuda.so.1", "CUDA driver") {
        library_.bind(init_, "cuInit");
        library_.bind(device_get_, "cuDeviceGet");
        library_.bind(retain_, "cuDevicePrimaryCtxRetain");
        library_.bind(set_current_, "cuCtxSetCurrent");
        library_.bind(stream_create_, "cuStreamCreate");
        library_.bind(synchronize_, "cuStreamSynchronize");
        library_.bind(allocate_, "cuMemAlloc_v2");
        library_.bind(free_, "cuMemFree_v2");
        library_.bind(to_device_, "cuMemcpyHtoD_v2");
        library_.bind(to_host_, "cuMemcpyDtoH_v2");
        int device = 0;
        check(init_(0), "cuInit");
        check(device_get_(&device, 0), "cuDeviceGet");
        check(retain_(&context_, device), "cuDevicePrimaryCtxRetain");
        check(set_current_(context_), "cuCtxSetCurrent");
        check(stream_create_(&stream_, 0), "cuStreamCreate");
    }

    void* queue() const override { return stream_; }

    std::shared_ptr<void> upload(const std::byte* data, std::size_t bytes) override {
        Address address = 0;
        check(set_current_(context_), "cuCtxSetCurrent");
        check(allocate_(&address, bytes), "cuMemAlloc");
        std::shared_ptr<void> memory(reinterpret_cast<void*>(address), [this](void* held) {
            set_current_(context_);
            free_(reinterpret_cast<Address>(held));
        });
        check(to_device_(address, data, bytes), "cuMemcpyHtoD");
        return memory;
    }

    void download(void* memory, std::byte* target, std::size_t bytes) override {
        check(set_current_(context_), "cuCtxSetCurrent");
        check(synchronize_(stream_), "cuStreamSynchronize");
        check(to_host_(target, reinterpret_cast<Address>(memory), bytes), "cuMemcpyDtoH");
    }

  private:
    static void check(int result, const char* what) {
        if (result != 0) {
            throw HostFailure(std::string("CUDA failed: ") + what + " answered " + std::to_string(result));
        }
    }

    DeviceLibrary library_;
    int (*init_)(unsigned int) = nullptr;
    int (*device_get_)(int*, int) = nullptr;
    int (*retain_)(void**, int) = nullptr;
    int (*set_current_)(void*) = nullptr;
    int (*stream_create_)(void**, unsigned int) = nullptr;
    int (*synchronize_)(void*) = nullptr;
    int (*allocate_)(Address*, std::size_t) = nullptr;
    int (*free_)(Address) = nullptr;
    int (*to_device_)(Address, const void*, std::size_t) = nullptr;
    int (*to_host_)(void*, Address, std::size_t) = nullptr;
    void* context_ = nullptr;
    void* stream_ = nullptr;
};

}  // namespace

std::shared_ptr<Device> open_cuda() { return std::make_shared<CudaDevice>(); }

}  // namespace trimatte::host
