#include "trace.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace trimatte::shell {

namespace {

std::filesystem::path log_folder() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state && *state) return std::filesystem::path(state) / "trimatte";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : "/tmp") / ".local" / "state" / "trimatte";
}

int open_log() {
    const char* wanted = std::getenv("TRIMATTE_TRACE");
    if (!wanted || std::string(wanted) != "1") return -1;
    std::error_code ignored;
    std::filesystem::create_directories(log_folder(), ignored);
    const auto path = log_folder() / ("shell-" + std::to_string(getpid()) + ".log");
    return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

}  // namespace

void trace(const char* format, ...) {
    static const int log = open_log();
    if (log < 0) return;
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    char line[1024];
    int size = std::snprintf(line, sizeof(line), "%lld.%06ld %ld ", static_cast<long long>(now.tv_sec),
                             now.tv_nsec / 1000, syscall(SYS_gettid));
    va_list arguments;
    va_start(arguments, format);
    const int more = std::vsnprintf(line + size, sizeof(line) - size - 1, format, arguments);
    va_end(arguments);
    size = std::min<int>(size + (more > 0 ? more : 0), sizeof(line) - 2);
    line[size++] = '\n';
    [[maybe_unused]] const ssize_t written = write(log, line, size);  // one write: lines of threads never mix
}

}  // namespace trimatte::shell
