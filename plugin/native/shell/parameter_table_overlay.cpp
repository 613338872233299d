#include "parameter_table.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr Range kBrush{1, 2000, 1, 200};

}  // namespace

Table overlay_parameters() {
    return {
        {.name = kOutlinesName,
         .kind = Kind::kBoolean,
         .group = "trimapGroup",
         .label = "Outlines in viewer",
         .hint = "Show the edges of foreground (green) and background (red, dashed), and where keyframes are, in the "
                 "viewer of the host.",
         .initial = 1,
         .needs = Needs::kOverlays},
        {.name = kFillName,
         .kind = Kind::kBoolean,
         .group = "trimapGroup",
         .label = "Tint in viewer",
         .hint = "Lay green over the foreground and red over the background of the trimap in the viewer of the host; "
                 "what is unknown stays clear.",
         .initial = 1,
         .needs = Needs::kOverlays},
        {.name = kPaintInViewerName,
         .kind = Kind::kChoice,
         .group = "trimapGroup",
         .label = "Paint in viewer",
         .hint = "What a stroke in the viewer of the host leaves on the keyframe of this frame, which is made if there "
                 "is none. Erase brings back what was there before it was first painted on. The host's undo takes "
                 "strokes back; [ and ] change the brush.",
         .options = {"Off", "Foreground", "Background", "Unknown", "Erase"},
         .needs = Needs::kOverlays},
        {.name = kBrushSizeName,
         .kind = Kind::kDouble,
         .group = "trimapGroup",
         .label = "Brush size",
         .hint = "Diameter of the brush in pixels of the full-size picture; the pressure of a pen makes it smaller.",
         .initial = 40,
         .range = kBrush,
         .needs = Needs::kOverlays},
        {.name = kPaintedName,
         .kind = Kind::kText,
         .group = "trimapGroup",
         .label = "Painted in viewer",
         .hint = "Which states of the files in the keyframe folder the strokes in the viewer have left. The host's "
                 "undo changes it, and the files follow.",
         .needs = Needs::kOverlays},
    };
}

}  // namespace trimatte::shell
