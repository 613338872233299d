// Fuzzes both ends of the wire: what the other side sends may be refused, and nothing else may happen.
//
// An input is a row of packets: one byte of ways, two of length, then the bytes. With clang this is a libFuzzer target;
// elsewhere driver.cpp mutates.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bridge/channel.hpp"

using namespace trimatte;

namespace {

constexpr uint8_t kHeaderIsTrue = 1;  // magic, version and size are put right: the bytes go deeper
constexpr uint8_t kTypeIsTrue = 2;
constexpr uint8_t kWithDescriptors = 4;
constexpr uint8_t kOnControl = 8;
constexpr size_t kMemory = 1 << 16;

constexpr wire::Type kTypes[] = {wire::Type::kHello,        wire::Type::kOpenChannel, wire::Type::kForget,
                                 wire::Type::kRender,       wire::Type::kFetchFrame,  wire::Type::kFrameReady,
                                 wire::Type::kFrameMissing, wire::Type::kProgress,    wire::Type::kHeartbeat,
                                 wire::Type::kCancel,       wire::Type::kDone,        wire::Type::kSetText,
                                 wire::Type::kGoTo};

void demand(bool truth, const char* what) {
    if (truth) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

wire::Descriptor memory() {
    wire::Descriptor made(memfd_create("fuzz", MFD_CLOEXEC));
    demand(ftruncate(made.get(), kMemory) == 0, "no memory");
    return made;
}

size_t size_of(wire::Type type) {
    switch (type) {
        case wire::Type::kHello:
        case wire::Type::kDone:
            return sizeof(wire::Done);
        case wire::Type::kRender:
            return sizeof(wire::Render);
        case wire::Type::kFrameReady:
            return sizeof(wire::FrameReady);
        case wire::Type::kFrameMissing:
            return sizeof(wire::FrameMissing);
        case wire::Type::kFetchFrame:
            return sizeof(wire::FetchFrame);
        case wire::Type::kSetText:
            return sizeof(wire::SetText);
        case wire::Type::kOpenChannel:
        case wire::Type::kCancel:
            return sizeof(wire::Cancel);
        default:
            return sizeof(wire::Progress);
    }
}

std::vector<uint8_t> packet_of(const uint8_t* bytes, size_t size, uint8_t ways) {
    std::vector<uint8_t> packet(bytes, bytes + size);
    if (!(ways & kHeaderIsTrue)) return packet;
    auto type = static_cast<uint16_t>(size > 6 ? bytes[6] : 0);
    if (ways & kTypeIsTrue) {
        const wire::Type chosen = kTypes[type % std::size(kTypes)];
        type = static_cast<uint16_t>(chosen);
        packet.resize(size_of(chosen));
    }
    packet.resize(std::max(packet.size(), sizeof(wire::Header)));
    wire::Header header;
    std::memcpy(&header, packet.data(), sizeof(header));
    header.magic = wire::kMagic, header.version = wire::kVersion, header.type = type;
    header.size = static_cast<uint32_t>(packet.size());
    header.request %= 3;
    std::memcpy(packet.data(), &header, sizeof(header));
    return packet;
}

// The shell's half: every message as what it says it is.
void read_as_shell(const wire::Packet& packet) {
    std::string text;
    switch (packet.type()) {
        case wire::Type::kHello:
            text = wire::get_text(packet.as<wire::Hello>().text);
            break;
        case wire::Type::kDone:
            text = wire::get_text(packet.as<wire::Done>().text);
            break;
        case wire::Type::kFrameMissing:
            text = wire::get_text(packet.as<wire::FrameMissing>().text);
            break;
        case wire::Type::kFetchFrame:
            packet.as<wire::FetchFrame>();
            break;
        case wire::Type::kHeartbeat:
            packet.as<wire::Heartbeat>();
            break;
        case wire::Type::kSetText:
            packet.as<wire::SetText>();
            break;
        default:
            break;
    }
    for (size_t at = 0; at < text.size();) {
        const size_t size = wire::character_size(text, at);
        demand(size > 0, "a text that is none came through");
        at += size;
    }
}

void act_as_worker(bridge::Channel& channel) {
    for (;;) {
        const bridge::Request request = channel.receive();
        demand(request.settings.size() <= kMemory, "settings larger than the memory");
        for (const wire::Image& image : {request.message.source, request.message.output}) {
            try {
                channel.mapping(image);
                channel.fingerprint(image);  // reads every byte of what was let through
            } catch (const wire::ProtocolError&) {
            }
        }
        try {
            const wire::Image image = channel.fetch(1.0, wire::Clip::kSource);
            channel.fingerprint(image);
            channel.cancelled();
        } catch (const bridge::FrameMissing&) {
        } catch (const bridge::Cancelled&) {
        }
        channel.set_text(wire::Parameter::kKeyframes, std::string(5000, 'x'));
        channel.progress(0.5);
        channel.heartbeat(0.1);
        channel.done(wire::Status::kOk, "done");
    }
}

template <typename Act>
void until_refused(Act act) {
    try {
        act();
    } catch (const wire::Closed&) {
    } catch (const wire::ProtocolError&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    auto [shell_channel, worker_channel] = wire::make_pair();
    auto [shell_control, worker_control] = wire::make_pair();
    auto [shell_words, worker_words] = wire::make_pair();
    size_t at = 0;
    for (int count = 0; at + 3 <= size && count < 16; ++count) {
        const uint8_t ways = data[at];
        const size_t length = std::min<size_t>(data[at + 1] | (data[at + 2] & 0x1f) << 8, size - at - 3);
        const std::vector<uint8_t> packet = packet_of(data + at + 3, length, ways);
        at += 3 + length;
        if (packet.empty()) continue;
        const wire::Descriptor extra = memory();
        const int descriptors[] = {extra.get(), extra.get()};
        const int given = ways & kWithDescriptors ? 2 : 0;
        wire::send_bytes((ways & kOnControl ? shell_control : shell_channel).get(), packet.data(), packet.size(),
                         descriptors, given);
        wire::send_bytes(worker_words.get(), packet.data(), packet.size(), descriptors, given);
    }
    for (wire::Descriptor* end : {&shell_channel, &shell_control, &worker_words}) ::shutdown(end->get(), SHUT_WR);
    bridge::Channel channel(std::move(worker_channel), memory());
    until_refused([&] { act_as_worker(channel); });
    const bridge::Control control(worker_control.release());
    until_refused([&] {
        for (;;) control.accept();
    });
    wire::Packet packet;
    const int words = shell_words.get();
    until_refused([&] {
        while (wire::receive(words, packet)) until_refused([&] { read_as_shell(packet); });
    });
    return 0;
}
