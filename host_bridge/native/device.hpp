// Graphics devices that effects may render on, through libraries that are looked for only when one is asked for.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace trimatte::host {

// How the pixels of an image lie, rows upward and without gaps.
struct PixelForm {
    int width;
    int height;
    int channels;
    std::string depth;  // as the standard names it
};

class Device {
  public:
    enum class Kind { kCuda, kOpenCl, kOpenGl };

    virtual ~Device() = default;
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    // The first device for "cuda", "opencl" or "opengl", opened once per process; throws HostFailure where there is
    // none.
    static std::shared_ptr<Device> open(const std::string& name);

    Kind kind() const { return kind_; }
    // The stream or command queue that plug-ins enqueue on.
    virtual void* queue() const = 0;
    // Memory of the device as plug-ins name it: an address for CUDA, a cl_mem for OpenCL.
    virtual std::shared_ptr<void> upload(const std::byte* data, std::size_t bytes) = 0;
    // Waits for what was enqueued.
    virtual void download(void* memory, std::byte* target, std::size_t bytes) = 0;

    // The same for devices that have pictures beside plain memory; OpenCL has images.
    virtual bool takes_pictures(const PixelForm&) const { return false; }
    virtual std::shared_ptr<void> upload_picture(const PixelForm& form, const std::byte* data);
    virtual void download_picture(void* picture, const PixelForm& form, std::byte* target);
    // Makes what is drawn go into a picture; only for devices that draw.
    virtual void target(void*, const PixelForm&) {}
    // This thread alone has the device as long as the result lives; null where several may.
    virtual std::shared_ptr<void> enter() { return nullptr; }
    // A program of its language, made once; null where it cannot be.
    virtual void* compile(const std::string&) { return nullptr; }

  protected:
    explicit Device(Kind kind) : kind_(kind) {}

  private:
    Kind kind_;
};

// A library that stays open; `function` throws HostFailure for a name it does not have.
class DeviceLibrary {
  public:
    DeviceLibrary(const char* file, std::string what);
    void* function(const char* name) const;
    template <class Function>
    void bind(Function*& function_pointer, const char* name) const {
        function_pointer = reinterpret_cast<Function*>(function(name));
    }

  private:
    void* library_;
    std::string what_;
};

std::shared_ptr<Device> open_cuda();
std::shared_ptr<Device> open_opencl();
std::shared_ptr<Device> open_opengl();

}  // namespace trimatte::host
