// A child process of its own group: started clean, killed whole, and reaped.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>

#include "wire/socket.hpp"

namespace trimatte::shell {

class Process {
  public:
    // Starts ``python -I -m module 3`` with ``control`` as descriptor 3; what it prints goes to a file in memory.
    Process(const std::filesystem::path& python, const char* module, const wire::Descriptor& control);
    ~Process() { kill(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    // Kills the whole group and reaps the process; returns how it ended, as words. One that is just ending by itself
    // gets ``grace`` to do so: its own end says more.
    std::string kill(std::chrono::milliseconds grace = {});
    // Last line that the process printed.
    std::string last_words() const;

  private:
    pid_t pid_ = -1;
    wire::Descriptor output_;
    std::mutex mutex_;
    std::string end_;  // empty while it runs
};

}  // namespace trimatte::shell
