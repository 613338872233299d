// Fuzzes both ends of the wire: what the other side sends may be refused, and nothing else may happen.
//
// With clang this is a libFuzzer target; elsewhere driver.cpp mutates.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bridge/channel.hpp"
#include "packets.hpp"

using namespace trimatte;

namespace {

constexpr size_t kMemory = 1 << 16;

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
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) {
        const std::vector<uint8_t> packet = fuzz::packet_of(piece, 3);
        if (packet.empty()) continue;
        const wire::Descriptor extra = memory();
        const int descriptors[] = {extra.get(), extra.get()};
        const int given = piece.ways & fuzz::kWithDescriptors ? 2 : 0;
        wire::send_bytes((piece.ways & fuzz::kOnControl ? shell_control : shell_channel).get(), packet.data(),
                         packet.size(), descriptors, given);
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
