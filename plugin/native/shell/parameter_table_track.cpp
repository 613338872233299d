#include "parameter_table.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr Range kFrames{-10000000, 10000000, -10000, 10000};

}  // namespace

Table track_parameters() {
    return {
        {.name = kTrackForwardName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "Forward",
         .hint = "Solve from this frame to the last one."},
        {.name = kTrackBackwardName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "Backward",
         .hint = "Solve from this frame to the first one."},
        {.name = kTrackBothName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "Both directions",
         .hint = "Solve all frames, from this one on."},
        {.name = kTrackFrameName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "This frame",
         .hint = "Solve this frame and what it needs."},
        {.name = kTrackRangeName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "Range",
         .hint = "Solve the frames from First to Last."},
        {.name = kTrackCancelName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "Cancel",
         .hint = "Stop; what is solved stays solved."},
        {.name = kTrackClearName,
         .kind = Kind::kButton,
         .group = "trackGroup",
         .label = "Clear",
         .hint = "Forget what was solved of this clip; it is solved again when it is wanted."},
        {.name = kTrackName,
         .kind = Kind::kChoice,
         .group = "trackGroup",
         .label = "Track",
         .hint = "The same as the buttons, for hosts without buttons; goes back to Idle when it is done. Frames that "
                 "nobody tracked are solved when they are shown.",
         .options = {"Idle", "Forward", "Backward", "Both directions", "This frame", "Range", "Cancel", "Clear"}},
        {.name = kTrackFirstName,
         .kind = Kind::kInteger,
         .group = "trackGroup",
         .label = "First",
         .hint = "First frame of the range, as the host counts.",
         .range = kFrames},
        {.name = kTrackLastName,
         .kind = Kind::kInteger,
         .group = "trackGroup",
         .label = "Last",
         .hint = "Last frame of the range, included.",
         .range = kFrames},
    };
}

}  // namespace trimatte::shell
