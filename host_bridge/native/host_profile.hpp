// What our host says of itself; tests of plug-ins make it look like other hosts.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace trimatte::host {

// Where the rows of an image lie: upward in memory, upward with a gap after each, or downward as in MLT.
enum class RowOrder { kPositive, kPadded, kNegative };

// What a frame other than the current one gets where temporal access is off: nothing, or (MLT) the current frame.
enum class OffTime { kFail, kCurrentFrame };

// Values of properties that the standard has not, or has otherwise.
using ExtraProperties = std::map<std::string, std::vector<std::variant<int, double, std::string>>>;

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
    bool planes = true;     // whether Nuke's planes are offered: the colour, and no other
    bool overlays = false;  // whether overlays are described, drawn (without OpenGL) and sent pen and keys
    std::string gpu;        // "cuda", "opencl" or "opengl": effects that can render there, do; images lie there then
    RowOrder row_order = RowOrder::kPositive;
    std::vector<std::string> hidden_properties;  // host properties that are not offered
    std::vector<std::string> hidden_suites;      // suites that are answered with null
    std::vector<std::string> hidden_instance_properties;
    std::vector<std::string> hidden_clip_properties;    // of instances
    std::vector<std::string> hidden_param_types;        // paramDefine answers Unsupported
    ExtraProperties host_properties, image_properties;  // set last, over what we would say
    std::string output_premultiplication;  // what the output is, whatever the effect prefers; empty: as it prefers
    bool persistent_messages = true;       // false: message suite 2 has null functions, as in Resolve 14
    bool time_line = true;                 // false: the time line suite answers Unsupported
    bool aborts = true;                    // false: abort never says so
    bool unwired_black = false;            // clips without frames say that they are connected, and give black
    bool dialogs = false;                  // plug-ins may ask for a moment to show a dialog of their own
    // What MLT does beside.
    bool ghost_clips = false;                 // clips but Source and Output are there, and carry nothing
    bool param_keys = true;                   // false: every value is that of now, and nobody hears of keys
    bool forgiving = false;                   // a property that does not exist has dimension 0, and all is well
    bool render_sets_params = false;          // effects may, against the standard
    bool render_status = true;                // false: whatever Render answers, the picture is shown
    std::vector<std::string> hidden_actions;  // that are never called
};

}  // namespace trimatte::host
