// The least of a test framework: a check that counts, and a check that something is thrown.
#pragma once

#include <string>

namespace test {

extern int failures;
void report(const char* file, int line, const std::string& what);

}  // namespace test

#define CHECK(truth)                                  \
    do {                                              \
        if (!(truth)) {                               \
            test::report(__FILE__, __LINE__, #truth); \
        }                                             \
    } while (false)

#define CHECK_THROWS(expression, type)                                         \
    do {                                                                       \
        bool thrown = false;                                                   \
        try {                                                                  \
            static_cast<void>(expression);                                     \
        } catch (const type&) {                                                \
            thrown = true;                                                     \
        }                                                                      \
        if (!thrown) {                                                         \
            test::report(__FILE__, __LINE__, #expression " throws no " #type); \
        }                                                                      \
    } while (false)
