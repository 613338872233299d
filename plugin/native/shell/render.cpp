#include "render.hpp"

#include "conversation.hpp"
#include "parameters.hpp"
#include "regions.hpp"
#include "trace.hpp"

namespace trimatte::shell {

namespace {

constexpr int kAttempts = 2;  // a worker that died or hung is replaced once per frame

std::string extra_settings(EffectInstance& instance) {
    // The host has the last word on how colour is kept; MLT for one ignores what we prefer.
    const std::string kept = instance.output_properties().get_string(kOfxImageEffectPropPreMultiplication);
    return "\"generation\":" + std::to_string(instance.generation()) +
           ",\"outputPremultiplication\":" + quote_json(kept);
}

Reply ask_worker(const Job& job) {
    std::string ends;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto worker = current_worker();
        try {
            worker->wait_until_ready([&] { return is_aborted(job.instance); });
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

Reply solve(const Job& job) {
    try {
        return ask_worker(job);
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

Job make_job(EffectInstance& instance, const Properties& in, double time, const HostImage& source,
             const HostImage& output) {
    Job job{instance, time, bounds(output.shape()), {1, 1}, false, source, output, {}};
    int window[4];
    if (in.get_ints(kOfxImageEffectPropRenderWindow, window, 4)) {
        job.window = intersect(job.window, {window[0], window[1], window[2], window[3]});
    }
    for (int i = 0; i < 2; ++i) job.scale[i] = in.get_double(kOfxImageEffectPropRenderScale, 1, i);
    job.interactive = in.get_int(kOfxImageEffectPropInteractiveRenderStatus, 0) != 0;
    job.settings = read_settings(instance.parameters(), time, extra_settings(instance));
    return job;
}

OfxStatus finish(const Job& job, const Reply& reply) {
    EffectInstance& instance = job.instance;
    if (reply.status == wire::Status::kOk) {
        instance.clear_message();
        instance.set_status(reply.text);
        return kOfxStatOK;
    }
    job.output.fill_from(&job.source, job.window);  // some hosts show the buffer whatever we return
    if (reply.status != wire::Status::kCancelled) {
        instance.set_status(reply.text);
        instance.show_message(kOfxMessageError, reply.text);
    }
    return kOfxStatFailed;
}

}  // namespace

OfxStatus render(EffectInstance& instance, const Properties& in) {
    const double time = in.get_double(kOfxPropTime, 0);
    trace("render %g begins", time);
    const HostImage output(instance.output(), time);
    if (!output) return is_aborted(instance) ? kOfxStatOK : kOfxStatFailed;
    const HostImage source(instance.source(), time);
    if (!output.is_supported() || (source && !source.is_supported())) {
        instance.show_message(kOfxMessageError,
                              "Trimatte cannot take " + (output.is_supported() ? source : output).describe() +
                                  "; set the clip to RGBA, RGB or alpha of 8 or 16 bits, half or float.");
        return kOfxStatErrImageFormat;
    }
    const Job job = make_job(instance, in, time, source, output);
    if (is_empty(job.window)) return kOfxStatOK;
    if (lacks_keyframes(instance, time)) {  // hosts may skip isIdentity
        output.fill_from(&source, job.window);
        warn_without_keyframes(instance);
        return kOfxStatOK;
    }
    const OfxStatus status = finish(job, solve(job));
    trace("render %g ends with %d", time, status);
    return status;
}

}  // namespace trimatte::shell
