#include "parameter_table.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr Range kFrames{-10000000, 10000000, -10000, 10000};
constexpr Range kBand{0, 1000, 0, 100};

}  // namespace

Table trimap_parameters() {
    return {
        {.name = kKeyframesName,
         .kind = Kind::kFolder,
         .group = "trimapGroup",
         .label = "Keyframes",
         .hint = "Folder with the painted trimaps: name.FRAME.png, black background, grey (128) unknown, white "
                 "foreground. Without a folder the keyframes themselves are kept here, as text that begins with {."},
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
        {.name = kTrimapFramesName,
         .kind = Kind::kText,
         .group = "trimapGroup",
         .label = "From Trimap input at",
         .hint = "Frames where the clip Trimap is the painted trimap, numbered as the keyframe files are, such as "
                 "1001, 1024. An alpha picture or a roto's shape: 1 foreground, 0 background, all between unknown.",
         .needs = Needs::kTrimapClip},
        {.name = "trimapChannels",
         .kind = Kind::kChoice,
         .group = "trimapGroup",
         .label = "Trimap channels",
         .hint = "What of the clip Trimap is read. Auto: its alpha, or its grey where alpha is the same everywhere.",
         .options = {"Auto", "Alpha", "Colour"},
         .needs = Needs::kTrimapClip},
        {.name = "bandWidth",
         .kind = Kind::kInteger,
         .group = "trimapGroup",
         .label = "Band width",
         .hint =
             "Pixels of the full-size picture by which the unknown region reaches to either side of what is painted: "
             "a trimap without grey gets a band along its edge. 0 takes trimaps as they are.",
         .range = kBand},
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
         .hint =
             "Make the trimap that was found for this frame a keyframe: a file in the keyframe folder, to be corrected "
             "in any paint program, or part of the project where no folder is named. The first one is all unknown."},
        {.name = kDeleteKeyframeName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "Delete keyframe",
         .hint = "Take the keyframe of this frame away; a file stays in the folder with .deleted behind its name."},
        {.name = kFromTrimapInputName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "From Trimap input",
         .hint = "Take what the clip Trimap shows at this frame as a keyframe; follows when the roto changes.",
         .needs = Needs::kTrimapClip},
        {.name = kPaintTrimapName,
         .kind = Kind::kButton,
         .group = "trimapGroup",
         .label = "Paint trimap",
         .hint = "Open the trimap painter in a window of its own, on Source file and the keyframe folder."},
        {.name = kKeyframeName,
         .kind = Kind::kChoice,
         .group = "trimapGroup",
         .label = "Keyframe",
         .hint = "The same as the buttons, for hosts without buttons; goes back to Idle when it is done.",
         .options = {"Idle", "Previous", "Next", "Add", "Delete", "From Trimap input", "Paint trimap"}},
    };
}

}  // namespace trimatte::shell
