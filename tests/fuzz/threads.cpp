// The two ends of a channel at work, with the heart beating from a third thread: for ThreadSanitizer.
#include <sys/mman.h>
#include <unistd.h>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bridge/channel.hpp"

using namespace trimatte;
using std::chrono::milliseconds;

namespace {

constexpr int kRequests = 400;
constexpr int kSide = 16;
constexpr size_t kBytes = kSide * kSide * 4;

void work(bridge::Channel& channel) {
    try {
        for (;;) {
            const bridge::Request request = channel.receive();
            const auto mapping = channel.mapping(request.message.output);
            const wire::Image plate = channel.fetch(request.message.time + 1, wire::Clip::kSource);
            std::memcpy(mapping->data() + request.message.output.offset, channel.mapping(plate)->data() + plate.offset,
                        kBytes);
            channel.progress(0.5);
            if (!channel.cancelled()) channel.done(wire::Status::kOk, "done");
        }
    } catch (const wire::Closed&) {
    }
}

wire::Image image_at(uint64_t offset) {
    return {offset, 0, 0, kSide, kSide, static_cast<uint32_t>(wire::Depth::kByte), 4};
}

// Asks for one frame and answers until it is done; returns the heartbeats heard.
int ask(int socket, wire::SharedMemory& memory, uint64_t number) {
    auto render = wire::make<wire::Render>(number);
    render.memory_size = memory.size();
    render.output = image_at(0);
    wire::send(socket, render);
    wire::Packet packet;
    for (int beats = 0;;) {
        if (!wire::receive(socket, packet)) {
            wire::wait(socket, milliseconds(1000));
            continue;
        }
        if (packet.type() == wire::Type::kHeartbeat) ++beats;
        if (packet.type() == wire::Type::kDone && packet.header().request == number) return beats;
        if (packet.type() != wire::Type::kFetchFrame) continue;
        std::memset(memory.data() + 4096, static_cast<int>(number), kBytes);
        auto ready = wire::make<wire::FrameReady>(number);
        ready.memory_size = memory.size();
        ready.image = image_at(4096);
        wire::send(socket, ready);
    }
}

}  // namespace

int main() {
    auto ends = wire::make_pair();
    auto memory = wire::SharedMemory::create();
    memory.reserve(1 << 16);
    bridge::Channel channel(std::move(ends.second), wire::Descriptor(dup(memory.descriptor())));
    std::atomic<bool> over{false};
    std::thread worker([&] { work(channel); });
    std::thread heart([&] {
        while (!over) {
            channel.heartbeat(0.1);
            std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
    });
    int beats = 0;
    for (int number = 1; number <= kRequests; ++number) {
        beats += ask(ends.first.get(), memory, static_cast<uint64_t>(number));
        for (size_t i = 0; i < kBytes; ++i) {
            if (std::to_integer<int>(memory.data()[i]) != (number & 0xff)) {
                std::fprintf(stderr, "request %d: byte %zu is another one's\n", number, i);
                std::abort();
            }
        }
    }
    over = true;
    channel.close();
    heart.join();
    worker.join();
    std::printf("%d requests, %d heartbeats\n", kRequests, beats);
    return 0;
}
