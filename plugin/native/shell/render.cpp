#include "render.hpp"

#include "ask.hpp"
#include "buttons.hpp"
#include "describe.hpp"
#include "parameters.hpp"
#include "regions.hpp"
#include "trace.hpp"

namespace trimatte::shell {

namespace {

Job make_job(EffectInstance& instance, const Properties& in, double time, const HostImage& source,
             const HostImage& output) {
    Job job{instance, time, bounds(output.shape()), {1, 1}, false, source, &output, {}, {}, {}};
    int window[4];
    if (in.get_ints(kOfxImageEffectPropRenderWindow, window, 4)) {
        job.window = intersect(job.window, {window[0], window[1], window[2], window[3]});
    }
    for (int i = 0; i < 2; ++i) job.scale[i] = in.get_double(kOfxImageEffectPropRenderScale, 1, i);
    job.interactive = in.get_int(kOfxImageEffectPropInteractiveRenderStatus, 0) != 0;
    job.settings = settings_of(instance, time, Task::kShow);
    return job;
}

OfxStatus finish(const Job& job, const Reply& reply) {
    EffectInstance& instance = job.instance;
    if (reply.status == wire::Status::kOk) {
        instance.clear_message();
        instance.note_render();
        instance.set_status(reply.text);
        return kOfxStatOK;
    }
    job.output->fill_from(&job.source, job.window);  // some hosts show the buffer whatever we return
    if (reply.status != wire::Status::kCancelled) {
        instance.set_status(reply.text);
        instance.show_message(kOfxMessageError, reply.text);
    }
    return kOfxStatFailed;
}

}  // namespace

OfxStatus render(EffectInstance& instance, const Properties& in) {
    double time = 0;
    if (!in.get_doubles(kOfxPropTime, &time, 1)) {  // any frame would be a guess
        instance.show_message(kOfxMessageError, "Trimatte cannot render: the host does not say which frame it wants.");
        return kOfxStatFailed;
    }
    trace("render %g begins", time);
    const HostImage output(instance.output(), time);
    if (!output) {
        if (is_aborted(instance)) return kOfxStatOK;
        instance.show_message(kOfxMessageError, "Trimatte cannot render: the host gave no picture to draw into.");
        return kOfxStatFailed;
    }
    const HostImage source(instance.source(), time);
    if (!output.is_supported() || (source && !source.is_supported())) {
        instance.show_message(kOfxMessageError,
                              "Trimatte cannot take " + (output.is_supported() ? source : output).describe() +
                                  "; set the clip to RGBA, RGB or alpha of 8 or 16 bits, half or float.");
        return kOfxStatErrImageFormat;
    }
    if (!host_tells_changes()) act_on_choices(instance, time);
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
