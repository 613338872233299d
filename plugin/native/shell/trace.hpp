// Log of the shell, written only when TRIMATTE_TRACE=1: one file per process in the log folder.
#pragma once

namespace trimatte::shell {

void trace(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace trimatte::shell
