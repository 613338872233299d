// The worker process as the shell sees it: one per host process, started at the first render, replaced when it dies.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "process.hpp"
#include "wire/shared_memory.hpp"

namespace trimatte::shell {

using Clock = std::chrono::steady_clock;

// The worker cannot be started, and the text says why; trying again at once would not help.
struct StartError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The host aborted while we waited.
struct Aborted : std::runtime_error {
    Aborted() : std::runtime_error("aborted") {}
};

// The shell's end of one channel; carries one render at a time and is used again by later ones.
struct Channel {
    wire::Descriptor socket;
    wire::SharedMemory memory;
    uint64_t request = 0;
};

class Worker {
  public:
    Worker();
    // Waits until the worker said hello; throws StartError, Aborted or wire::Closed.
    void wait_until_ready(const std::function<bool()>& aborted);
    // A channel that nobody uses, new or used before; throws wire::Closed.
    std::unique_ptr<Channel> take_channel();
    void give_back(std::unique_ptr<Channel> channel);
    void forget(uint64_t instance);
    // Ends the process; returns how it ended.
    std::string kill(std::chrono::milliseconds grace = {}) { return process_.kill(grace); }
    pid_t pid() const { return process_.pid(); }
    // Closes the descriptors that a forked child of the host has inherited.
    void abandon();

  private:
    Worker(std::pair<wire::Descriptor, wire::Descriptor> ends, const std::filesystem::path& binary);
    bool read_hello();

    wire::Descriptor control_;
    Process process_;
    Clock::time_point started_;
    std::mutex mutex_;  // guards all that follows, and reading from the control socket
    bool ready_ = false;
    std::vector<std::unique_ptr<Channel>> idle_;
};

// How long a worker that closed its sockets may take to end: Python takes libraries down first, on a busy machine.
constexpr std::chrono::milliseconds kFarewell{2000};

// The worker of this process; started when there is none.
std::shared_ptr<Worker> current_worker();
// Kills ``worker`` and forgets it, so that the next call starts another one. Returns how it ended.
std::string replace_worker(const std::shared_ptr<Worker>& worker, std::chrono::milliseconds grace = {});
// Tells a running worker to drop what it keeps for an instance; never starts one.
void forget_instance(uint64_t instance);

// Seconds from the environment variable ``name``, or ``fallback``.
std::chrono::milliseconds limit(const char* name, double fallback);

}  // namespace trimatte::shell
