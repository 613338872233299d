#include "parameter_table.hpp"

#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr Range kFrames{-10000000, 10000000, -10000, 10000};

Table status_and_view() {
    return {
        {.name = kStatusName,
         .kind = Kind::kLabel,
         .group = "statusGroup",
         .label = "Status",
         .hint = "What became of the last frame."},
        {.name = kViewName,
         .kind = Kind::kChoice,
         .group = "viewGroup",
         .label = "View",
         .hint = "What the effect shows. All but the result are opaque pictures to look at.",
         .options = {"Result", "Matte", "Trimap", "Trimap overlay", "Foreground", "Over checker", "Confidence"}},
    };
}

Table trimap() {
    return {
        {.name = kKeyframesName,
         .kind = Kind::kFolder,
         .group = "trimapGroup",
         .label = "Keyframes",
         .hint = "Folder with the painted trimaps: name.FRAME.png, black background, grey (128) unknown, white "
                 "foreground."},
        {.name = kSourceFileName,
         .kind = Kind::kFile,
         .group = "trimapGroup",
         .label = "Source file",
         .hint = "Only for hosts that show an effect one frame at a time (Shotcut, Kdenlive, melt): the movie, or one "
                 "image of the sequence, that the clip shows. Trimatte reads the other frames from it."},
        {.name = kFrameOffsetName,
         .kind = Kind::kInteger,
         .group = "trimapGroup",
         .label = "Frame offset",
         .hint = "Added to the time of the effect to get the frame number in the source file and in the names of the "
                 "keyframe files.",
         .range = kFrames},
        {.name = kPreviousKeyframeName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "Previous keyframe",
         .hint = "Go to the keyframe before this frame."},
        {.name = kNextKeyframeName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "Next keyframe",
         .hint = "Go to the keyframe after this frame."},
        {.name = kAddKeyframeName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "Add keyframe",
         .hint = "Write the trimap that was found for this frame into the keyframe folder, to be corrected in any "
                 "paint program. In an empty folder it is all unknown."},
        {.name = kDeleteKeyframeName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "Delete keyframe",
         .hint = "Take the keyframe of this frame away; its file stays in the folder with .deleted behind its name."},
        {.name = kKeyframeName,
         .kind = Kind::kChoice,
         .group = "trimapGroup",
         .label = "Keyframe",
         .hint = "The same as the buttons, for hosts without buttons; goes back to Idle when it is done.",
         .options = {"Idle", "Previous", "Next", "Add", "Delete"}},
    };
}

Table track() {
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

Table quality() {
    return {
        {.name = kModelName,
         .kind = Kind::kChoice,
         .group = "qualityGroup",
         .label = "Model",
         .hint = "FTP-VM carries the trimaps through the shot. DVM, large and slow, mattes from the trimaps that "
                 "FTP-VM carries. RVM mattes people and needs no trimap.",
         .options = {"FTP-VM", "DVM", "RVM (people, no trimap)"}},
        {.name = "weights",
         .kind = Kind::kText,
         .group = "qualityGroup",
         .label = "Weights",
         .hint = "Name of imported weights for the model, as 'trimatte weights list' shows it. Empty: the weights that "
                 "come with Trimatte for FTP-VM, the only imported ones for DVM and RVM."},
        {.name = "workingResolution",
         .kind = Kind::kChoice,
         .group = "qualityGroup",
         .label = "Working resolution",
         .hint = "Long side in pixels of the picture that the network sees on its way through the shot; what refines "
                 "the matte always works at full size.",
         .initial = 2,
         .options = {"256", "384", "512", "768", "1024", "Native"}},
        {.name = "refine",
         .kind = Kind::kBoolean,
         .group = "qualityGroup",
         .label = "Refine",
         .hint = "Refine the unknown region at full resolution; DVM and RVM always do.",
         .initial = 1},
    };
}

Table work() {
    return {
        {.name = "cacheKey",
         .kind = Kind::kText,
         .group = "cacheGroup",
         .label = "Clip identity",
         .hint = "A name for the source. Solved frames of a named source are kept on disk and found again after a "
                 "restart; leave it empty to keep them for this session only."},
        {.name = "cacheLimit",
         .kind = Kind::kInteger,
         .group = "cacheGroup",
         .label = "Size limit (GB)",
         .hint = "Size of the folder on disk where solved frames of named sources are kept; the ones used least "
                 "recently go first.",
         .initial = 16,
         .range = {1, 100000, 1, 200}},
        {.name = kClearCacheName,
         .kind = Kind::kButton,
         .group = "cacheGroup",
         .label = "Clear cache",
         .hint = "Delete all solved frames of all named sources from the disk."},
        {.name = kCacheActionName,
         .kind = Kind::kChoice,
         .group = "cacheGroup",
         .label = "Cache",
         .hint = "The same as the button, for hosts without buttons; goes back to Idle when it is done.",
         .options = {"Idle", "Clear"}},
        {.name = "device",
         .kind = Kind::kChoice,
         .group = "deviceGroup",
         .label = "Device",
         .hint = "Where the networks run.",
         .options = {"Auto", "CPU", "CUDA"}},
        {.name = "kernels",
         .kind = Kind::kChoice,
         .group = "deviceGroup",
         .label = "Kernels",
         .hint = "What computes the steps around the networks. Auto takes the fastest that is installed; Torch is the "
                 "reference that the others agree with, up to rounding. 'trimatte doctor' shows which are here, and "
                 "how fast.",
         .options = {"Auto", "Torch", "C++", "OpenCL", "CUDA"}},
    };
}

}  // namespace

const std::vector<Group>& parameter_groups() {
    static const auto* const groups = new std::vector<Group>{
        {"statusGroup", "Status", true},         {"viewGroup", "View", true},       {"trimapGroup", "Trimap", true},
        {"trackGroup", "Track", true},           {"qualityGroup", "Quality", true}, {"matteGroup", "Matte", true},
        {"foregroundGroup", "Foreground", true}, {"outputGroup", "Output", true},   {"cacheGroup", "Cache", false},
        {"deviceGroup", "Device", false}};
    return *groups;
}

const Table& parameter_table() {
    static const auto* const table = [] {
        auto* all = new Table;
        for (const auto& part : {status_and_view(), trimap(), track(), quality(), parameters_of_the_look(), work()}) {
            all->insert(all->end(), part.begin(), part.end());
        }
        return all;
    }();
    return *table;
}

}  // namespace trimatte::shell
