// OpenCL buffers, images and programs on the first device of the first platform that has one.
#include <openfx/ofx_core.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "device.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

constexpr std::uint64_t kAllDevices = 0xFFFFFFFF;  // CL_DEVICE_TYPE_ALL
constexpr std::uint64_t kReadWrite = 1;            // CL_MEM_READ_WRITE
constexpr std::uint32_t kBlocking = 1;

// cl_image_format
struct ImageFormat {
    std::uint32_t order, type;
};

std::optional<ImageFormat> format_of(const PixelForm& form) {
    static const std::map<std::string, std::uint32_t> kTypes = {{kOfxBitDepthByte, 0x10D2},
                                                                {kOfxBitDepthShort, 0x10D3},
                                                                {kOfxBitDepthHalf, 0x10DD},
                                                                {kOfxBitDepthFloat, 0x10DE}};
    const auto type = kTypes.find(form.depth);
    if (type == kTypes.end() || (form.channels != 4 && form.channels != 1)) {  // hardly any device has RGB
        return std::nullopt;
    }
    return ImageFormat{form.channels == 4 ? 0x10B5U : 0x10B0U, type->second};
}

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
        library_.bind(create_image_, "clCreateImage2D");
        library_.bind(write_image_, "clEnqueueWriteImage");
        library_.bind(read_image_, "clEnqueueReadImage");
        library_.bind(create_program_, "clCreateProgramWithSource");
        library_.bind(build_program_, "clBuildProgram");
        library_.bind(release_program_, "clReleaseProgram");
        device_ = first_device();
        std::int32_t error = 0;
        context_ = create_context_(nullptr, 1, &device_, nullptr, nullptr, &error);
        check(error, "clCreateContext");
        queue_ = create_queue_(context_, device_, 0, &error);
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

    bool takes_pictures(const PixelForm& form) const override { return format_of(form).has_value(); }

    std::shared_ptr<void> upload_picture(const PixelForm& form, const std::byte* data) override {
        const ImageFormat format = format_of(form).value();
        const std::size_t width = form.width, height = form.height, origin[3] = {0, 0, 0}, area[3] = {width, height, 1};
        std::int32_t error = 0;
        void* image = create_image_(context_, kReadWrite, &format, width, height, 0, nullptr, &error);
        check(error, "clCreateImage2D");
        std::shared_ptr<void> picture(image, [this](void* held) { release_(held); });
        check(write_image_(queue_, image, kBlocking, origin, area, 0, 0, data, 0, nullptr, nullptr),
              "clEnqueueWriteImage");
        return picture;
    }

    void download_picture(void* picture, const PixelForm& form, std::byte* target) override {
        const std::size_t width = form.width, height = form.height, origin[3] = {0, 0, 0}, area[3] = {width, height, 1};
        check(read_image_(queue_, picture, kBlocking, origin, area, 0, 0, target, 0, nullptr, nullptr),
              "clEnqueueReadImage");
    }

    void* compile(const std::string& source) override {
        std::lock_guard lock(mutex_);
        const auto known = programs_.find(source);
        if (known != programs_.end()) {
            return known->second;
        }
        const char* text = source.c_str();
        std::int32_t error = 0;
        void* program = create_program_(context_, 1, &text, nullptr, &error);
        if (error != 0) {
            return nullptr;
        }
        if (build_program_(program, 1, &device_, nullptr, nullptr, nullptr) != 0) {
            release_program_(program);
            return nullptr;
        }
        return programs_[source] = program;  // kept as long as the process: plug-ins hold it
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
    void* (*create_image_)(void*, std::uint64_t, const ImageFormat*, std::size_t, std::size_t, std::size_t, void*,
                           std::int32_t*) = nullptr;
    std::int32_t (*write_image_)(void*, void*, std::uint32_t, const std::size_t*, const std::size_t*, std::size_t,
                                 std::size_t, const void*, std::uint32_t, const void*, void*) = nullptr;
    std::int32_t (*read_image_)(void*, void*, std::uint32_t, const std::size_t*, const std::size_t*, std::size_t,
                                std::size_t, void*, std::uint32_t, const void*, void*) = nullptr;
    void* (*create_program_)(void*, std::uint32_t, const char**, const std::size_t*, std::int32_t*) = nullptr;
    std::int32_t (*build_program_)(void*, std::uint32_t, void* const*, const char*, void*, void*) = nullptr;
    std::int32_t (*release_program_)(void*) = nullptr;
    std::mutex mutex_;
    std::map<std::string, void*> programs_;
    void* device_ = nullptr;
    void* context_ = nullptr;
    void* queue_ = nullptr;
};

}  // namespace

std::shared_ptr<Device> open_opencl() { return std::make_shared<OpenClDevice>(); }

}  // namespace trimatte::host
