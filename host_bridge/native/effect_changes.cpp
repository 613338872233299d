// What changes an instance from outside, and how the plug-in is told.
#include <openfx/openfx.h>

#include <algorithm>

#include "action_scope.hpp"
#include "effect_instance.hpp"

namespace trimatte::host {

namespace {

constexpr int kDeepestEdit = 16;  // handlers that set each other's parameters for ever end here
thread_local int edit_depth = 0;

struct EditDepth {
    EditDepth() { ++edit_depth; }
    ~EditDepth() { --edit_depth; }
};

}  // namespace

void EffectInstance::changed(const char* type, const std::string& name, const char* reason) {
    const EditDepth depth;
    constexpr Access kHost = Access::kHostWrites;
    const double time = timeline_time_;
    auto why = PropertySet::create();
    why->define(kOfxPropChangeReason, kHost, {std::string(reason)});
    auto what = PropertySet::create();
    what->copy_from(*why);
    what->define(kOfxPropType, kHost, {std::string(type)});
    what->define(kOfxPropName, kHost, {name});
    what->define(kOfxPropTime, kHost, {time});
    what->define(kOfxImageEffectPropRenderScale, kHost, {1.0, 1.0});
    const bool outermost = edit_depth == 1;  // edits made by handlers share the first one's bracket
    if (outermost) {
        act(kOfxActionBeginInstanceChanged, why.get(), nullptr, time, {1.0, 1.0}, Reply::kMayDefault);
    }
    act(kOfxActionInstanceChanged, what.get(), nullptr, time, {1.0, 1.0}, Reply::kMayDefault);
    if (outermost) {
        act(kOfxActionEndInstanceChanged, why.get(), nullptr, time, {1.0, 1.0}, Reply::kMayDefault);
    }
    const auto slaves = properties_->strings(kOfxImageEffectPropClipPreferencesSlaveParam);
    if (type == std::string_view(kOfxTypeClip) || std::find(slaves.begin(), slaves.end(), name) != slaves.end()) {
        preferences_known_ = false;
    }
}

void EffectInstance::on_plugin_edit(Param& param) {
    const ActionScope* scope = ActionScope::current();
    if (!scope || scope->instance() != this) {
        return;
    }
    const std::string_view action = scope->action();
    if (action == kOfxImageEffectActionRender || action == kOfxImageEffectActionBeginSequenceRender ||
        action == kOfxImageEffectActionEndSequenceRender) {
        if (!profile().render_sets_params) {
            post({kOfxMessageLog, "",
                  "parameter " + param.name() + " was set while rendering, which the standard forbids"});
        }
    } else if ((edit_depth > 0 && edit_depth < kDeepestEdit) || action.starts_with("OfxInteractAction")) {
        try {
            changed(kOfxTypeParameter, param.name(), kOfxChangePluginEdited);
        } catch (...) {
            record_error(std::current_exception());
        }
    }
}

void EffectInstance::connect(const std::string& name, std::shared_ptr<const ClipSource> source) {
    const Busy busy(*this);
    auto clip = clip_or_throw(name);
    if (clip->is_ghost()) {
        throw HostFailure("this host has no pictures for the clip " + name + ", only for Source");
    }
    if (clip->is_output()) {
        throw HostFailure("the output clip takes no frames; render it instead");
    }
    const bool leads = source && (name == kOfxImageEffectSimpleSourceClipName || clips_.front() == clip);
    if (leads && !project_fixed_) {
        set_project({source->width * source->pixel_aspect, static_cast<double>(source->height)}, source->pixel_aspect,
                    source->frame_rate, {source->first, source->last});
        project_fixed_ = false;
    }
    clip->connect(std::move(source));
    preferences_known_ = false;
    changed(kOfxTypeClip, name, kOfxChangeUserEdited);
}

void EffectInstance::set_project(OfxPointD size, double pixel_aspect, double frame_rate, OfxRangeD frames) {
    properties_->set_all(kOfxImageEffectPropProjectSize, {size.x, size.y});
    properties_->set_all(kOfxImageEffectPropProjectExtent, {size.x, size.y});
    properties_->set(kOfxImageEffectPropProjectPixelAspectRatio, pixel_aspect);
    properties_->set(kOfxImageEffectPropFrameRate, frame_rate);
    properties_->set(kOfxImageEffectInstancePropEffectDuration, frames.max - frames.min + 1.0);
    auto& output = find_clip(kOfxImageEffectOutputClipName)->properties();
    output.set_all(kOfxImageEffectPropFrameRange, {frames.min, frames.max});
    output.set_all(kOfxImageEffectPropUnmappedFrameRange, {frames.min, frames.max});
    for (const auto& param : params_->params()) {
        param->adopt_project(size);
    }
    project_fixed_ = true;
}

OfxRangeD EffectInstance::timeline_bounds() const {
    const auto range = find_clip(kOfxImageEffectOutputClipName)->properties().values(kOfxImageEffectPropFrameRange);
    return {std::get<double>(range[0]), std::get<double>(range[1])};
}

OfxRectD EffectInstance::region_of_project() const {
    return {0.0, 0.0, properties_->get<double>(kOfxImageEffectPropProjectExtent, 0.0, 0),
            properties_->get<double>(kOfxImageEffectPropProjectExtent, 0.0, 1)};
}

void EffectInstance::set_param(const std::string& name, ParamValue value, std::optional<double> key_time) {
    edit_keys(name, [&](Param& param) {
        if (key_time) {
            param.set_key(*key_time, std::move(value));
        } else {
            param.set(std::move(value), timeline_time_);
        }
    });
}

void EffectInstance::edit_keys(const std::string& name, const std::function<void(Param&)>& edit) {
    const Busy busy(*this);
    edit(*param_or_throw(name));
    changed(kOfxTypeParameter, name, kOfxChangeUserEdited);
}

void EffectInstance::press(const std::string& name) {
    const Busy busy(*this);
    const auto param = param_or_throw(name);
    if (std::string_view(param->type().name) != kOfxParamTypePushButton) {
        throw HostFailure("parameter " + name + " is a " + param->type().name + ", not a push button");
    }
    changed(kOfxTypeParameter, name, kOfxChangeUserEdited);
}

void EffectInstance::purge_caches() {
    const Busy busy(*this);
    act(kOfxActionPurgeCaches, nullptr, nullptr, timeline_time_, {1.0, 1.0}, Reply::kMayDefault);
}

void EffectInstance::sync_private_data() {
    const Busy busy(*this);
    if (params_->properties().get<int>(kOfxPropParamSetNeedsSyncing, 1) == 0) {
        return;
    }
    act(kOfxActionSyncPrivateData, nullptr, nullptr, timeline_time_, {1.0, 1.0}, Reply::kMayDefault);
}

}  // namespace trimatte::host
