// Spread a loop over threads. Threads live for one call: no pool to survive a fork, none that spins beside torch's own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

namespace trimatte::kernels {

// Calls body(first, last) for parts of [0, count) on up to `threads` threads; parts are whole multiples of nothing
// smaller than `least`, so that small work stays on the caller's thread. The split never changes results.
template <class Body>
void parallel_for(int64_t count, int threads, int64_t least, const Body& body) {
    const int64_t parts = std::clamp<int64_t>(count / std::max<int64_t>(least, 1), 1, std::max(threads, 1));
    if (parts == 1) {
        if (count > 0) body(int64_t{0}, count);
        return;
    }
    std::vector<std::exception_ptr> errors(parts);
    const auto run = [&](int64_t part) {
        try {
            body(count * part / parts, count * (part + 1) / parts);
        } catch (...) {
            errors[part] = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (int64_t part = 1; part < parts; ++part) helpers.emplace_back(run, part);
        run(0);
    }
    for (const auto& error : errors) {
        if (error) std::rethrow_exception(error);
    }
}

}  // namespace trimatte::kernels
