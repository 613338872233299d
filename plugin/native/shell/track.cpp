#include "track.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ask.hpp"
#include "describe.hpp"
#include "parameters.hpp"
#include "regions.hpp"
#include "trace.hpp"

namespace trimatte::shell {

namespace {

enum class Order { kIdle = 0, kForward, kBackward, kBoth, kFrame, kRange, kCancel, kClear };  // labels of the choice

bool find_order(EffectInstance& instance, const std::string& name, Order& order) {
    static const std::pair<const char*, Order> kButtons[] = {
        {kTrackForwardName, Order::kForward}, {kTrackBackwardName, Order::kBackward},
        {kTrackBothName, Order::kBoth},       {kTrackFrameName, Order::kFrame},
        {kTrackRangeName, Order::kRange},     {kTrackCancelName, Order::kCancel},
        {kTrackClearName, Order::kClear}};
    if (name == kTrackName) {
        order = static_cast<Order>(read_choice(instance.parameters(), kTrackName, 0));
        return true;
    }
    for (const auto& [button, meant] : kButtons) {
        if (name == button) {
            order = meant;
            return true;
        }
    }
    return false;
}

void append(std::vector<double>& frames, double from, double to) {
    const double step = from <= to ? 1 : -1;
    for (double frame = from; step * frame <= step * to; frame += step) frames.push_back(frame);
}

// The frames to solve, in order; a host that does not know how long its clip is has this one only.
std::vector<double> frames_of(EffectInstance& instance, Order order, double time) {
    double clip[2] = {time, time};
    instance.source_properties().get_doubles(kOfxImageEffectPropFrameRange, clip, 2);
    const double first = std::round(std::min(clip[0], clip[1])), last = std::round(std::max(clip[0], clip[1]));
    const double now = std::clamp(std::round(time), first, last);
    std::vector<double> frames;
    if (order == Order::kFrame) append(frames, now, now);
    if (order == Order::kForward || order == Order::kBoth) append(frames, now, last);
    if (order == Order::kBackward) append(frames, now, first);
    if (order == Order::kBoth && now > first) append(frames, now - 1, first);
    if (order == Order::kRange) {
        const double from = read_integer(instance.parameters(), kTrackFirstName, time);
        const double to = read_integer(instance.parameters(), kTrackLastName, time);
        if (from <= to && from <= last && to >= first) append(frames, std::max(from, first), std::min(to, last));
    }
    return frames;
}

std::string solve_all(EffectInstance& instance, const std::vector<double>& frames) {
    FrameProgress progress(instance.effect());
    const double count = static_cast<double>(frames.size());
    size_t done = 0;
    for (const double frame : frames) {
        const auto report = [&](double fraction) { return progress.update((done + fraction) / count); };
        if (instance.is_tracking_cancelled() || !report(0)) break;
        const Reply reply = do_task(instance, frame, Task::kSolve, report);
        if (reply.status == wire::Status::kCancelled) break;
        if (reply.status == wire::Status::kFailed) {
            instance.show_message(kOfxMessageError, reply.text);
            return reply.text;
        }
        ++done;
    }
    const std::string words = std::to_string(done) + " of " + std::to_string(frames.size()) + " frames solved.";
    const std::string told = done == frames.size() ? words : "Stopped: " + words;
    return done == frames.size() ? told + " " + list_solved(instance, frames.back()) : told;
}

constexpr int kMostSlices = 10000;

// Where the host gives no other frame: the worker reads the file, for a while at a time.
std::string solve_ahead(EffectInstance& instance, double time) {
    FrameProgress progress(instance.effect());
    Reply reply{};
    long done = 0;
    for (int slice = 0; slice < kMostSlices && !instance.is_tracking_cancelled(); ++slice) {
        reply = do_task(
            instance, time, Task::kSolveAhead, [&](double fraction) { return progress.update(fraction); },
            ",\"aheadDone\":" + std::to_string(done));
        if (reply.status == wire::Status::kFailed) instance.show_message(kOfxMessageError, reply.text);
        if (reply.status == wire::Status::kCancelled) return "Stopped.";
        if (reply.status == wire::Status::kFailed || !reply.go_to || std::lround(*reply.go_to) <= done) break;
        done = std::lround(*reply.go_to);
    }
    return reply.text;
}

std::string solve_frames(EffectInstance& instance, Order order, double time) {
    if (!host_tells_changes()) return solve_ahead(instance, time);
    const std::vector<double> frames = frames_of(instance, order, time);
    trace("track %zu frames from %g", frames.size(), time);
    return frames.empty() ? "The range has no frame of the clip; set First and Last." : solve_all(instance, frames);
}

}  // namespace

std::string list_solved(EffectInstance& instance, double time) {
    if (lacks_keyframes(instance, time)) return "Nothing is solved: there is no keyframe.";
    return do_task(instance, time, Task::kListSolved, [](double) { return true; }).text;
}

bool track(EffectInstance& instance, const std::string& name, double time) {
    Order order = Order::kIdle;
    if (!find_order(instance, name, order)) return false;
    if (order == Order::kCancel) instance.cancel_tracking();
    if (order == Order::kClear) {
        instance.clear_solved();
        instance.set_status("What was solved of this clip is forgotten.");
    }
    const bool solves = order != Order::kIdle && order != Order::kCancel && order != Order::kClear;
    if (solves && instance.begin_tracking()) {
        if (lacks_keyframes(instance, time)) {
            warn_without_keyframes(instance);
        } else {
            instance.set_status(solve_frames(instance, order, time));
        }
        instance.end_tracking();
    }
    if (name == kTrackName && order != Order::kIdle) reset_choice(instance.parameters(), kTrackName);
    return true;
}

}  // namespace trimatte::shell
