// Rendering one frame, and sequences of frames.
#include <openfx/openfx.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "action_scope.hpp"
#include "effect_instance.hpp"

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
void define_status(PropertySet& in, OfxPointD scale, bool in_sequence) {
    in.define(kOfxImageEffectPropRenderScale, kHost, {scale.x, scale.y});
    in.define(kOfxImageEffectPropSequentialRenderStatus, kHost, {in_sequence ? 1 : 0});
    in.define(kOfxImageEffectPropInteractiveRenderStatus, kHost, {0});
    in.define(kOfxImageEffectPropRenderQualityDraft, kHost, {0});
    in.define(kOfxImageEffectPropThumbnailRender, kHost, {0});
    in.define(kOfxImageEffectPropOpenGLEnabled, kHost, {0});
    in.define(kOfxImageEffectPropCudaEnabled, kHost, {0});
    in.define(kOfxImageEffectPropMetalEnabled, kHost, {0});
    in.define(kOfxImageEffectPropOpenCLEnabled, kHost, {0});
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

void EffectInstance::sequence_action(const char* action, double first, double last, double step, OfxPointD scale) {
    auto in = PropertySet::create();
    in->define(kOfxImageEffectPropFrameRange, kHost, {first, last});
    in->define(kOfxImageEffectPropFrameStep, kHost, {step});
    in->define(kOfxPropIsInteractive, kHost, {0});
    define_status(*in, scale, in_sequence_);
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
    try {
        sequence_action(kOfxImageEffectActionBeginSequenceRender, first, last, step, scale);
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
                    sequence_scale_);
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
    auto output = Image::create(spec);
    output->arm(window);
    render_into(output, window, request);
    if (!output->is_intact(window)) {
        throw HostFailure("the effect wrote outside its render window " + words(window));
    }
    return {output, wanted};
}

void EffectInstance::render_into(const std::shared_ptr<Image>& output, const OfxRectI& window,
                                 const RenderRequest& request) {
    const RenderLock lock(properties_->get<std::string>(kOfxImageEffectPluginRenderThreadSafety),
                          plugin_->render_mutex(), render_mutex_);
    const bool single = !in_sequence_;
    auto in = PropertySet::create();
    in->define(kOfxPropTime, kHost, {request.time});
    in->define(kOfxImageEffectPropFieldToRender, kHost, {std::string(kOfxImageFieldNone)});
    in->define(kOfxImageEffectPropRenderWindow, kHost, {window.x1, window.y1, window.x2, window.y2});
    define_status(*in, request.scale, !single);
    const auto bracket = [&](const char* action) {
        if (single) {
            sequence_action(action, request.time, request.time, 1.0, request.scale);
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
        error = std::current_exception();
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

bool EffectInstance::has_temporal_access(const Clip& clip) const {
    return profile().temporal_access && properties_->get<int>(kOfxImageEffectPropTemporalClipAccess) != 0 &&
           clip.properties().get<int>(kOfxImageEffectPropTemporalClipAccess) != 0;
}

std::shared_ptr<Image> EffectInstance::fetch_image(Clip& clip, double time) {
    auto image = image_at(clip, time);
    if (image) {
        const ActionScope* scope = ActionScope::current();
        std::lock_guard lock(state_mutex_);
        image->holder = weak_from_this();
        held_.push_back({image, scope && scope->instance() == this ? scope : nullptr});
    }
    return image;
}

bool EffectInstance::release_image(const Image& image) {
    std::lock_guard lock(state_mutex_);
    const auto found =
        std::find_if(held_.begin(), held_.end(), [&](const Held& held) { return held.image.get() == &image; });
    if (found == held_.end()) {
        return false;
    }
    held_.erase(found);
    return true;
}

std::shared_ptr<Image> EffectInstance::image_at(Clip& clip, double time) {
    const ActionScope* scope = ActionScope::current();
    const bool inside = scope && scope->instance() == this;
    const double now = inside ? scope->time() : timeline_time_.load();
    if (clip.is_output()) {
        return inside && std::abs(time - now) < 1e-9 ? scope->output() : nullptr;
    }
    if (std::abs(time - now) > 1e-9 && !has_temporal_access(clip)) {
        if (profile().off_time == OffTime::kFail) {
            return nullptr;
        }
        time = now;
    }
    return input_image(clip, time, inside ? scope->scale() : OfxPointD{1.0, 1.0});
}

std::shared_ptr<Image> EffectInstance::input_image(const Clip& clip, double time, OfxPointD scale) {
    const auto source = clip.source();
    if (!source) {
        return nullptr;
    }
    const ClipPreference form = clip_preferences().clips.at(clip.name());
    const OfxRectI bounds = to_pixels(source->region(), scale, form.pixel_aspect);
    const FrameBuffer frame =
        source->read({time, form.depth, form.components, bounds.x2 - bounds.x1, bounds.y2 - bounds.y1});
    if (!frame.data) {
        return nullptr;
    }
    ImageSpec spec;
    spec.bounds = bounds;
    spec.depth = form.depth;
    spec.components = form.components;
    spec.premultiplication = source->premultiplication;
    spec.field = kOfxImageFieldNone;
    spec.identity =
        source->identity + "@" + std::to_string(time) + "x" + std::to_string(scale.x) + form.components + form.depth;
    spec.scale = scale;
    spec.pixel_aspect = form.pixel_aspect;
    spec.row_order = profile().row_order;
    auto image = Image::create(spec);
    image->fill(frame);
    return image;
}

}  // namespace trimatte::host
