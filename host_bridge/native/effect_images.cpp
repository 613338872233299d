// Images that a plug-in fetches: of its inputs at any time it may ask for, and of the output that is being made.
#include <openfx/openfx.h>

#include <algorithm>
#include <cmath>

#include "action_scope.hpp"
#include "effect_instance.hpp"

namespace trimatte::host {

bool EffectInstance::has_temporal_access(const Clip& clip) const {
    return profile().temporal_access && properties_->get<int>(kOfxImageEffectPropTemporalClipAccess) != 0 &&
           clip.properties().get<int>(kOfxImageEffectPropTemporalClipAccess) != 0;
}

std::shared_ptr<Image> EffectInstance::fetch_image(Clip& clip, double time) {
    auto image = image_at(clip, time);
    if (image) {
        const ActionScope* scope = ActionScope::current();
        std::lock_guard lock(state_mutex_);
        image->holder = self_;
        held_.push_back({image, scope && scope->instance() == this ? scope : nullptr});
    }
    return image;
}

std::shared_ptr<Image> EffectInstance::fetch_texture(Clip& clip, double time) {
    const ActionScope* scope = ActionScope::current();
    if (!scope || scope->instance() != this || !scope->output() || !scope->output()->device() ||
        scope->output()->device()->kind() != Device::Kind::kOpenGl) {
        return nullptr;
    }
    auto image = fetch_image(clip, time);
    if (image && !image->device()) {
        if (!scope->output()->device()->takes_pictures(image->form())) {
            release_image(*image);
            return nullptr;
        }
        image->move_to(scope->output()->device(), true);
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
    auto image = input_image(clip, time, inside ? scope->scale() : OfxPointD{1.0, 1.0});
    const auto device = inside && scope->output() ? scope->output()->device() : nullptr;
    if (image && device && device->kind() != Device::Kind::kOpenGl) {  // textures are asked for by their own suite
        image->move_to(scope->output()->device(), scope->output()->is_picture());
    }
    return image;
}

std::shared_ptr<Image> EffectInstance::input_image(const Clip& clip, double time, OfxPointD scale) {
    const auto source = clip.source();
    if (!source && !profile().unwired_black) {
        return nullptr;
    }
    const ClipPreference form = clip_preferences().clips.at(clip.name());
    const OfxRectI bounds = to_pixels(source ? source->region() : region_of_project(), scale, form.pixel_aspect);
    FrameBuffer frame;
    if (source) {
        frame = source->read({time, form.depth, form.components, bounds.x2 - bounds.x1, bounds.y2 - bounds.y1});
        if (!frame.data) {
            return nullptr;
        }
    }
    ImageSpec spec;
    spec.bounds = bounds;
    spec.depth = form.depth;
    spec.components = form.components;
    spec.premultiplication = source ? source->premultiplication : kOfxImageUnPreMultiplied;
    spec.field = kOfxImageFieldNone;
    spec.identity = (source ? source->identity : "black") + "@" + std::to_string(time) + "x" + std::to_string(scale.x) +
                    form.components + form.depth;
    spec.scale = scale;
    spec.pixel_aspect = form.pixel_aspect;
    spec.row_order = render_device() ? RowOrder::kPositive : profile().row_order;
    spec.extra = &profile().image_properties;
    auto image = Image::create(spec);
    if (frame.data) {
        image->fill(frame);
    }
    return image;
}

}  // namespace trimatte::host
