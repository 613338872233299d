#include "worker.hpp"

#include <unistd.h>
#include <cstdlib>

#include "python.hpp"
#include "trace.hpp"

namespace trimatte::shell {

using std::chrono::milliseconds;

namespace {

constexpr size_t kIdleChannels = 4;
constexpr milliseconds kPoll{20};  // how soon an abort of the host is noticed

// The worker of one process. After a fork the child makes a pool of its own: locks and threads of the parent are lost.
struct Pool {
    const pid_t owner = getpid();
    std::mutex mutex;
    std::shared_ptr<Worker> worker;
};

std::atomic<Pool*> the_pool{nullptr};  // never freed: renders may outlive the host's own exit handlers

Pool& pool() {
    Pool* known = the_pool;
    if (known && known->owner == getpid()) return *known;
    auto* fresh = new Pool;
    if (!the_pool.compare_exchange_strong(known, fresh)) {
        delete fresh;
        return *the_pool;
    }
    if (known && known->worker) known->worker->abandon();  // else the worker would not see the parent's end
    return *fresh;
}

}  // namespace

milliseconds limit(const char* name, double fallback) {
    const char* text = std::getenv(name);
    const double seconds = text && *text ? std::atof(text) : fallback;
    return milliseconds(static_cast<int64_t>((seconds > 0 ? seconds : fallback) * 1000));
}

Worker::Worker() : Worker(wire::make_pair(), own_path()) {}

Worker::Worker(std::pair<wire::Descriptor, wire::Descriptor> ends, const std::filesystem::path& binary)
    : control_(std::move(ends.first)),
      process_(find_python(binary), "trimatte.plugin.worker", ends.second),
      started_(Clock::now()) {
    trace("worker %d started", pid());
}

bool Worker::read_hello() {
    const std::lock_guard lock(mutex_);
    if (ready_) return true;
    wire::Packet packet;
    if (!wire::receive(control_.get(), packet)) return false;
    const auto hello = packet.as<wire::Hello>();
    if (hello.status != static_cast<int32_t>(wire::Status::kOk)) throw StartError(wire::get_text(hello.text));
    trace("worker %d ready after %.2f s", hello.pid, std::chrono::duration<double>(Clock::now() - started_).count());
    return ready_ = true;
}

void Worker::wait_until_ready(const std::function<bool()>& aborted) {
    const milliseconds patience = limit("TRIMATTE_START_SECONDS", 60);
    try {
        while (!read_hello()) {
            if (aborted()) throw Aborted();
            if (Clock::now() - started_ > patience) throw StartError("The Trimatte worker did not start in time.");
            wire::wait(control_.get(), kPoll);
        }
    } catch (const wire::Closed&) {
        const std::string end = kill(kFarewell), words = process_.last_words();
        throw StartError("The Trimatte worker ended before it was ready (" + end + ")" +
                         (words.empty() ? std::string(".") : ": " + words));
    } catch (const wire::ProtocolError& error) {
        throw StartError(std::string("The Trimatte worker is not of this version: ") + error.what() + ".");
    }
}

std::unique_ptr<Channel> Worker::take_channel() {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
        auto channel = std::move(idle_.back());
        idle_.pop_back();
        return channel;
    }
    auto [ours, theirs] = wire::make_pair();
    auto channel = std::make_unique<Channel>(Channel{std::move(ours), wire::SharedMemory::create()});
    const int descriptors[] = {theirs.get(), channel->memory.descriptor()};
    const auto message = wire::make<wire::OpenChannel>(0);
    const auto deadline = Clock::now() + limit("TRIMATTE_STALL_SECONDS", 20);
    while (wire::send(control_.get(), message, descriptors, 2) == wire::Sent::kFull) {
        if (Clock::now() > deadline) throw wire::Closed();  // as good as dead: nobody reads
        wire::wait(control_.get(), kPoll, true);
    }
    return channel;
}

void Worker::give_back(std::unique_ptr<Channel> channel) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleChannels) idle_.push_back(std::move(channel));
}

void Worker::forget(uint64_t instance) {
    auto message = wire::make<wire::Forget>(0);
    message.instance = instance;
    wire::send(control_.get(), message);
}

void Worker::abandon() {
    control_.reset();
    idle_.clear();
}

std::shared_ptr<Worker> current_worker() {
    Pool& mine = pool();
    const std::lock_guard lock(mine.mutex);
    if (!mine.worker) {
        try {
            mine.worker = std::make_shared<Worker>();
        } catch (const std::exception& error) {
            throw StartError(error.what());
        }
    }
    return mine.worker;
}

std::string replace_worker(const std::shared_ptr<Worker>& worker, std::chrono::milliseconds grace) {
    Pool& mine = pool();
    {
        const std::lock_guard lock(mine.mutex);
        if (mine.worker == worker) mine.worker.reset();
    }
    const std::string end = worker->kill(grace);
    trace("worker %d ended: %s", worker->pid(), end.c_str());
    return end;
}

void forget_instance(uint64_t instance) {
    Pool* known = the_pool;
    if (!known || known->owner != getpid()) return;
    std::shared_ptr<Worker> worker;
    {
        const std::lock_guard lock(known->mutex);
        worker = known->worker;
    }
    if (!worker) return;
    try {
        worker->forget(instance);
    } catch (const std::exception&) {  // it is dead, and has forgotten everything
    }
}

}  // namespace trimatte::shell
