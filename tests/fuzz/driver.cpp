// Stands in for libFuzzer where the compiler has none: RUNS mutations of generated inputs, from SEED.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int count, char** words) {
    const long runs = count > 1 ? std::atol(words[1]) : 10000;
    std::mt19937_64 random(count > 2 ? std::strtoull(words[2], nullptr, 10) : 1);
    const auto below = [&](uint64_t end) { return random() % end; };
    std::vector<std::vector<uint8_t>> kept(64);
    for (long run = 0; run < runs; ++run) {
        std::vector<uint8_t>& input = kept[below(kept.size())];
        if (input.empty() || below(8) == 0) {  // a few packets of believable lengths
            input.clear();
            for (uint64_t packets = 1 + below(4); packets > 0; --packets) {
                const uint64_t length = below(4) == 0 ? below(4200) : 24 + below(160);
                input.push_back(static_cast<uint8_t>(below(5) ? below(32) | 3 : below(32)));
                input.push_back(static_cast<uint8_t>(length));
                input.push_back(static_cast<uint8_t>(length >> 8));
                for (uint64_t i = 0; i < length; ++i) input.push_back(static_cast<uint8_t>(below(3) ? 0 : random()));
            }
        }
        for (uint64_t edits = below(6); edits > 0; --edits) {
            const uint64_t at = below(input.size());
            if (below(4) == 0) {
                input[at] ^= static_cast<uint8_t>(1 << below(8));
            } else {
                static constexpr uint8_t kEdges[] = {0, 1, 2, 3, 4, 16, 18, 64, 0x7f, 0x80, 0xff};
                input[at] = kEdges[below(sizeof(kEdges))];
            }
        }
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::printf("%ld runs, nothing found\n", runs);
    return 0;
}
