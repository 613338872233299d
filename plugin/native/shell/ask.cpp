#include "ask.hpp"

#include <cmath>

#include "parameters.hpp"
#include "trace.hpp"

namespace trimatte::shell {

namespace {

constexpr int kAttempts = 2;  // a worker that died or hung is replaced once per frame

Reply ask_worker(const Job& job) {
    std::string ends;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto worker = current_worker();
        try {
            worker->wait_until_ready([&] { return is_unwanted(job); });
            return Conversation(job, *worker).run();
        } catch (const StartError&) {
            replace_worker(worker);
            throw;
        } catch (const wire::Closed&) {
            ends = replace_worker(worker, kFarewell);
        } catch (const Stalled& stalled) {
            replace_worker(worker);
            ends = stalled.what();
        } catch (const wire::ProtocolError& error) {
            replace_worker(worker);
            ends = error.what();
        }
        trace("attempt %d failed: %s", attempt + 1, ends.c_str());
    }
    return {wire::Status::kFailed,
            "The Trimatte worker was lost twice on this frame (" + ends + "); see 'trimatte doctor'."};
}

}  // namespace

namespace {

// Whether the task can do without a picture of its frame.
bool needs_source(Task task) {
    return task != Task::kPreviousKeyframe && task != Task::kNextKeyframe && task != Task::kDeleteKeyframe &&
           task != Task::kPaintTrimap && task != Task::kShowMarks && task != Task::kPaintStroke;
}

// What hosts with colour management say about the plates; empty in all others.
std::string colour_of_host(EffectInstance& instance) {
    const Properties effect = instance.properties();
    return ",\"hostSpace\":" + quote_json(instance.source_properties().get_string(kOfxImageClipPropColourspace)) +
           ",\"hostConfig\":" + quote_json(effect.get_string(kOfxImageEffectPropOCIOConfig));
}

}  // namespace

std::string settings_of(EffectInstance& instance, double time, Task task, const std::string& extra) {
    static constexpr const char* kTasks[] = {"show",          "solve",        "solve ahead",     "previous keyframe",
                                             "next keyframe", "add keyframe", "delete keyframe", "from trimap",
                                             "paint trimap",  "list solved",  "show marks",      "paint stroke"};
    // The host has the last word on how colour is kept; MLT for one ignores what we prefer.
    const std::string kept = instance.output_properties().get_string(kOfxImageEffectPropPreMultiplication);
    const std::string painted = instance.begin_painted(read_text(instance.parameters(), kPaintedName, time));
    const bool may_clear = needs_source(task);  // the others never look at the clip
    return read_settings(instance.parameters(), time,
                         "\"generation\":" + std::to_string(instance.generation()) +
                             ",\"outputPremultiplication\":" + quote_json(kept) + colour_of_host(instance) +
                             ",\"clearsSolved\":" + (may_clear && instance.take_clear_solved() ? "true" : "false") +
                             ",\"clearsCache\":" + (may_clear && instance.take_clear_cache() ? "true" : "false") +
                             ",\"paintedBefore\":" + quote_json(painted) +
                             ",\"task\":" + quote_json(kTasks[static_cast<int>(task)]) + extra);
}

Reply solve(const Job& job) {
    try {
        const Reply reply = ask_worker(job);
        if (reply.status == wire::Status::kOk) job.instance.settle_painted();
        return reply;
    } catch (const StartError& error) {
        return {wire::Status::kFailed, error.what()};
    } catch (const Aborted&) {
        return {wire::Status::kCancelled, ""};  // its channel is closed: the worker stops at its next look
    } catch (const std::bad_alloc&) {
        return {wire::Status::kFailed, "There is not enough memory to hand the frame to the Trimatte worker."};
    } catch (const std::exception& error) {
        return {wire::Status::kFailed, std::string("Trimatte cannot reach its worker: ") + error.what() + "."};
    }
}

Reply do_task(EffectInstance& instance, double time, Task task, const std::function<bool(double)>& report,
              const std::string& extra) {
    const HostImage source(needs_source(task) ? instance.source() : nullptr, time);
    if (needs_source(task) && (!source || !source.is_supported())) {
        return {wire::Status::kFailed, "Trimatte cannot solve: the host has no picture of frame " +
                                           std::to_string(std::lround(time)) +
                                           " that it could take; connect Source or choose a frame inside it."};
    }
    Job job{instance, time, {}, {1, 1}, false, source, nullptr, settings_of(instance, time, task, extra), report, {}};
    job.window = {source.shape().x1, source.shape().y1, source.shape().x1 + 1, source.shape().y1 + 1};
    job.cancelled = [&] { return instance.is_tracking_cancelled(); };
    return solve(job);
}

}  // namespace trimatte::shell
