// What our host says of itself; tests of plug-ins make it look like other hosts.
#pragma once

#include <string>
#include <vector>

namespace trimatte::host {

// Where the rows of an image lie: upward in memory, upward with a gap after each, or downward as in MLT.
enum class RowOrder { kPositive, kPadded, kNegative };

// What a frame other than the current one gets where temporal access is off: nothing, or (MLT) the current frame.
enum class OffTime { kFail, kCurrentFrame };

struct HostProfile {
    std::string name = "org.trimatte.HostBridge";
    std::string label = "Trimatte host bridge";
    std::vector<int> version = {0, 1, 0};
    std::vector<int> api_version = {1, 5};
    std::vector<std::string> contexts;
    std::vector<std::string> depths;
    std::vector<std::string> components;
    bool temporal_access = true;
    OffTime off_time = OffTime::kFail;
    bool tiles = true;
    bool multi_resolution = true;
    bool multiple_clip_depths = true;
    bool background = true;
    RowOrder row_order = RowOrder::kPositive;
    std::vector<std::string> hidden_properties;  // host properties that are not offered
    std::vector<std::string> hidden_suites;      // suites that are answered with null
};

}  // namespace trimatte::host
