// Rendering one frame, and sequences of frames.
#include <openfx/openfx.h>

#include <algorithm>
#include <atomic>

#include "action_scope.hpp"
#include "effect_instance.hpp"
#include "property_tables.hpp"

namespace trimatte::host {

namespace {

constexpr Access kHost = Access::kHostWrites;

OfxRectI clipped(const OfxRectI& a, const OfxRectI& b) {
    return {std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)};
}

bool is_empty(const OfxRectI& r) { return r.x2 <= r.x1 || r.y2 <= r.y1; }

std::string words(const OfxRectI& r) {
    return "(" + std::to_string(r.x1) + ", " + std::to_string(r.y1) + ", " + std::to_string(r.x2) + ", " +
           std::to_string(r.y2) + ")";
}

// What Render and both sequence actions are told alike.
void define_status(PropertySet& in, OfxPointD scale, bool in_sequence, const std::shared_ptr<Device>& device) {
    const bool cuda = device && device->kind() == Device::Kind::kCuda;
    const bool opencl = device && device->kind() == Device::Kind::kOpenCl;
    in.define(kOfxImageEffectPropRenderScale, kHost, {scale.x, scale.y});
    in.define(kOfxImageEffectPropSequentialRenderStatus, kHost, {in_sequence ? 1 : 0});
    in.define(kOfxImageEffectPropInteractiveRenderStatus, kHost, {0});
    in.define(kOfxImageEffectPropRenderQualityDraft, kHost, {0});
    in.define(kOfxImageEffectPropThumbnailRender, kHost, {0});
    in.define(kOfxImageEffectPropOpenGLEnabled, kHost, {device && device->kind() == Device::Kind::kOpenGl ? 1 : 0});
    in.define(kOfxImageEffectPropCudaEnabled, kHost, {cuda ? 1 : 0});
    in.define(kOfxImageEffectPropCudaStream, kHost, {cuda ? device->queue() : nullptr});
    in.define(kOfxImageEffectPropMetalEnabled, kHost, {0});
    in.define(kOfxImageEffectPropOpenCLEnabled, kHost, {opencl ? 1 : 0});
    in.define(kOfxImageEffectPropOpenCLCommandQueue, kHost, {opencl ? device->queue() : nullptr});
}

// Locks what the effect's thread safety asks for, and nothing else.
class RenderLock {
  public:
    RenderLock(const std::string& safety, std::mutex& of_plugin, std::mutex& of_instance) {
        if (safety == kOfxImageEffectRenderUnsafe) {
            plugin_ = std::unique_lock(of_plugin);
        }
        if (safety != kOfxImageEffectRenderFullySafe) {
            instance_ = std::unique_lock(of_instance);
        }
    }

  private:
    std::unique_lock<std::mutex> plugin_;
    std::unique_lock<std::mutex> instance_;
};

}  // namespace

void EffectInstance::sequence_action(const char* action, double first, double last, double step, OfxPointD scale,
                                     const std::shared_ptr<Device>& device) {
    auto in = PropertySet::create();
    in->define(kOfxImageEffectPropFrameRange, kHost, {first, last});
    in->define(kOfxImageEffectPropFrameStep, kHost, {step});
    in->define(kOfxPropIsInteractive, kHost, {0});
    define_status(*in, scale, in_sequence_, device);
    act(action, in.get(), nullptr, first, scale, Reply::kMayDefault);
}

void EffectInstance::begin_sequence(double first, double last, double step, OfxPointD scale) {
    const Busy busy(*this);
    clip_preferences();
    if (in_sequence_) {
        throw HostFailure("a sequence is being rendered already; end it first");
    }
    in_sequence_ = true;
    sequence_first_ = first;
    sequence_last_ = last;
    sequence_step_ = step;
    sequence_scale_ = scale;
    last_in_sequence_.reset();
    try {
        sequence_action(kOfxImageEffectActionBeginSequenceRender, first, last, step, scale, render_device());
    } catch (...) {
        in_sequence_ = false;
        throw;
    }
}

void EffectInstance::end_sequence() {
    const Busy busy(*this);
    if (!in_sequence_) {
        throw HostFailure("no sequence is being rendered");
    }
    finish_sequence();
}

void EffectInstance::finish_sequence() {
    in_sequence_ = false;
    sequence_action(kOfxImageEffectActionEndSequenceRender, sequence_first_, sequence_last_, sequence_step_,
                    sequence_scale_, render_device());
}

