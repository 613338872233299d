// Runs every native test of the host; the argument is the library of the probes.
#include <cstdio>

#include "check.hpp"

void test_property_sets();
void test_images();
void test_renders(const char* probes);

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: %s Probes.ofx\n", arguments[0]);
        return 2;
    }
    test_property_sets();
    test_images();
    test_renders(arguments[1]);
    std::printf("%d failures\n", test::failures);
    return test::failures == 0 ? 0 : 1;
}
