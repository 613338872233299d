// One instance of an effect: its life, its callbacks, and how an action is run.
#include "effect_instance.hpp"

#include <openfx/openfx.h>

#include <algorithm>
#include <utility>

#include "action_scope.hpp"
#include "interact.hpp"
#include "property_tables.hpp"
#include "shutdown.hpp"

namespace trimatte::host {

EffectInstance::Busy::Busy(EffectInstance& effect) : effect_(effect) {
    std::lock_guard lock(effect.busy_mutex_);
    if (effect.closing_) {
        throw HostFailure("the effect is closed; create another one");
    }
    ++effect.in_flight_;
}

EffectInstance::Busy::~Busy() {
    std::lock_guard lock(effect_.busy_mutex_);
    if (--effect_.in_flight_ == 0) {
        std::lock_guard state(effect_.state_mutex_);
        effect_.leaked_images_ += static_cast<int>(effect_.held_.size());
        effect_.held_.clear();
        effect_.idle_.notify_all();
    }
}

EffectInstance::EffectInstance(std::shared_ptr<Plugin> plugin, const EffectDescriptor& descriptor, std::string context,
                               std::string wanted_depth, Hooks hooks)
    : Effect(ParamSet::instance_of(descriptor.params())),
      plugin_(std::move(plugin)),
      context_(std::move(context)),
      wanted_depth_(std::move(wanted_depth)),
      hooks_(std::move(hooks)) {
    properties_->copy_from(descriptor.properties());
    define_effect_instance_properties(*properties_, context_);
    properties_->hide(profile().hidden_instance_properties);
    properties_->forgiving = profile().forgiving;
    for (const auto& clip : descriptor.clips()) {
        auto instance = std::make_shared<Clip>(*clip, this);
        instance->properties().hide(profile().hidden_clip_properties);
        instance->properties().forgiving = profile().forgiving;
        if (instance->is_ghost() && clip->name() != "Mask") {  // which says that it is not connected
            instance->properties().hide({kOfxImageClipPropConnected});
        }
        instance->publish(instance);
        clips_.push_back(instance);
    }
    params_->has_keys = profile().param_keys;
    params_->now = [this] {
        const ActionScope* scope = ActionScope::current();
        return scope && scope->instance() == this ? scope->time() : timeline_time_.load();
    };
    params_->on_plugin_edit = [this](Param& param) { on_plugin_edit(param); };
    set_project({1920.0, 1080.0}, 1.0, 24.0, {0.0, 0.0});  // until a clip or the user says better
    project_fixed_ = false;
}

std::shared_ptr<EffectInstance> EffectInstance::create(std::shared_ptr<Plugin> plugin, const std::string& context,
                                                       const std::string& wanted_depth, Hooks hooks) {
    const auto descriptor = plugin->describe_in_context(context);
    std::shared_ptr<EffectInstance> effect(
        new EffectInstance(plugin, *descriptor, context, wanted_depth, std::move(hooks)));
    effect->self_ = effect;
    effect->publish(effect);
    {
        const Busy busy(*effect);
        effect->guess_forms();
        effect->act(kOfxActionCreateInstance, nullptr, nullptr, 0.0, {1.0, 1.0}, Reply::kMayDefault);
        effect->created_ = true;
        plugin->count_instance(1);
    }
    register_for_shutdown(effect);
    return closing(std::move(effect));
}

EffectInstance::~EffectInstance() {
    try {
        close();
    } catch (const std::exception&) {  // a refusal to be destroyed has no one left to hear it
    }
}

void EffectInstance::close() { close_before(std::chrono::steady_clock::time_point::max()); }

bool EffectInstance::close_before(std::chrono::steady_clock::time_point deadline) {
    if (const ActionScope* scope = ActionScope::current(); scope && scope->instance() == this) {
        throw HostFailure("an effect cannot be closed from its own callback");
    }
    {
        std::unique_lock lock(busy_mutex_);
        closing_ = true;
        const auto idle = [this] { return in_flight_ == 0; };
        if (deadline == std::chrono::steady_clock::time_point::max()) {
            idle_.wait(lock, idle);
        } else if (!idle_.wait_until(lock, deadline, idle)) {
            return false;
        }
        if (closed_.exchange(true)) {
            return true;
        }
    }
    destroy();
    return true;
}

void EffectInstance::destroy() {
    if (!created_) {
        return;
    }
    if (in_sequence_) {
        try {
            finish_sequence();
        } catch (const std::exception&) {  // the instance goes in any case
        }
    }
    for (const auto& known : interacts_) {
        if (const auto interact = known.lock()) {
            interact->close();
        }
    }
    detach_context();
    ActionScope scope(this, kOfxActionDestroyInstance, 0.0, {1.0, 1.0});
    const OfxStatus status = plugin_->call(kOfxActionDestroyInstance, handle(), nullptr, nullptr);
    plugin_->count_instance(-1);
    for (const auto& clip : clips_) {
        clip->connect(nullptr);
    }
    check_action(kOfxActionDestroyInstance, status, Reply::kMayDefault, "");
}

bool EffectInstance::act(const char* action, PropertySet* in, PropertySet* out, double time, OfxPointD scale,
                         Reply reply, std::shared_ptr<Image> output, const std::function<bool()>& aborted) {
    const auto& hidden = profile().hidden_actions;
    if (std::find(hidden.begin(), hidden.end(), action) != hidden.end()) {
        return false;
    }
    OfxStatus status = kOfxStatOK;
    std::exception_ptr error;
    std::string words;
    {
        ActionScope scope(this, action, time, scale, std::move(output), aborted);
        status = plugin_->call(action, handle(), in, out);
        error = scope.error;
        words = scope.last_message;
    }
    show_dialogs();
    if (!error) {
        std::lock_guard lock(state_mutex_);
        error = std::exchange(error_, nullptr);
    }
    if (error) {
        std::rethrow_exception(error);
    }
    if (words.empty() && status != kOfxStatOK && status != kOfxStatReplyDefault) {
        if (const auto message = persistent_message()) {
            words = message->text;
        }
    }
    return check_action(action, status, reply, words);
}

bool EffectInstance::interact_action(const char* action, double time, OfxPointD scale,
                                     const std::function<OfxStatus()>& call) {
    const Busy busy(*this);
    OfxStatus status = kOfxStatOK;
    std::string words;
    {
        ActionScope scope(this, action, time, scale);
        status = call();
        if (scope.error) {
            std::rethrow_exception(scope.error);
        }
        words = scope.last_message;
    }
    show_dialogs();
    return check_action(action, status, Reply::kMayDefault, words);
}

void EffectInstance::adopt_interact(const std::shared_ptr<Interact>& interact) {
    std::lock_guard lock(state_mutex_);
    std::erase_if(interacts_, [](const auto& known) { return known.expired(); });
    interacts_.push_back(interact);
}

bool EffectInstance::should_abort() const {
    if (closing_ || (hooks_.aborted && hooks_.aborted())) {
        return true;
    }
    std::vector<std::function<bool()>> checks;
    if (const ActionScope* scope = ActionScope::current(); scope && scope->instance() == this) {
        if (scope->abort_count() != abort_count_) {
            return true;
        }
        checks.push_back(scope->aborted());
    } else {  // a thread of the plug-in's own works for any of the actions that run
        std::lock_guard lock(state_mutex_);
        for (const ActionScope* running : scopes_) {
            if (running->abort_count() != abort_count_) {
                return true;
            }
            checks.push_back(running->aborted());
        }
    }
    return std::any_of(checks.begin(), checks.end(), [](const auto& check) { return check && check(); });
}

void EffectInstance::enter(ActionScope& scope) {
    std::lock_guard lock(state_mutex_);
    scopes_.push_back(&scope);
}

void EffectInstance::leave(ActionScope& scope) {
    std::lock_guard lock(state_mutex_);
    std::erase(scopes_, &scope);
    leaked_images_ += static_cast<int>(std::erase_if(held_, [&](const Held& held) { return held.scope == &scope; }));
}

void EffectInstance::record_error(std::exception_ptr error) {
    if (ActionScope* scope = ActionScope::current(); scope && scope->instance() == this) {
        scope->error = std::move(error);
        return;
    }
    std::lock_guard lock(state_mutex_);
    error_ = std::move(error);
}

std::shared_ptr<Clip> EffectInstance::clip_or_throw(const std::string& name) const {
    if (auto clip = find_clip(name)) {
        return clip;
    }
    std::string known;
    for (const auto& clip : clips_) {
        known += (known.empty() ? "" : ", ") + clip->name();
    }
    throw HostFailure("the effect has no clip " + name + "; it has " + known);
}

std::shared_ptr<Param> EffectInstance::param_or_throw(const std::string& name) const {
    if (auto param = params_->find(name)) {
        return param;
    }
    throw HostFailure("the effect has no parameter " + name);
}

}  // namespace trimatte::host
