// Progress of one frame for the host's progress suite.
#pragma once

#include "suites.hpp"
#include "worker.hpp"

namespace trimatte::shell {

// Opens the host's progress display only for long frames, and only where no one sits before it: the standard keeps
// progress for analysis, and a window that pops up during playback is worse than none.
class FrameProgress {
  public:
    FrameProgress(OfxImageEffectHandle effect, bool interactive);
    // For work that the user asked for: shown wherever it is long.
    explicit FrameProgress(OfxImageEffectHandle effect) : effect_(effect), wanted_(true) {}
    ~FrameProgress();
    FrameProgress(const FrameProgress&) = delete;
    FrameProgress& operator=(const FrameProgress&) = delete;

    // Shows ``fraction`` (0..1); false when the host wants the frame to end.
    bool update(double fraction);

  private:
    OfxImageEffectHandle effect_;
    bool wanted_, open_ = false;
    Clock::time_point started_ = Clock::now();
};

}  // namespace trimatte::shell