std::pair<std::shared_ptr<Image>, OfxRectI> EffectInstance::render(const RenderRequest& request) {
    const Busy busy(*this);
    timeline_time_ = request.time;
    const ClipPreferences preferences = clip_preferences();
    const ClipPreference& form = preferences.clips.at(kOfxImageEffectOutputClipName);
    const OfxRectD region = region_of_definition(request.time, request.scale);
    const OfxRectI whole = to_pixels(region, request.scale, form.pixel_aspect);
    const OfxRectI wanted = request.window.value_or(whole);
    if (is_empty(clipped(wanted, whole)) || clipped(wanted, whole).x1 != wanted.x1 ||
        clipped(wanted, whole).y1 != wanted.y1 || clipped(wanted, whole).x2 != wanted.x2 ||
        clipped(wanted, whole).y2 != wanted.y2) {
        throw HostFailure("the render window " + words(wanted) + " must lie within the region of definition " +
                          words(whole));
    }
    const bool tiles = profile().tiles && properties_->get<int>(kOfxImageEffectPropSupportsTiles, 1) != 0;
    const OfxRectI window = tiles ? wanted : whole;
    if (request.honour_identity) {
        if (const auto same = identity(request.time, request.scale, window)) {
            auto image = input_image(*clip_or_throw(same->clip), same->time, request.scale);
            if (!image || is_empty(clipped(wanted, image->spec().bounds))) {
                throw HostFailure("the effect copies clip " + same->clip + " at " + std::to_string(same->time) +
                                  ", where there is no frame");
            }
            return {image, clipped(wanted, image->spec().bounds)};
        }
    }
    regions_of_interest(request.time, request.scale, to_canonical(window, request.scale, form.pixel_aspect));
    frames_needed(request.time);
    ImageSpec spec;
    spec.bounds = {whole.x1 - request.margin, whole.y1 - request.margin, whole.x2 + request.margin,
                   whole.y2 + request.margin};
    spec.depth = form.depth;
    spec.components = form.components;
    spec.premultiplication = preferences.premultiplication;
    spec.field = kOfxImageFieldNone;
    spec.identity = "output";
    spec.scale = request.scale;
    spec.pixel_aspect = form.pixel_aspect;
    spec.row_order = profile().row_order;
    spec.extra = &profile().image_properties;
    RenderRequest ordered = request;
    ordered.in_order = is_in_order(request.time);
    const auto output = render_patiently(spec, window, ordered);
    if (!output->was_drawn() && !output->is_intact(window)) {  // who clears a texture clears all of it
        throw HostFailure("the effect wrote outside its render window " + words(window));
    }
    return {output, wanted};
}

std::shared_ptr<Device> EffectInstance::render_device() const {
    const auto& device = plugin_->device();
    if (!device) {
        return nullptr;
    }
    if (device->kind() == Device::Kind::kOpenGl) {
        const auto wish = properties_->get<std::string>(kOfxImageEffectPropOpenGLRenderSupported);
        return wish == "true" || wish == "needed" ? device : nullptr;
    }
    const char* name = device->kind() == Device::Kind::kCuda ? kOfxImageEffectPropCudaRenderSupported
                                                             : kOfxImageEffectPropOpenCLRenderSupported;
    return properties_->get<std::string>(name) == "true" || wants_pictures() ? device : nullptr;
}

bool EffectInstance::wants_pictures() const {
    const auto& device = plugin_->device();
    if (device && device->kind() == Device::Kind::kOpenGl) {
        return true;
    }
    return device && device->kind() == Device::Kind::kOpenCl &&
           properties_->get<std::string>(kOfxImageEffectPropOpenCLRenderSupported) != "true" &&
           properties_->get<std::string>(kOfxImageEffectPropOpenCLSupported) == "true";
}

