// What an OfxImageEffectHandle names.
#include "effect.hpp"

#include "property_tables.hpp"

namespace trimatte::host {

std::shared_ptr<Clip> Effect::find_clip(std::string_view name) const {
    for (const auto& clip : clips_) {
        if (clip->name() == name) {
            return clip;
        }
    }
    return nullptr;
}

EffectDescriptor::EffectDescriptor() : Effect(ParamSet::create()) {}

std::shared_ptr<EffectDescriptor> EffectDescriptor::create(const std::string& bundle_path) {
    std::shared_ptr<EffectDescriptor> descriptor(new EffectDescriptor);
    define_effect_descriptor_properties(descriptor->properties(), bundle_path);
    descriptor->publish(descriptor);
    return descriptor;
}

std::shared_ptr<EffectDescriptor> EffectDescriptor::in_context() const {
    std::shared_ptr<EffectDescriptor> descriptor(new EffectDescriptor);
    descriptor->properties().copy_from(properties());
    descriptor->params().may_define = true;
    descriptor->publish(descriptor);
    return descriptor;
}

std::shared_ptr<Clip> EffectDescriptor::define_clip(const std::string& name) {
    auto clip = std::make_shared<Clip>(name);
    clip->publish(clip);
    clips_.push_back(clip);
    return clip;
}

std::optional<bool> EffectDescriptor::post(const Message& message) {
    messages_.push_back(message);
    return std::nullopt;
}

}  // namespace trimatte::host
