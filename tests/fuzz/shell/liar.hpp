// A worker that is a thread, and says what it is told to.
#pragma once

#include "packets.hpp"

namespace fuzz {

enum class Ending { kDone, kClosed, kSilent };

struct Script {
    std::vector<Piece> pieces;  // said in turn, once a request came
    Ending ending = Ending::kDone;
    bool at_start = false;  // said instead of the greeting, too
    bool shrinks = false;   // takes the shared memory away, as far as it may
};

// The last byte of every picture that an honest worker makes.
constexpr uint8_t kHonest = 0x3f;

// What the worker does from now on; an empty script is an honest worker.
void follow(Script script);

}  // namespace fuzz
