// Graphics devices: which there are, and their libraries.
#include "device.hpp"

#include <dlfcn.h>

#include <map>
#include <mutex>

#include "status.hpp"

namespace trimatte::host {

std::shared_ptr<Device> Device::open(const std::string& name) {
    static std::mutex mutex;
    static auto* opened = new std::map<std::string, std::shared_ptr<Device>>;  // never closed: plug-ins may outlive us
    std::lock_guard lock(mutex);
    auto& device = (*opened)[name];
    if (!device) {
        if (name != "cuda" && name != "opencl" && name != "opengl") {
            throw HostFailure("there is no kind of device " + name + "; there are cuda, opencl and opengl");
        }
        device = name == "cuda" ? open_cuda() : name == "opencl" ? open_opencl() : open_opengl();
    }
    return device;
}

std::shared_ptr<void> Device::upload_picture(const PixelForm&, const std::byte*) {
    throw HostFailure("this kind of device has no pictures");
}

void Device::download_picture(void*, const PixelForm&, std::byte*) {
    throw HostFailure("this kind of device has no pictures");
}

DeviceLibrary::DeviceLibrary(const char* file, std::string what)
    : library_(dlopen(file, RTLD_NOW | RTLD_LOCAL)), what_(std::move(what)) {
    if (!library_) {
        throw HostFailure("this machine has no " + what_ + ": " + file + " cannot be opened");
    }
}

void* DeviceLibrary::function(const char* name) const {
    void* found = dlsym(library_, name);
    if (!found) {
        throw HostFailure("the " + what_ + " library of this machine has no " + name);
    }
    return found;
}

}  // namespace trimatte::host
