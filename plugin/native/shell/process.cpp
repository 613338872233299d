#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

extern char** environ;

namespace trimatte::shell {

namespace {

constexpr int kControl = 3;
constexpr std::string_view kRemoved[] = {"PYTHONHOME=", "PYTHONPATH=", "LD_LIBRARY_PATH=", "LD_PRELOAD="};

// The host's own environment, without what would bend another Python or another set of libraries.
std::vector<char*> clean_environment() {
    std::vector<char*> kept;
    for (char** entry = environ; entry && *entry; ++entry) {
        bool removed = false;
        for (const std::string_view name : kRemoved) removed = removed || std::string_view(*entry).starts_with(name);
        if (!removed) kept.push_back(*entry);
    }
    kept.push_back(nullptr);
    return kept;
}

// A copy above the descriptors that the child rearranges.
wire::Descriptor lifted(int descriptor) {
    wire::Descriptor copy(fcntl(descriptor, F_DUPFD_CLOEXEC, 10));
    if (!copy) throw std::system_error(errno, std::generic_category(), "fcntl");
    return copy;
}

struct Attributes {
    posix_spawnattr_t value;
    Attributes() {
        posix_spawnattr_init(&value);
        sigset_t all, none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&value, &all);
        posix_spawnattr_setsigmask(&value, &none);
        posix_spawnattr_setpgroup(&value, 0);
        posix_spawnattr_setflags(&value, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~Attributes() { posix_spawnattr_destroy(&value); }
};

struct Actions {
    posix_spawn_file_actions_t value;
    Actions(int output, int control) {
        posix_spawn_file_actions_init(&value);
        posix_spawn_file_actions_addopen(&value, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&value, output, 1);
        posix_spawn_file_actions_adddup2(&value, output, 2);
        posix_spawn_file_actions_adddup2(&value, control, kControl);
    }
    ~Actions() { posix_spawn_file_actions_destroy(&value); }
};

std::string ending(int status) {
    if (WIFSIGNALED(status)) return std::string("signal ") + strsignal(WTERMSIG(status));
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Process::Process(const std::filesystem::path& python, const char* module, const wire::Descriptor& control)
    : output_(memfd_create("trimatte-worker-output", MFD_CLOEXEC)) {
    const wire::Descriptor output = lifted(output_.get()), socket = lifted(control.get());
    fcntl(output.get(), F_SETFL, O_APPEND);
    const Attributes attributes;
    const Actions actions(output.get(), socket.get());
    const std::string path = python.string(), number = std::to_string(kControl);
    const char* const arguments[] = {path.c_str(), "-I", "-m", module, number.c_str(), nullptr};
    std::vector<char*> environment = clean_environment();
    const int error = posix_spawn(&pid_, path.c_str(), &actions.value, &attributes.value,
                                  const_cast<char* const*>(arguments), environment.data());
    if (error != 0)
        throw std::runtime_error("The worker cannot be started with " + path + ": " + std::strerror(error) + ".");
}

std::string Process::kill(std::chrono::milliseconds grace) {
    const std::lock_guard lock(mutex_);
    if (!end_.empty()) return end_;
    const auto deadline = std::chrono::steady_clock::now() + grace;
    siginfo_t facts{};
    while (waitid(P_PID, static_cast<id_t>(pid_), &facts, WEXITED | WNOHANG | WNOWAIT) == 0 && facts.si_pid == 0 &&
           std::chrono::steady_clock::now() < deadline) {
        usleep(1000);
    }
    if (waitid(P_PID, static_cast<id_t>(pid_), &facts, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return end_ = "gone";  // a host that reaps every child leaves nothing to ask, and the number may be reused
    }
    const bool running = facts.si_pid == 0;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    int status = 0;
    for (int tries = 0; tries < 500 && waitpid(pid_, &status, WNOHANG) == 0; ++tries) usleep(1000);
    return end_ = running ? "killed" : ending(status);
}

std::string Process::last_words() const {
    char tail[1500];
    const off_t size = lseek(output_.get(), 0, SEEK_END);
    const off_t start = size > static_cast<off_t>(sizeof(tail)) ? size - static_cast<off_t>(sizeof(tail)) : 0;
    const ssize_t got = pread(output_.get(), tail, sizeof(tail), start);
    std::string text(tail, got > 0 ? static_cast<size_t>(got) : 0);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    const size_t line = text.rfind('\n');
    return line == std::string::npos ? text : text.substr(line + 1);
}

}  // namespace trimatte::shell
