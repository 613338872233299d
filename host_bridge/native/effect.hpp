// What an OfxImageEffectHandle names: an effect that describes itself, or an instance of it.
#pragma once

#include <openfx/ofx_image_effect.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clip.hpp"
#include "handles.hpp"
#include "param.hpp"
#include "property_set.hpp"

namespace trimatte::host {

// Words from the plug-in to the user.
struct Message {
    std::string type;
    std::string id;
    std::string text;
    bool persistent = false;
};

class Effect {
  public:
    virtual ~Effect() = default;

    OfxImageEffectHandle handle() const { return static_cast<OfxImageEffectHandle>(handle_.value()); }
    void publish(const std::shared_ptr<Effect>& self) { handle_.publish(self); }
    PropertySet& properties() const { return *properties_; }
    ParamSet& params() const { return *params_; }
    const std::vector<std::shared_ptr<Clip>>& clips() const { return clips_; }
    std::shared_ptr<Clip> find_clip(std::string_view name) const;

    // The answer to a question, if there was one.
    virtual std::optional<bool> post(const Message& message) = 0;
    virtual void clear_persistent_message() {}

  protected:
    explicit Effect(std::shared_ptr<ParamSet> params)
        : properties_(PropertySet::create()), params_(std::move(params)) {}

    std::shared_ptr<PropertySet> properties_;
    std::shared_ptr<ParamSet> params_;
    std::vector<std::shared_ptr<Clip>> clips_;

  private:
    Handle<Effect> handle_;
};

// Filled by Describe, or by DescribeInContext on a copy of what Describe left.
class EffectDescriptor : public Effect {
  public:
    static std::shared_ptr<EffectDescriptor> create(const std::string& bundle_path);
    std::shared_ptr<EffectDescriptor> in_context() const;

    std::shared_ptr<Clip> define_clip(const std::string& name);
    bool may_define_clips() const { return params().may_define; }
    // After DescribeInContext nothing more may be added.
    void seal() { params().may_define = false; }

    std::optional<bool> post(const Message& message) override;
    const std::vector<Message>& messages() const { return messages_; }

  private:
    EffectDescriptor();
    std::vector<Message> messages_;
};

}  // namespace trimatte::host
