#include "socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>

namespace trimatte::wire {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

bool is_gone(int error) { return error == EPIPE || error == ECONNRESET || error == ENOTCONN || error == EBADF; }

void check(const Packet& packet) {
    if (packet.size < sizeof(Header)) throw ProtocolError("a message is shorter than its header");
    const Header& header = packet.header();
    if (header.magic != kMagic) throw ProtocolError("a message is not ours");
    if (header.version != kVersion) {
        throw ProtocolError("the other side speaks version " + std::to_string(header.version) +
                            " of the protocol, this side " + std::to_string(kVersion) +
                            "; install the bundle of this Trimatte again");
    }
    if (header.size != packet.size) throw ProtocolError("a message was cut");
}

void take_descriptors(const msghdr& message, Packet& packet) {
    for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(const_cast<msghdr*>(&message), control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
        const size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int number;
            std::memcpy(&number, CMSG_DATA(control) + i * sizeof(int), sizeof(int));
            Descriptor owned(number);
            if (i < 2) packet.descriptors[i] = std::move(owned);
        }
    }
}

}  // namespace

void Descriptor::reset() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

std::pair<Descriptor, Descriptor> make_pair() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Sent send_bytes(int socket, const void* bytes, size_t size, const int* descriptors, int count) {
    iovec part{const_cast<void*>(bytes), size};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {};
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        cmsghdr* first = CMSG_FIRSTHDR(&message);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(count * sizeof(int));
        std::memcpy(CMSG_DATA(first), descriptors, count * sizeof(int));
    }
    while (sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ETOOMANYREFS) return Sent::kFull;
        if (is_gone(errno)) throw Closed();
        fail("sendmsg");
    }
    return Sent::kYes;
}

bool wait(int socket, std::chrono::milliseconds timeout, bool write) {
    pollfd entry{socket, static_cast<short>(write ? POLLOUT : POLLIN), 0};
    const int ready = poll(&entry, 1, static_cast<int>(timeout.count()));
    if (ready < 0 && errno != EINTR) fail("poll");
    return ready > 0;  // an error or a hang-up counts: the next call says which
}

bool receive(int socket, Packet& packet) {
    packet.size = 0;
    for (auto& descriptor : packet.descriptors) descriptor.reset();
    iovec part{packet.bytes, sizeof(packet.bytes)};
    alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    ssize_t size;
    while ((size = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)) < 0) {
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
        if (is_gone(errno)) throw Closed();
        fail("recvmsg");
    }
    if (size == 0) throw Closed();
    packet.size = static_cast<size_t>(size);
    take_descriptors(message, packet);
    if (message.msg_flags & MSG_TRUNC) throw ProtocolError("a message is longer than any of ours");
    check(packet);
    return true;
}

}  // namespace trimatte::wire
