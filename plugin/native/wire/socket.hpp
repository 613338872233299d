// Packets over a SOCK_SEQPACKET socket: whole messages, checked on receipt, with descriptors beside them.
#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "protocol.hpp"

namespace trimatte::wire {

// The other side is gone: end of file, or a reset connection.
struct Closed : std::runtime_error {
    Closed() : std::runtime_error("the other side has closed the connection") {}
};

// The other side speaks, but not our protocol.
struct ProtocolError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Owns one file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Descriptor() { reset(); }
    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }
    explicit operator bool() const { return number_ >= 0; }
    void reset();

  private:
    int number_;
};

// A received message. ``as`` checks that its size is the one of its type.
struct Packet {
    alignas(8) std::byte bytes[kMaxMessage];
    size_t size = 0;
    Descriptor descriptors[2];

    const Header& header() const { return *reinterpret_cast<const Header*>(bytes); }
    Type type() const { return static_cast<Type>(header().type); }

    template <typename Message>
    Message as() const {
        if (type() != Message::kType || size != sizeof(Message)) throw ProtocolError("a message has the wrong size");
        Message message;
        std::memcpy(&message, bytes, sizeof(Message));
        return message;
    }
};

enum class Sent { kYes, kFull };

// A connected pair; both ends are closed on exec.
std::pair<Descriptor, Descriptor> make_pair();

// Sends without blocking and without SIGPIPE; throws Closed.
Sent send_bytes(int socket, const void* bytes, size_t size, const int* descriptors = nullptr, int count = 0);

template <typename Message>
Sent send(int socket, const Message& message, const int* descriptors = nullptr, int count = 0) {
    return send_bytes(socket, &message, sizeof(Message), descriptors, count);
}

// Waits until ``socket`` can be read (or, with ``write``, written); false when the time is over.
bool wait(int socket, std::chrono::milliseconds timeout, bool write = false);

// Takes one message that is already there; false when there is none. Throws Closed or ProtocolError.
bool receive(int socket, Packet& packet);

}  // namespace trimatte::wire
