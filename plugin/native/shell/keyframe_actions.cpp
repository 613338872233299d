#include "keyframe_actions.hpp"

#include <cmath>

#include "ask.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

struct Action {
    const char* button;
    Task task;
};

// In the order of the labels of the choice, after Idle.
constexpr Action kActions[] = {
    {kPreviousKeyframeName, Task::kPreviousKeyframe}, {kNextKeyframeName, Task::kNextKeyframe},
    {kAddKeyframeName, Task::kAddKeyframe},           {kDeleteKeyframeName, Task::kDeleteKeyframe},
    {kFromTrimapInputName, Task::kFromTrimapInput},   {kPaintTrimapName, Task::kPaintTrimap},
};

const Action* find_action(EffectInstance& instance, const std::string& name) {
    if (name == kKeyframeName) {
        const int index = read_choice(instance.parameters(), kKeyframeName, 0) - 1;
        return index >= 0 && index < static_cast<int>(std::size(kActions)) ? &kActions[index] : nullptr;
    }
    for (const Action& action : kActions) {
        if (name == action.button) return &action;
    }
    return nullptr;
}

// One step of the host's undo.
class Edit {
  public:
    Edit(OfxParamSetHandle parameters, const char* label) : parameters_(parameters) {
        const auto* suite = suites().parameter;
        is_open_ = suite->paramEditBegin && suite->paramEditBegin(parameters, label) == kOfxStatOK;
    }
    ~Edit() {
        if (is_open_ && suites().parameter->paramEditEnd) suites().parameter->paramEditEnd(parameters_);
    }
    Edit(const Edit&) = delete;
    Edit& operator=(const Edit&) = delete;

  private:
    OfxParamSetHandle parameters_;
    bool is_open_ = false;
};

const char* name_of(wire::Parameter parameter) {
    switch (parameter) {
        case wire::Parameter::kKeyframes:
            return kKeyframesName;
        case wire::Parameter::kTrimapFrames:
            return kTrimapFramesName;
        case wire::Parameter::kPainted:
            return kPaintedName;
        default:
            return nullptr;
    }
}

// Returns what there is to say about it.
std::string go_to(EffectInstance& instance, double time, const std::string& text) {
    const auto* time_line = suites().time_line;
    if (time_line && time_line->gotoTime && time_line->gotoTime(instance.effect(), time) == kOfxStatOK) return text;
    const long frame = std::lround(time) + read_integer(instance.parameters(), kFrameOffsetName, time);
    return "This host lets no effect move its time; go to frame " + std::to_string(frame) + " (time " +
           std::to_string(std::lround(time)) + ").";
}

std::string act(EffectInstance& instance, Task task, double time) {
    FrameProgress progress(instance.effect());
    const Reply reply = do_task(instance, time, task, [&](double done) { return progress.update(done); });
    if (reply.status == wire::Status::kCancelled) return "Cancelled; nothing was changed.";
    if (reply.status == wire::Status::kFailed) {
        instance.show_message(kOfxMessageError, reply.text);
        return reply.text;
    }
    set_values(instance, reply, "Trimatte keyframe");
    return reply.go_to && std::isfinite(*reply.go_to) ? go_to(instance, *reply.go_to, reply.text) : reply.text;
}

}  // namespace

void set_values(EffectInstance& instance, const Reply& reply, const char* label) {
    if (reply.values.empty()) return;
    const Edit edit(instance.parameters(), label);
    for (const auto& [parameter, text] : reply.values) {
        if (const char* name = name_of(parameter)) write_text(instance.parameters(), name, text);
    }
}

bool act_on_keyframes(EffectInstance& instance, const std::string& name, double time) {
    const Action* action = find_action(instance, name);
    if (action) instance.set_status(act(instance, action->task, time));
    if (action && name == kKeyframeName) reset_choice(instance.parameters(), kKeyframeName);
    return action || name == kKeyframeName;
}

}  // namespace trimatte::shell