std::shared_ptr<Image> EffectInstance::render_patiently(const ImageSpec& wanted, const OfxRectI& window,
                                                        const RenderRequest& request) {
    ImageSpec spec = wanted;
    auto device = render_device();
    for (bool again = false;; again = true) {
        if (!device && properties_->get<std::string>(kOfxImageEffectPropCPURenderSupported) == "false") {
            throw HostFailure("the effect renders on a graphics device only; name one in the host's profile");
        }
        if (device) {
            spec.row_order = RowOrder::kPositive;
        }
        auto output = Image::create(spec);
        output->arm(window);
        if (device && wants_pictures() && !device->takes_pictures(output->form())) {
            device = nullptr;  // it has none like this
        }
        const auto entered = device ? device->enter() : nullptr;
        if (device) {
            attach_context(device);
            output->move_to(device, wants_pictures());
            output->target();
        }
        try {
            render_into(output, window, request);
            if (device) {
                output->move_back();
            }
            return output;
        } catch (const ActionRefused& refusal) {
            const int status = refusal.status();
            if (device && (status == kOfxStatGPUOutOfMemory || status == kOfxStatGPURenderFailed)) {
                device = nullptr;  // the standard leaves this frame to the CPU
                spec.row_order = wanted.row_order;
            } else if (status == kOfxStatErrMemory && !again) {
                purge_caches();
            } else {
                throw;
            }
        }
    }
}

void EffectInstance::attach_context(const std::shared_ptr<Device>& device) {
    if (device->kind() == Device::Kind::kOpenGl && !has_context_.exchange(true)) {
        act(kOfxActionOpenGLContextAttached, nullptr, nullptr, timeline_time_, {1.0, 1.0}, Reply::kMayDefault);
    }
}

void EffectInstance::detach_context() {
    if (has_context_.exchange(false)) {
        const auto entered = plugin_->device()->enter();
        ActionScope scope(this, kOfxActionOpenGLContextDetached, timeline_time_, {1.0, 1.0});
        plugin_->call(kOfxActionOpenGLContextDetached, handle(), nullptr, nullptr);
    }
}

bool EffectInstance::is_in_order(double time) {
    std::lock_guard lock(state_mutex_);
    if (!in_sequence_) {
        return false;
    }
    const bool rising = !last_in_sequence_ || time > *last_in_sequence_;
    if (!rising && properties_->get<int>(kOfxImageEffectInstancePropSequentialRender) == 1) {
        throw HostFailure("the effect renders a sequence in order only; frame " + std::to_string(time) +
                          " came after " + std::to_string(*last_in_sequence_));
    }
    if (rising) {
        last_in_sequence_ = time;
    }
    return rising;
}

void EffectInstance::render_into(const std::shared_ptr<Image>& output, const OfxRectI& window,
                                 const RenderRequest& request) {
    const RenderLock lock(properties_->get<std::string>(kOfxImageEffectPluginRenderThreadSafety),
                          plugin_->render_mutex(), render_mutex_);
    const bool single = !in_sequence_;
    const auto device = output->device();
    auto in = PropertySet::create();
    in->define(kOfxPropTime, kHost, {request.time});
    in->define(kOfxImageEffectPropFieldToRender, kHost, {std::string(kOfxImageFieldNone)});
    in->define(kOfxImageEffectPropRenderWindow, kHost, {window.x1, window.y1, window.x2, window.y2});
    if (profile().planes) {
        in->define_list(kRenderPlanes, kHost, std::string(), {std::string(kColourPlane)});
    }
    define_status(*in, request.scale, request.in_order, device);
    const auto bracket = [&](const char* action) {
        if (single) {
            sequence_action(action, request.time, request.time, 1.0, request.scale, device);
        }
    };
    const unsigned int aborts = abort_count_;
    const auto is_aborted = [&] {
        return aborts != abort_count_ || should_abort() || (request.aborted && request.aborted());
    };
    bracket(kOfxImageEffectActionBeginSequenceRender);
    std::exception_ptr error;
    try {
        act(kOfxImageEffectActionRender, in.get(), nullptr, request.time, request.scale, Reply::kMandatory, output,
            request.aborted);
    } catch (const ActionRefused&) {
        error = profile().render_status ? std::current_exception() : nullptr;
        if (is_aborted()) {
            error = std::make_exception_ptr(RenderAborted("frame " + std::to_string(request.time) + " was aborted"));
        }
    } catch (...) {
        error = std::current_exception();
    }
    bracket(kOfxImageEffectActionEndSequenceRender);  // always a pair, also around a render that failed
    if (error) {
        std::rethrow_exception(error);
    }
    if (is_aborted()) {
        throw RenderAborted("frame " + std::to_string(request.time) + " was aborted");
    }
}

}  // namespace trimatte::host
