// Asks the worker for one frame, and again from another one when it dies or hangs.
#pragma once

#include "conversation.hpp"

namespace trimatte::shell {

// What is wanted of a frame: its picture, nothing but that it is solved, or what the user does to keyframes there.
enum class Task {
    kShow,
    kSolve,
    kSolveAhead,  // several, without the host's pictures
    kPreviousKeyframe,
    kNextKeyframe,
    kAddKeyframe,
    kDeleteKeyframe,
    kFromTrimapInput,
    kPaintTrimap,
    kListSolved,
    kShowMarks,    // what the overlay draws
    kPaintStroke,  // what was painted there
};

// The parameters at ``time`` and what else the worker must know, as JSON.
// ``extra`` goes in as it is: members of the object, each after a comma.
std::string settings_of(EffectInstance& instance, double time, Task task, const std::string& extra = "");

// Has a task done that the user asked for beside a picture; ``report`` as in Job, ``extra`` as above.
Reply do_task(EffectInstance& instance, double time, Task task, const std::function<bool(double)>& report,
              const std::string& extra = "");

// Never throws; a failure comes with words for the user.
Reply solve(const Job& job);

}  // namespace trimatte::shell
