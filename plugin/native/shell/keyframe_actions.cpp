#include "keyframe_actions.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "ask.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

namespace fs = std::filesystem;

enum class Action { kIdle = 0, kPrevious, kNext, kAdd, kDelete };  // labels of the choice

using Keyframes = std::map<long, fs::path>;  // by frame number

bool find_action(EffectInstance& instance, const std::string& name, Action& action) {
    static const std::pair<const char*, Action> kButtons[] = {{kPreviousKeyframeName, Action::kPrevious},
                                                              {kNextKeyframeName, Action::kNext},
                                                              {kAddKeyframeName, Action::kAdd},
                                                              {kDeleteKeyframeName, Action::kDelete}};
    if (name == kKeyframeName) {
        action = static_cast<Action>(read_choice(instance.parameters(), kKeyframeName, 0));
        return true;
    }
    for (const auto& [button, meant] : kButtons) {
        if (name != button) continue;
        action = meant;
        return true;
    }
    return false;
}

// Reads ``name.FRAME.png``; plugin/keyframes.py reads the same names.
bool read_frame(const fs::path& file, long& frame) {
    std::string suffix = file.extension().string();
    for (char& letter : suffix) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    const fs::path stem = file.stem();
    const std::string number = stem.extension().string();  // with its dot
    if (suffix != ".png" || number.size() < 2 || stem.stem().empty()) return false;
    char* end = nullptr;
    frame = std::strtol(number.c_str() + 1, &end, 10);
    const bool begins_well =
        std::isdigit(static_cast<unsigned char>(number[1])) || (number[1] == '-' && number.size() > 2);
    return *end == '\0' && begins_well;
}

Keyframes find_keyframes(const std::string& folder) {
    Keyframes found;
    std::error_code problem;
    for (fs::directory_iterator entry(folder, problem), none; !problem && entry != none; entry.increment(problem)) {
        long frame = 0;
        if (read_frame(entry->path(), frame)) found.emplace(frame, entry->path());
    }
    return found;
}

std::string go(EffectInstance& instance, const Keyframes& keyframes, long now, long offset, bool forward) {
    auto there = forward ? keyframes.upper_bound(now) : keyframes.lower_bound(now);
    if (there == (forward ? keyframes.end() : keyframes.begin())) {
        return forward ? "There is no keyframe after this frame." : "There is no keyframe before this frame.";
    }
    if (!forward) --there;
    const auto* time_line = suites().time_line;
    const std::string name = "frame " + std::to_string(there->first);
    const double time = static_cast<double>(there->first - offset);
    if (time_line && time_line->gotoTime && time_line->gotoTime(instance.effect(), time) == kOfxStatOK) {
        return "Keyframe of " + name + ".";
    }
    return "This host lets no effect move its time; go to " + name + " (time " + std::to_string(std::lround(time)) +
           ").";
}

std::string remove(const Keyframes& keyframes, long now) {
    const auto found = keyframes.find(now);
    if (found == keyframes.end()) return "Frame " + std::to_string(now) + " is no keyframe.";
    fs::path kept = found->second;
    kept += ".deleted";
    std::error_code problem;
    fs::rename(found->second, kept, problem);
    if (problem) return found->second.filename().string() + " cannot be taken away: " + problem.message() + ".";
    return "Frame " + std::to_string(now) + " is no keyframe any more; its file is kept as " +
           kept.filename().string() + ".";
}

std::string add(EffectInstance& instance, const Keyframes& keyframes, long now, double time) {
    if (keyframes.count(now)) return "Frame " + std::to_string(now) + " is a keyframe already.";
    FrameProgress progress(instance.effect());
    const Reply reply = do_task(instance, time, Task::kAddKeyframe, [&](double done) { return progress.update(done); });
    if (reply.status == wire::Status::kFailed) instance.show_message(kOfxMessageError, reply.text);
    return reply.status == wire::Status::kCancelled ? "No keyframe was added." : reply.text;
}

}  // namespace

bool act_on_keyframes(EffectInstance& instance, const std::string& name, double time) {
    Action action = Action::kIdle;
    if (!find_action(instance, name, action)) return false;
    if (action == Action::kIdle) return true;
    const std::string folder = read_text(instance.parameters(), kKeyframesName, time);
    const long offset = read_integer(instance.parameters(), kFrameOffsetName, time);
    const long now = std::lround(time) + offset;
    if (folder.empty()) {
        instance.set_status("Set Keyframes to a folder first.");
    } else {
        const Keyframes keyframes = find_keyframes(folder);
        if (action == Action::kAdd) instance.set_status(add(instance, keyframes, now, time));
        if (action == Action::kDelete) instance.set_status(remove(keyframes, now));
        if (action == Action::kPrevious || action == Action::kNext) {
            instance.set_status(go(instance, keyframes, now, offset, action == Action::kNext));
        }
    }
    if (name == kKeyframeName) reset_choice(instance.parameters(), kKeyframeName);
    return true;
}

}  // namespace trimatte::shell
