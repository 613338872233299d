// Clip preferences: which depth, components and premultiplication each clip has.
#include <openfx/openfx.h>

#include <algorithm>
#include <array>

#include "effect_instance.hpp"

namespace trimatte::host {

namespace {

constexpr Access kPlugin = Access::kPluginWrites;

using Names = std::array<const char*, 4>;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Depths in the order of what a picture of depth `native` loses in them, the least first.
Names depths_by_loss(const std::string& native) {
    if (native == kOfxBitDepthByte) {
        return {kOfxBitDepthByte, kOfxBitDepthShort, kOfxBitDepthHalf, kOfxBitDepthFloat};
    }
    if (native == kOfxBitDepthShort) {
        return {kOfxBitDepthShort, kOfxBitDepthFloat, kOfxBitDepthHalf, kOfxBitDepthByte};
    }
    if (native == kOfxBitDepthHalf) {
        return {kOfxBitDepthHalf, kOfxBitDepthFloat, kOfxBitDepthShort, kOfxBitDepthByte};
    }
    return {kOfxBitDepthFloat, kOfxBitDepthHalf, kOfxBitDepthShort, kOfxBitDepthByte};
}

Names components_by_loss(const std::string& native) {
    if (native == kOfxImageComponentAlpha) {
        return {kOfxImageComponentAlpha, kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentNone};
    }
    if (native == kOfxImageComponentRGB) {
        return {kOfxImageComponentRGB, kOfxImageComponentRGBA, kOfxImageComponentAlpha, kOfxImageComponentNone};
    }
    return {kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentAlpha, kOfxImageComponentNone};
}

// The first of `candidates` that both sides know.
std::string best(const Names& candidates, const std::vector<std::string>& plugin,
                 const std::vector<std::string>& host) {
    for (const char* candidate : candidates) {
        if (contains(plugin, candidate) && contains(host, candidate)) {
            return candidate;
        }
    }
    return "";
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text.empty() ? "nothing" : text;
}

}  // namespace

std::string EffectInstance::common_depth() const {
    const auto offered = properties_->strings(kOfxImageEffectPropSupportedPixelDepths);
    std::string native = wanted_depth_;
    if (native.empty()) {
        const Names order = depths_by_loss(kOfxBitDepthFloat);
        auto deepest = order.end();
        for (const auto& clip : clips_) {
            if (const auto source = clip->is_output() ? nullptr : clip->source()) {
                deepest = std::min(deepest, std::find(order.begin(), order.end(), source->depth));
            }
        }
        native = deepest == order.end() ? kOfxBitDepthFloat : *deepest;
    } else if (!contains(offered, native)) {
        throw HostFailure("the effect takes " + listed(offered) + ", not " + native);
    }
    const std::string depth = best(depths_by_loss(native), offered, profile().depths);
    if (depth.empty()) {
        throw HostFailure("no common depth: the effect takes " + listed(offered) + ", the host offers " +
                          listed(profile().depths));
    }
    return depth;
}

std::string EffectInstance::default_premultiplication() const {
    std::string state = kOfxImageOpaque;
    for (const auto& clip : clips_) {
        const auto source = clip->is_output() ? nullptr : clip->source();
        if (source && source->premultiplication == kOfxImagePreMultiplied) {
            return kOfxImagePreMultiplied;
        }
        if (source && source->premultiplication == kOfxImageUnPreMultiplied) {
            state = kOfxImageUnPreMultiplied;
        }
    }
    return state;
}

void EffectInstance::guess_forms() {
    const auto offered = properties_->strings(kOfxImageEffectPropSupportedPixelDepths);
    for (const auto& clip : clips_) {
        PropertySet& set = clip->properties();
        const auto components = best(components_by_loss(kOfxImageComponentRGBA),
                                     set.strings(kOfxImageEffectPropSupportedComponents), profile().components);
        const auto depth =
            best(depths_by_loss(wanted_depth_.empty() ? kOfxBitDepthFloat : wanted_depth_), offered, profile().depths);
        if (!components.empty() && !depth.empty()) {
            set.set(kOfxImageEffectPropComponents, components);
            set.set(kOfxImageEffectPropPixelDepth, depth);
        }
    }
}

void EffectInstance::negotiate_clip(const Clip& clip, PropertySet& out, const std::string& depth) const {
    const auto offered = clip.properties().strings(kOfxImageEffectPropSupportedComponents);
    auto leader = clip.is_output() ? find_clip(kOfxImageEffectSimpleSourceClipName) : nullptr;
    if (clip.is_output() && !leader && clips_.front()->name() != clip.name()) {
        leader = clips_.front();
    }
    const auto source = leader ? leader->source() : clip.source();
    const std::string native = source ? source->components : kOfxImageComponentRGBA;
    std::string components;
    if (leader && context_ == kOfxImageEffectContextFilter) {  // Output is what Source is
        components = out.get<std::string>("OfxImageClipPropComponents_" + leader->name());
    }
    if (components.empty() || !contains(offered, components)) {
        components = best(components_by_loss(native), offered, profile().components);
    }
    if (components.empty()) {
        throw HostFailure("no common components for clip " + clip.name() + ": the effect takes " + listed(offered) +
                          ", the host offers " + listed(profile().components));
    }
    out.define("OfxImageClipPropComponents_" + clip.name(), kPlugin, {components});
    out.define("OfxImageClipPropDepth_" + clip.name(), kPlugin, {depth});
    out.define(
        "OfxImageClipPropPAR_" + clip.name(), kPlugin,
        {source ? source->pixel_aspect : properties_->get<double>(kOfxImageEffectPropProjectPixelAspectRatio, 1.0)});
}

void EffectInstance::adopt_preferences(const PropertySet& out, const std::string& depth) {
    const bool several =
        profile().multiple_clip_depths && properties_->get<int>(kOfxImageEffectPropSupportsMultipleClipDepths) != 0;
    const auto depths = properties_->strings(kOfxImageEffectPropSupportedPixelDepths);
    ClipPreferences result;
    for (const auto& clip : clips_) {
        ClipPreference& wish = result.clips[clip->name()];
        wish.components = out.get<std::string>("OfxImageClipPropComponents_" + clip->name());
        wish.depth = out.get<std::string>("OfxImageClipPropDepth_" + clip->name());
        wish.pixel_aspect = out.get<double>("OfxImageClipPropPAR_" + clip->name(), 1.0);
        const auto offered = clip->properties().strings(kOfxImageEffectPropSupportedComponents);
        if (!contains(offered, wish.components) || !contains(profile().components, wish.components)) {
            throw HostFailure("the effect asks for " + wish.components + " on clip " + clip->name() + ", which takes " +
                              listed(offered) + " and a host that offers " + listed(profile().components));
        }
        if (wish.depth != depth &&
            (!several || !contains(depths, wish.depth) || !contains(profile().depths, wish.depth))) {
            throw HostFailure("the effect asks for " + wish.depth + " on clip " + clip->name() + "; agreed was " +
                              depth);
        }
        if (wish.pixel_aspect <= 0.0) {
            throw HostFailure("the effect asks for a pixel aspect ratio that is not positive on clip " + clip->name());
        }
    }
    result.frame_rate = out.get<double>(kOfxImageEffectPropFrameRate);
    result.premultiplication = profile().output_premultiplication.empty()
                                   ? out.get<std::string>(kOfxImageEffectPropPreMultiplication)
                                   : profile().output_premultiplication;
    result.field_order = out.get<std::string>(kOfxImageClipPropFieldOrder);
    result.continuous_samples = out.get<int>(kOfxImageClipPropContinuousSamples) != 0;
    result.frame_varying = out.get<int>(kOfxImageEffectFrameVarying) != 0;
    if (result.premultiplication != kOfxImageOpaque && result.premultiplication != kOfxImagePreMultiplied &&
        result.premultiplication != kOfxImageUnPreMultiplied) {
        throw HostFailure("the effect asks for premultiplication " + result.premultiplication +
                          ", which does not exist");
    }
    preferences_ = result;
}

void EffectInstance::negotiate() {
    const std::string depth = common_depth();
    auto out = PropertySet::create();
    for (const bool outputs : {false, true}) {  // the output follows the inputs
        for (const auto& clip : clips_) {
            if (clip->is_output() == outputs) {
                negotiate_clip(*clip, *out, depth);
            }
        }
    }
    out->define(kOfxImageEffectPropFrameRate, kPlugin, {properties_->get<double>(kOfxImageEffectPropFrameRate, 24.0)});
    out->define(kOfxImageEffectPropPreMultiplication, kPlugin, {default_premultiplication()});
    out->define(kOfxImageClipPropFieldOrder, kPlugin, {std::string(kOfxImageFieldNone)});
    out->define(kOfxImageClipPropContinuousSamples, kPlugin, {0});
    out->define(kOfxImageEffectFrameVarying, kPlugin, {0});
    act(kOfxImageEffectActionGetClipPreferences, nullptr, out.get(), timeline_time_, {1.0, 1.0}, Reply::kMayDefault);
    adopt_preferences(*out, depth);
    for (const auto& clip : clips_) {
        const ClipPreference& agreed = preferences_.clips.at(clip->name());
        PropertySet& set = clip->properties();
        set.set(kOfxImageEffectPropComponents, agreed.components);
        set.set(kOfxImageEffectPropPixelDepth, agreed.depth);
        set.set(kOfxImagePropPixelAspectRatio, agreed.pixel_aspect);
        if (clip->is_output()) {
            set.set(kOfxImageEffectPropPreMultiplication, preferences_.premultiplication);
            set.set(kOfxImageClipPropFieldOrder, preferences_.field_order);
            set.set(kOfxImageEffectPropFrameRate, preferences_.frame_rate);
            set.set(kOfxImageClipPropContinuousSamples, preferences_.continuous_samples ? 1 : 0);
            set.set(kOfxImageClipPropUnmappedComponents, agreed.components);
            set.set(kOfxImageClipPropUnmappedPixelDepth, agreed.depth);
        }
    }
}

ClipPreferences EffectInstance::clip_preferences() {
    std::lock_guard lock(preferences_mutex_);
    if (!preferences_known_) {
        if (negotiating_) {
            throw HostFailure("the effect asks for pictures or regions while it says which it prefers");
        }
        const Busy busy(*this);
        negotiating_ = true;
        try {
            negotiate();
        } catch (...) {
            negotiating_ = false;
            throw;
        }
        negotiating_ = false;
        preferences_known_ = true;
    }
    return preferences_;
}

}  // namespace trimatte::host
