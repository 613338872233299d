// What belongs to one action while it runs on this thread.
#include "action_scope.hpp"

#include <deque>
#include <utility>

#include "effect_instance.hpp"

namespace trimatte::host {

namespace {

thread_local ActionScope* innermost = nullptr;
thread_local std::deque<std::string> lent;

}  // namespace

ActionScope::ActionScope(EffectInstance* instance, const char* action, double time, OfxPointD scale,
                         std::shared_ptr<Image> output, std::function<bool()> aborted)
    : instance_(instance),
      action_(action),
      time_(time),
      scale_(scale),
      output_(std::move(output)),
      aborted_(std::move(aborted)),
      outer_(std::exchange(innermost, this)) {
    if (instance_) {
        const bool nested = outer_ && outer_->instance_ == instance_;
        abort_count_ = nested ? outer_->abort_count_ : instance_->abort_count();
        if (nested && !aborted_) {
            aborted_ = outer_->aborted_;
        }
        instance_->enter(*this);
    }
}

ActionScope::~ActionScope() {
    innermost = outer_;
    if (instance_) {
        instance_->leave(*this);
    }
    if (!outer_) {
        lent.clear();
    }
}

ActionScope* ActionScope::current() { return innermost; }

char* ActionScope::lend(const std::string& text) {
    if (!innermost) {
        lent.clear();  // a thread of the plug-in's own: the string lives until the next one
    }
    return lent.emplace_back(text).data();
}

}  // namespace trimatte::host
