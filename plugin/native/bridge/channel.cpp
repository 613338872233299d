#include "channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace trimatte::bridge {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kForever{-1};

template <typename Message>
void send_patiently(int socket, const Message& message) {
    while (wire::send(socket, message) == wire::Sent::kFull) wire::wait(socket, milliseconds(100), true);
}

// A word about a request that has ended: it crossed the end on its way.
bool is_late(const wire::Packet& packet) {
    return packet.type() == wire::Type::kCancel || packet.type() == wire::Type::kFrameReady ||
           packet.type() == wire::Type::kFrameMissing;
}

void wait_for(int socket, wire::Packet& packet) {
    while (!wire::receive(socket, packet)) wire::wait(socket, kForever);
}

}  // namespace

Request Channel::receive() {
    wire::Packet packet;
    do {
        wait_for(socket_.get(), packet);
    } while (is_late(packet));
    Request request{packet.as<wire::Render>(), {}};
    const wire::Render& message = request.message;
    const auto& mapping = memory_.map(message.memory_size);
    if (message.settings_offset > mapping->size() ||
        message.settings_size > mapping->size() - message.settings_offset) {
        throw wire::ProtocolError("the settings lie outside the shared memory");
    }
    request.settings.assign(reinterpret_cast<const char*>(mapping->data() + message.settings_offset),
                            message.settings_size);
    cancelled_ = false;
    request_ = message.header.request;
    return request;
}

bool Channel::take_cancel(const wire::Packet& packet) {
    if (packet.type() != wire::Type::kCancel) return false;
    if (packet.as<wire::Cancel>().header.request == request_) cancelled_ = true;
    return true;
}

void Channel::set_text(wire::Parameter parameter, const std::string& text) const {
    size_t at = 0;
    do {  // an empty text is one empty piece
        auto piece = wire::make<wire::SetText>(request_);
        piece.parameter = static_cast<uint32_t>(parameter);
        piece.size = static_cast<uint32_t>(std::min(text.size() - at, sizeof(piece.bytes)));
        std::memcpy(piece.bytes, text.data() + at, piece.size);
        at += piece.size;
        send_patiently(socket_.get(), piece);
    } while (at < text.size());
}

void Channel::go_to(double time) const {
    auto message = wire::make<wire::GoTo>(request_);
    message.time = time;
    send_patiently(socket_.get(), message);
}

wire::Image Channel::fetch(double time, wire::Clip clip) {
    auto question = wire::make<wire::FetchFrame>(request_);
    question.time = time;
    question.clip = static_cast<uint32_t>(clip);
    if (cancelled_) throw Cancelled();
    send_patiently(socket_.get(), question);
    wire::Packet packet;
    for (;;) {
        wait_for(socket_.get(), packet);
        if (take_cancel(packet)) {
            if (cancelled_) throw Cancelled();
            continue;
        }
        if (packet.header().request != request_) throw wire::ProtocolError("a reply belongs to another request");
        if (packet.type() == wire::Type::kFrameMissing) {
            throw FrameMissing(wire::get_text(packet.as<wire::FrameMissing>().text));
        }
        const auto ready = packet.as<wire::FrameReady>();
        memory_.map(ready.memory_size);
        return ready.image;
    }
}

bool Channel::cancelled() {
    wire::Packet packet;
    try {
        while (!cancelled_ && wire::receive(socket_.get(), packet)) {
            if (!take_cancel(packet)) throw wire::ProtocolError("an unexpected message came during a request");
        }
    } catch (const wire::Closed&) {
        cancelled_ = true;
    }
    return cancelled_;
}

void Channel::progress(double fraction) const {
    auto message = wire::make<wire::Progress>(request_);
    message.fraction = fraction;
    wire::send(socket_.get(), message);  // a full socket means that nobody reads: nothing is lost
}

void Channel::heartbeat(double quiet_seconds) const {
    if (request_ == 0) return;
    auto message = wire::make<wire::Heartbeat>(request_);
    message.quiet_seconds = quiet_seconds;
    wire::send(socket_.get(), message);
}

void Channel::done(wire::Status status, const std::string& text) {
    auto message = wire::make<wire::Done>(request_.exchange(0));
    message.status = static_cast<int32_t>(status);
    wire::set_text(message.text, text);
    send_patiently(socket_.get(), message);
}

void Channel::close() const { ::shutdown(socket_.get(), SHUT_RDWR); }

std::shared_ptr<wire::Mapping> Channel::mapping(const wire::Image& image) {
    if (!wire::is_inside(image, memory_.size())) {
        throw wire::ProtocolError("an image lies outside the shared memory, or has no pixels");
    }
    return memory_.map(0);
}

uint64_t Channel::fingerprint(const wire::Image& image) {
    return bridge::fingerprint(mapping(image)->data() + image.offset, wire::image_bytes(image));
}

void Control::hello(bool ready, const std::string& text) const {
    auto message = wire::make<wire::Hello>(0);
    message.pid = getpid();
    message.status = static_cast<int32_t>(ready ? wire::Status::kOk : wire::Status::kFailed);
    wire::set_text(message.text, text);
    send_patiently(socket_.get(), message);
}

Control::Event Control::accept() const {
    wire::Packet packet;
    wait_for(socket_.get(), packet);
    if (packet.type() == wire::Type::kForget) return {nullptr, packet.as<wire::Forget>().instance};
    packet.as<wire::OpenChannel>();
    if (!packet.descriptors[0] || !packet.descriptors[1])
        throw wire::ProtocolError("a channel came without its descriptors");
    return {std::make_unique<Channel>(std::move(packet.descriptors[0]), std::move(packet.descriptors[1])), {}};
}

uint64_t fingerprint(const std::byte* bytes, size_t size) {
    constexpr uint64_t kPrime = 0x9e3779b97f4a7c15;
    uint64_t lanes[4] = {1, 2, 3, 4};  // four multiplications at a time hide each other's latency
    size_t at = 0;
    for (; at + 32 <= size; at += 32) {
        uint64_t words[4];
        std::memcpy(words, bytes + at, 32);
        for (int i = 0; i < 4; ++i) {
            lanes[i] = (lanes[i] ^ words[i]) * kPrime;
            lanes[i] ^= lanes[i] >> 29;
        }
    }
    uint64_t sum = size * kPrime;
    for (; at < size; ++at) sum = (sum ^ std::to_integer<uint64_t>(bytes[at])) * kPrime;
    for (uint64_t lane : lanes) {
        sum = (sum ^ lane) * kPrime;
        sum ^= sum >> 32;
    }
    return sum;
}

}  // namespace trimatte::bridge
