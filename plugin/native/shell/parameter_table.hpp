// Every parameter of the effect, in the order of the signal. Script names, and the order and labels of choices, are
// written into projects and never change; new choices go to the end.
#pragma once

#include <vector>

namespace trimatte::shell {

enum class Kind { kFolder, kFile, kText, kLabel, kChoice, kBoolean, kInteger, kDouble, kButton };

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
};

struct Group {
    const char* name;
    const char* label;
    bool is_open;
};

using Table = std::vector<Parameter>;

const std::vector<Group>& parameter_groups();
const Table& parameter_table();
// The part between matte and output.
Table parameters_of_the_look();

}  // namespace trimatte::shell
