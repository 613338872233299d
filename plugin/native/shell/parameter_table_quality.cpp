#include "parameter_table.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr Range kGigabytes{0, 1000, 0, 48};

}  // namespace

Table quality_parameters() {
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
        {.name = "tiles",
         .kind = Kind::kChoice,
         .group = "qualityGroup",
         .label = "Tiles",
         .hint = "Side in pixels of the squares that refine the matte at full size. Larger ones are faster where there "
                 "is memory for them.",
         .initial = 1,
         .options = {"256", "512", "1024"}},
        {.name = "memoryBudget",
         .kind = Kind::kDouble,
         .group = "qualityGroup",
         .label = "VRAM budget (GB)",
         .hint =
             "Memory that the networks may take: of the graphics card, or of the computer where they run on the CPU. "
             "Tiles and working resolution are lowered until they fit, and Status says so. 0: no limit.",
         .range = kGigabytes},
    };
}

Table device_parameters() {
    return {
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

}  // namespace trimatte::shell
