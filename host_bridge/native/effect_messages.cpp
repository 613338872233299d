// What an effect tells its user: messages, progress and dialogs.
#include <openfx/openfx.h>

#include <utility>

#include "action_scope.hpp"
#include "effect_instance.hpp"

namespace trimatte::host {

std::optional<bool> EffectInstance::post(const Message& message) {
    if (ActionScope* scope = ActionScope::current(); scope && scope->instance() == this) {
        scope->last_message = message.text;
    }
    {
        std::lock_guard lock(state_mutex_);
        messages_.push_back(message);
        if (message.persistent) {
            persistent_ = message;
        }
    }
    if (!hooks_.message) {
        return std::nullopt;
    }
    try {
        return hooks_.message(message);
    } catch (...) {
        record_error(std::current_exception());
        return std::nullopt;
    }
}

void EffectInstance::clear_persistent_message() {
    std::lock_guard lock(state_mutex_);
    persistent_.reset();
}

std::vector<Message> EffectInstance::messages() const {
    std::lock_guard lock(state_mutex_);
    return messages_;
}

std::optional<Message> EffectInstance::persistent_message() const {
    std::lock_guard lock(state_mutex_);
    return persistent_;
}

void EffectInstance::start_progress(const std::string& label) {
    std::lock_guard lock(state_mutex_);
    progress_label_ = label;
}

bool EffectInstance::report_progress(double fraction) {
    std::string label;
    {
        std::lock_guard lock(state_mutex_);
        label = progress_label_;
    }
    try {
        return !should_abort() && (!hooks_.progress || hooks_.progress(label, fraction));
    } catch (...) {
        record_error(std::current_exception());
        return false;
    }
}

bool EffectInstance::request_dialog(void* user_data) {
    const ActionScope* scope = ActionScope::current();
    if (!profile().dialogs || !scope || scope->instance() != this || scope->output()) {
        return false;  // nobody sees it, or the thread renders
    }
    std::lock_guard lock(state_mutex_);
    if (showing_dialog_) {
        return false;  // one that asks for the next would never end
    }
    dialogs_.push_back(user_data);
    return true;
}

void EffectInstance::show_dialogs() {
    if (ActionScope::current()) {
        return;
    }
    for (;;) {
        void* user_data = nullptr;
        {
            std::lock_guard lock(state_mutex_);
            showing_dialog_ = !dialogs_.empty();
            if (!showing_dialog_) {
                return;
            }
            user_data = dialogs_.front();
            dialogs_.erase(dialogs_.begin());
        }
        ActionScope scope(this, kOfxActionDialog, timeline_time_, {1.0, 1.0});
        const OfxStatus status = plugin_->call(kOfxActionDialog, user_data, nullptr, nullptr);
        if (scope.error) {
            showing_dialog_ = false;
            std::rethrow_exception(scope.error);
        }
        if (status != kOfxStatOK && status != kOfxStatReplyDefault) {
            showing_dialog_ = false;
        }
        check_action(kOfxActionDialog, status, Reply::kMayDefault, scope.last_message);
    }
}

}  // namespace trimatte::host
