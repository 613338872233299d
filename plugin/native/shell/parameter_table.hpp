// Every parameter of the effect, in the order of the signal. Script names, and the order and labels of choices, are
// written into projects and never change; new choices go to the end.
#pragma once

#include <vector>

namespace trimatte::shell {

enum class Kind { kFolder, kFile, kText, kLabel, kChoice, kBoolean, kInteger, kDouble, kButton };

// What a host must have for a parameter to make sense; it does not see one that it cannot use.
enum class Needs { kNothing, kChanges, kTrimapClip, kOverlays };  // kChanges: the host says what the user changes

struct Range {
    double min = 0, max = 1;                  // what is accepted
    double display_min = 0, display_max = 1;  // what a slider shows
};

struct Parameter {
    const char* name;
    Kind kind;
    const char* group;
    const char* label;
    const char* hint;
    double initial = 0;  // of all but texts
    std::vector<const char*> options = {};
    Range range = {};
    bool animates = false;
    Needs needs = Needs::kNothing;
};

struct Group {
    const char* name;
    const char* label;
    bool is_open;
};

using Table = std::vector<Parameter>;

const std::vector<Group>& parameter_groups();
const Table& parameter_table();
// Its parts, a file for each.
Table trimap_parameters();
Table overlay_parameters();  // painting in the viewer
Table track_parameters();
Table quality_parameters();
Table look_parameters();  // matte, foreground, output
Table colour_parameters();
Table cache_parameters();
Table device_parameters();

}  // namespace trimatte::shell
