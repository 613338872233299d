// The parameters of what becomes of a solved frame; none of them runs a network.
#include "parameter_table.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr Range kShare{0, 1, 0, 1};
constexpr Range kGamma{0.01, 100, 0.2, 5};
constexpr Range kGrowth{-100, 100, -20, 20};
constexpr Range kBlur{0, 100, 0, 20};
constexpr Range kSpecks{0, 1000, 0, 100};

Table matte() {
    return {
        {.name = "clipBlack",
         .kind = Kind::kDouble,
         .group = "matteGroup",
         .label = "Clip black",
         .hint = "Alpha up to this value becomes empty; the rest is stretched.",
         .range = kShare,
         .animates = true},
        {.name = "clipWhite",
         .kind = Kind::kDouble,
         .group = "matteGroup",
         .label = "Clip white",
         .hint = "Alpha from this value on becomes solid; the rest is stretched.",
         .initial = 1,
         .range = kShare,
         .animates = true},
        {.name = "matteGamma",
         .kind = Kind::kDouble,
         .group = "matteGroup",
         .label = "Gamma",
         .hint = "More than 1 makes soft pixels denser, less than 1 thinner; empty and solid ones stay.",
         .initial = 1,
         .range = kGamma,
         .animates = true},
        {.name = "shrinkGrow",
         .kind = Kind::kDouble,
         .group = "matteGroup",
         .label = "Shrink/grow",
         .hint = "Pixels of the full-size picture by which the matte grows on all sides; less than 0 shrinks it.",
         .range = kGrowth,
         .animates = true},
        {.name = "edgeBlur",
         .kind = Kind::kDouble,
         .group = "matteGroup",
         .label = "Edge blur",
         .hint = "Softens the edge of the matte: standard deviation in pixels of the full-size picture.",
         .range = kBlur,
         .animates = true},
        {.name = "despeckle",
         .kind = Kind::kInteger,
         .group = "matteGroup",
         .label = "Despeckle",
         .hint = "Side, in pixels of the full-size picture, of the largest islands and holes that are removed; what "
                 "hangs together with more, such as hair, stays.",
         .range = kSpecks,
         .animates = true},
    };
}

Table foreground() {
    return {
        {.name = "estimateForeground",
         .kind = Kind::kBoolean,
         .group = "foregroundGroup",
         .label = "Estimate",
         .hint = "Take the background out of the colour of soft pixels. Off: the colour of the plate is used as it is.",
         .initial = 1},
        {.name = "despill",
         .kind = Kind::kDouble,
         .group = "foregroundGroup",
         .label = "Despill",
         .hint = "How much of the light that the screen throws on the foreground is taken out of its colour.",
         .range = kShare,
         .animates = true},
        {.name = "despillScreen",
         .kind = Kind::kChoice,
         .group = "foregroundGroup",
         .label = "Screen",
         .hint = "Colour of the screen. Auto looks at the background of each frame; one that is neither green nor blue "
                 "throws no spill.",
         .options = {"Auto", "Green", "Blue"}},
        {.name = "despillRule",
         .kind = Kind::kChoice,
         .group = "foregroundGroup",
         .label = "Despill rule",
         .hint = "How much of the screen's colour may stay: as much as the average of the two others, or as much as "
                 "the larger of them, which spares yellow and cyan.",
         .options = {"Average", "Limit"}},
        {.name = "despillLuminance",
         .kind = Kind::kBoolean,
         .group = "foregroundGroup",
         .label = "Keep luminance",
         .hint = "Give back as grey what despill takes of the brightness.",
         .initial = 1},
    };
}

Table output() {
    return {
        {.name = kOutputName,
         .kind = Kind::kChoice,
         .group = "outputGroup",
         .label = "Output",
         .hint = "How the result carries its matte: colour multiplied by it, colour left as it is (straight), the "
                 "matte as a grey picture, or the untouched picture with the matte in alpha.",
         .options = {"Premultiplied", "Straight", "Matte in RGB", "Matte in alpha"}},
        {.name = "mix",
         .kind = Kind::kDouble,
         .group = "outputGroup",
         .label = "Mix",
         .hint = "How much of the result is shown: 0 is the source, opaque; 1 the result alone.",
         .initial = 1,
         .range = kShare,
         .animates = true},
    };
}

}  // namespace

Table look_parameters() {
    Table all;
    for (const auto& part : {matte(), foreground(), output()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace trimatte::shell
