// What the overlay asks of the worker: where keyframes and regions are, and to paint a stroke.
#pragma once

#include <optional>
#include <vector>

#include "ask.hpp"
#include "overlay_plane.hpp"

namespace trimatte::shell {

// Corners in pixels of the trimap, y down; closed.
using Loop = std::vector<OfxPointD>;

// What there is to show at one time.
struct Marks {
    std::vector<int> keyframes;  // their frames, ascending
    int columns = 0, rows = 0;   // size of the trimap
    std::vector<Loop> foreground, background;
};

// Waits for the worker no longer than a viewer may stand still; none where it is not so far, or has none.
// ``settings`` are those of Task::kShowMarks.
std::optional<Marks> ask_marks(EffectInstance& instance, double time, const std::string& settings);

// Reads what the worker says; none where it makes no sense.
std::optional<Marks> read_marks(const std::string& text);

struct Stroke {
    std::vector<OfxPointD> places;  // pixels of the picture, y down
    std::vector<double> pressures;  // 0 to 1
};

// Paints on the keyframe of ``time``, and sets the parameters that keep it: one step of the host's undo.
void paint_stroke(EffectInstance& instance, double time, const Plane& plane, const Stroke& stroke);

// The host went back to another state of what was painted: the keyframe files are to follow.
void follow_painted(EffectInstance& instance, double time);

}  // namespace trimatte::shell
