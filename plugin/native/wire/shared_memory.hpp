// The memfd of a channel and its mapping, for both ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "socket.hpp"

namespace trimatte::wire {

// One mapping of the whole memfd; lives as long as somebody looks at it.
class Mapping {
  public:
    Mapping(int descriptor, size_t size);
    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    std::byte* data() const { return data_; }
    size_t size() const { return size_; }

  private:
    std::byte* data_;
    size_t size_;
};

class SharedMemory {
  public:
    // A new memfd of no bytes that can grow and never shrink, so no reader is ever cut off.
    static SharedMemory create();
    // The memfd that the other side made.
    explicit SharedMemory(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    // Makes room for ``size`` bytes; throws std::bad_alloc when the machine has none, rather than SIGBUS later.
    void reserve(size_t size);
    // Maps at least ``size`` bytes; throws ProtocolError when the memfd is shorter.
    const std::shared_ptr<Mapping>& map(size_t size);

    int descriptor() const { return descriptor_.get(); }
    size_t size() const { return mapping_ ? mapping_->size() : 0; }
    std::byte* data() const { return mapping_->data(); }

  private:
    Descriptor descriptor_;
    std::shared_ptr<Mapping> mapping_;
};

}  // namespace trimatte::wire
