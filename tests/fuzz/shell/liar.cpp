#include "liar.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "shell/process.hpp"
#include "wire/shared_memory.hpp"

namespace fuzz {

namespace {

std::mutex mutex;
Script current;

Script script() {
    const std::lock_guard lock(mutex);
    return current;
}

struct Channel {
    wire::Descriptor socket, memory;
};

// A text for the overlay from words that it knows, so that some of it is understood.
void speak_of_marks(std::vector<uint8_t>& packet, const std::vector<uint8_t>& choices) {
    static constexpr const char* kWords[] = {
        "keyframes", "size",   "foreground",           "background",   "\n",  " ",           " 0",           " 7",
        " 16",       " 16 16", " 0 0 16 0 16 16 0 16", " 4 4 9 4 9 9", " -3", " 2147483647", " 99999999999", "x"};
    std::string text;
    for (size_t i = sizeof(wire::Header); i < std::min<size_t>(choices.size(), 120); ++i) {
        text += kWords[choices[i] % std::size(kWords)];
    }
    wire::SetText message;
    std::memcpy(&message, packet.data(), sizeof(message));
    message.parameter = static_cast<uint32_t>(wire::Parameter::kMarks);
    message.size = static_cast<uint32_t>(std::min(text.size(), sizeof(message.bytes)));
    std::memcpy(message.bytes, text.data(), message.size);
    std::memcpy(packet.data(), &message, sizeof(message));
}

void say(int socket, const Script& lies, int control, int memory, uint64_t request) {
    for (const Piece& piece : lies.pieces) {
        std::vector<uint8_t> packet = packet_of(piece, 0);
        if ((piece.ways & (kHeaderIsTrue | kTypeIsTrue)) == (kHeaderIsTrue | kTypeIsTrue)) {
            std::memcpy(packet.data() + offsetof(wire::Header, request), &request, sizeof(request));
        }
        const bool is_text = packet.size() == sizeof(wire::SetText);
        if (is_text && piece.ways & kSpeaksOfMarks) speak_of_marks(packet, piece.bytes);
        if (packet.empty()) continue;
        const int descriptors[] = {memory, memory};
        const int given = piece.ways & kWithDescriptors && memory >= 0 ? 2 : 0;
        wire::send_bytes(piece.ways & kOnControl ? control : socket, packet.data(), packet.size(), descriptors, given);
    }
}

void be_honest(const Channel& channel, const wire::Render& render) {
    const wire::Mapping mapping(channel.memory.get(), render.memory_size);
    if (render.output.channels > 0) {
        std::memset(mapping.data() + render.output.offset, kHonest, wire::image_bytes(render.output));
    }
    wire::send(channel.socket.get(), wire::make<wire::Done>(render.header.request));
}

// Returns whether the channel stays open.
bool answer(const Channel& channel, const wire::Packet& packet, int control) {
    if (packet.type() != wire::Type::kRender) return true;  // an answer to a question of ours
    const auto render = packet.as<wire::Render>();
    const Script lies = script();
    if (lies.pieces.empty() && lies.ending == Ending::kDone) {
        be_honest(channel, render);
        return true;
    }
    if (lies.shrinks && ftruncate(channel.memory.get(), 0) == 0) std::abort();  // it is sealed
    say(channel.socket.get(), lies, control, channel.memory.get(), render.header.request);
    if (lies.ending == Ending::kDone) wire::send(channel.socket.get(), wire::make<wire::Done>(render.header.request));
    return lies.ending != Ending::kClosed;
}

// The life of one worker: until its control socket is shut.
void live(const wire::Descriptor control) {
    std::vector<Channel> channels;
    try {
        const Script lies = script();
        if (lies.at_start) say(control.get(), lies, control.get(), -1, 0);
        wire::send(control.get(), wire::make<wire::Hello>(0));
    } catch (const wire::Closed&) {
        return;
    }
    for (;;) {
        std::vector<pollfd> waited = {{control.get(), POLLIN, 0}};
        for (const Channel& channel : channels) waited.push_back({channel.socket.get(), POLLIN, 0});
        if (poll(waited.data(), waited.size(), -1) < 0) continue;
        wire::Packet packet;
        for (size_t i = waited.size() - 1; i > 0; --i) {
            bool stays = true;
            try {
                while (stays && waited[i].revents && wire::receive(waited[i].fd, packet)) {
                    stays = answer(channels[i - 1], packet, control.get());
                }
            } catch (const std::exception&) {
                stays = false;
            }
            if (!stays) channels.erase(channels.begin() + static_cast<std::ptrdiff_t>(i) - 1);
        }
        try {
            while (waited[0].revents && wire::receive(control.get(), packet)) {
                if (packet.type() == wire::Type::kOpenChannel) {
                    channels.push_back({std::move(packet.descriptors[0]), std::move(packet.descriptors[1])});
                }
            }
        } catch (const std::exception&) {
            return;
        }
    }
}

struct Living {
    int control;
    std::thread thread;
};

std::map<const void*, Living>& living() {
    static auto* all = new std::map<const void*, Living>;
    return *all;
}

}  // namespace

void follow(Script script) {
    const std::lock_guard lock(mutex);
    current = std::move(script);
}

}  // namespace fuzz

// Takes the place of process.cpp: a worker is born, and killed, as a thread.
namespace trimatte::shell {

Process::Process(const std::filesystem::path&, const char*, const wire::Descriptor& control) : pid_(1) {
    const std::lock_guard lock(fuzz::mutex);
    wire::Descriptor own(fcntl(control.get(), F_DUPFD_CLOEXEC, 0));
    const int number = own.get();
    fuzz::living()[this] = {number, std::thread(fuzz::live, std::move(own))};
}

std::string Process::kill(std::chrono::milliseconds) {
    const std::lock_guard lock(mutex_);
    if (!end_.empty()) return end_;
    std::thread thread;
    {
        const std::lock_guard all(fuzz::mutex);
        auto found = fuzz::living().extract(this);
        ::shutdown(found.mapped().control, SHUT_RDWR);
        thread = std::move(found.mapped().thread);
    }
    thread.join();
    return end_ = "killed";
}

std::string Process::last_words() const { return "bye"; }

}  // namespace trimatte::shell
