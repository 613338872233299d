#include "shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <cerrno>
#include <new>
#include <system_error>

namespace trimatte::wire {

Mapping::Mapping(int descriptor, size_t size) : size_(size) {
    void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (address == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<std::byte*>(address);
}

Mapping::~Mapping() { munmap(data_, size_); }

SharedMemory SharedMemory::create() {
    Descriptor descriptor(memfd_create("trimatte", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!descriptor) throw std::system_error(errno, std::generic_category(), "memfd_create");
    fcntl(descriptor.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL);
    return SharedMemory(std::move(descriptor));
}

void SharedMemory::reserve(size_t size) {
    if (size <= this->size()) return;
    const size_t page = 1 << 16;
    size = (size + page - 1) / page * page;
    int error;
    while ((error = posix_fallocate(descriptor_.get(), 0, static_cast<off_t>(size))) == EINTR) {
    }
    if (error != 0) throw std::bad_alloc();
    map(size);
}

const std::shared_ptr<Mapping>& SharedMemory::map(size_t size) {
    if (size == 0 && !mapping_) throw ProtocolError("no shared memory was announced");
    if (size <= this->size()) return mapping_;
    struct stat facts {};
    if (fstat(descriptor_.get(), &facts) != 0 || facts.st_size < 0 || static_cast<size_t>(facts.st_size) < size) {
        throw ProtocolError("the shared memory is smaller than announced");
    }
    mapping_ = std::make_shared<Mapping>(descriptor_.get(), static_cast<size_t>(facts.st_size));
    return mapping_;
}

}  // namespace trimatte::wire
