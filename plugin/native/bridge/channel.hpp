// The worker's end of one channel: requests come in, frames are fetched, a reply goes out.
#pragma once

#include <atomic>
#include <optional>

#include "../wire/shared_memory.hpp"

namespace trimatte::bridge {

// The shell has no picture at this time; the text says why.
struct FrameMissing : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The host no longer wants this frame.
struct Cancelled : std::runtime_error {
    Cancelled() : std::runtime_error("the host cancelled this frame") {}
};

struct Request {
    wire::Render message;
    std::string settings;
};

// One thread at a time works on a channel; ``heartbeat`` alone may come from another one.
class Channel {
  public:
    Channel(wire::Descriptor socket, wire::Descriptor memory)
        : socket_(std::move(socket)), memory_(std::move(memory)) {}

    // Waits for the next request; throws wire::Closed when the shell has closed the channel.
    Request receive();
    // Asks for the picture of ``clip`` at ``time`` and waits for it; throws FrameMissing, Cancelled or wire::Closed.
    wire::Image fetch(double time, wire::Clip clip);
    // Lets the host set a text parameter, and show another time, once the request is done.
    void set_text(wire::Parameter parameter, const std::string& text) const;
    void go_to(double time) const;
    // Whether the host has cancelled the request under way, or is gone.
    bool cancelled();
    void progress(double fraction) const;
    void heartbeat(double quiet_seconds) const;
    void done(wire::Status status, const std::string& text);
    // Ends the conversation for both sides; the descriptor itself stays until nobody can use it any more.
    void close() const;

    // The mapping that holds ``image``; throws wire::ProtocolError when the image leaves it.
    std::shared_ptr<wire::Mapping> mapping(const wire::Image& image);
    uint64_t fingerprint(const wire::Image& image);

  private:
    bool take_cancel(const wire::Packet& packet);

    wire::Descriptor socket_;
    wire::SharedMemory memory_;
    std::atomic<uint64_t> request_{0};  // 0: none under way
    bool cancelled_ = false;
};

// The worker's end of the control socket.
class Control {
  public:
    struct Event {
        std::unique_ptr<Channel> channel;   // a new channel, or
        std::optional<uint64_t> forgotten;  // an instance to forget
    };
    explicit Control(int socket) : socket_(socket) {}

    void hello(bool ready, const std::string& text) const;
    // Waits for what happens next; throws wire::Closed when the host process has ended.
    Event accept() const;

  private:
    wire::Descriptor socket_;
};

// 64 bits that change with any byte of a picture; not cryptographic, about as fast as memory.
uint64_t fingerprint(const std::byte* bytes, size_t size);

}  // namespace trimatte::bridge
