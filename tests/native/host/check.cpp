#include "check.hpp"

#include <cstdio>

namespace test {

int failures = 0;

void report(const char* file, int line, const std::string& what) {
    ++failures;
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
}

}  // namespace test
