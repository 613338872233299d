// OpenCL buffers on the first device of the first platform that has one.
#include <cstdint>
#include <vector>

#include "device.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

constexpr std::uint64_t kAllDevices = 0xFFFFFFFF;  // CL_DEVICE_TYPE_ALL
constexpr std::uint64_t kReadWrite = 1;            // CL_MEM_READ_WRITE
constexpr std::uint32_t kBlocking = 1;

class OpenClDevice : public Device {
  public:
    OpenClDevice() : Device(Kind::kOpenCl), library_("libOpenCL.so.1", "OpenCL") {
        library_.bind(get_platforms_, "clGetPlatformIDs");
        library_.bind(get_devices_, "clGetDeviceIDs");
        library_.bind(create_context_, "clCreateContext");
        library_.bind(create_queue_, "clCreateCommandQueue");
        library_.bind(create_buffer_, "clCreateBuffer");
        library_.bind(release_, "clReleaseMemObject");
        library_.bind(write_, "clEnqueueWriteBuffer");
        library_.bind(read_, "clEnqueueReadBuffer");
        void* device = first_device();
        std::int32_t error = 0;
        context_ = create_context_(nullptr, 1, &device, nullptr, nullptr, &error);
        check(error, "clCreateContext");
        queue_ = create_queue_(context_, device, 0, &error);
        check(error, "clCreateCommandQueue");
    }

    void* queue() const override { return queue_; }

    std::shared_ptr<void> upload(const std::byte* data, std::size_t bytes) override {
        std::int32_t error = 0;
        void* buffer = create_buffer_(context_, kReadWrite, bytes, nullptr, &error);
        check(error, "clCreateBuffer");
        std::shared_ptr<void> memory(buffer, [this](void* held) { release_(held); });
        check(write_(queue_, buffer, kBlocking, 0, bytes, data, 0, nullptr, nullptr), "clEnqueueWriteBuffer");
        return memory;
    }

    void download(void* memory, std::byte* target, std::size_t bytes) override {  // the queue is in order
        check(read_(queue_, memory, kBlocking, 0, bytes, target, 0, nullptr, nullptr), "clEnqueueReadBuffer");
    }

  private:
    static void check(std::int32_t error, const char* what) {
        if (error != 0) {
            throw HostFailure(std::string("OpenCL failed: ") + what + " answered " + std::to_string(error));
        }
    }

    void* first_device() const {
        std::uint32_t count = 0;
        get_platforms_(0, nullptr, &count);
        std::vector<void*> platforms(count);
        get_platforms_(count, platforms.data(), nullptr);
        for (void* platform : platforms) {
            void* device = nullptr;
            if (get_devices_(platform, kAllDevices, 1, &device, &count) == 0 && count > 0) {
                return device;
            }
        }
        throw HostFailure("this machine has no OpenCL device");
    }

    DeviceLibrary library_;
    std::int32_t (*get_platforms_)(std::uint32_t, void**, std::uint32_t*) = nullptr;
    std::int32_t (*get_devices_)(void*, std::uint64_t, std::uint32_t, void**, std::uint32_t*) = nullptr;
    void* (*create_context_)(const void*, std::uint32_t, void* const*, void*, void*, std::int32_t*) = nullptr;
    void* (*create_queue_)(void*, void*, std::uint64_t, std::int32_t*) = nullptr;
    void* (*create_buffer_)(void*, std::uint64_t, std::size_t, void*, std::int32_t*) = nullptr;
    std::int32_t (*release_)(void*) = nullptr;
    std::int32_t (*write_)(void*, void*, std::uint32_t, std::size_t, std::size_t, const void*, std::uint32_t,
                           const void*, void*) = nullptr;
    std::int32_t (*read_)(void*, void*, std::uint32_t, std::size_t, std::size_t, void*, std::uint32_t, const void*,
                          void*) = nullptr;
    void* context_ = nullptr;
    void* queue_ = nullptr;
};

}  // namespace

std::shared_ptr<Device> open_opencl() { return std::make_shared<OpenClDevice>(); }

}  // namespace trimatte::host
