// What belongs to one action while it runs on this thread: its time, the picture being made, strings lent, errors.
#pragma once

#include <openfx/ofx_core.h>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace trimatte::host {

class EffectInstance;
class Image;

class ActionScope {
  public:
    ActionScope(EffectInstance* instance, const char* action, double time, OfxPointD scale,
                std::shared_ptr<Image> output = nullptr, std::function<bool()> aborted = nullptr);
    ~ActionScope();
    ActionScope(const ActionScope&) = delete;
    ActionScope& operator=(const ActionScope&) = delete;

    // The innermost action on this thread, or null.
    static ActionScope* current();
    // A copy of `text` that stays in place until the outermost action on this thread has ended.
    static char* lend(const std::string& text);

    EffectInstance* instance() const { return instance_; }
    std::string_view action() const { return action_; }
    double time() const { return time_; }
    OfxPointD scale() const { return scale_; }
    const std::shared_ptr<Image>& output() const { return output_; }

    const std::function<bool()>& aborted() const { return aborted_; }
    // The count of aborts when the outermost action on this thread began.
    unsigned int abort_count() const { return abort_count_; }

    std::exception_ptr error;  // thrown by a callback; handed on when the action has ended
    std::string last_message;  // the plug-in's own words, for a refusal

  private:
    EffectInstance* instance_;
    std::string_view action_;
    double time_;
    OfxPointD scale_;
    std::shared_ptr<Image> output_;
    std::function<bool()> aborted_;
    ActionScope* outer_;
    unsigned int abort_count_ = 0;
};

}  // namespace trimatte::host
