// Clips of an effect, and where their frames come from.
#include "clip.hpp"

#include <openfx/openfx.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "effect_instance.hpp"
#include "property_tables.hpp"

namespace trimatte::host {

namespace {

constexpr double kNoise = 1e-6;

int clamped(double value) { return static_cast<int>(std::clamp(value, -1.0e9, 1.0e9)); }

}  // namespace

OfxRectD ClipSource::region() const {
    return {offset.x * pixel_aspect, static_cast<double>(offset.y), (offset.x + width) * pixel_aspect,
            static_cast<double>(offset.y + height)};
}

Clip::Clip(const std::string& name) : name_(name), properties_(PropertySet::create()) {
    define_clip_descriptor_properties(*properties_, name);
}

Clip::Clip(const Clip& descriptor, EffectInstance* owner)
    : name_(descriptor.name_), owner_(owner), properties_(PropertySet::create()) {
    properties_->copy_from(*descriptor.properties_);
    define_clip_instance_properties(*properties_);
    if (is_output() || owner_->profile().unwired_black) {
        properties_->set(kOfxImageClipPropConnected, 1);
    }
}

bool Clip::is_ghost() const {
    return owner_ && owner_->profile().ghost_clips && !is_output() && name_ != kOfxImageEffectSimpleSourceClipName;
}

std::shared_ptr<const ClipSource> Clip::source() const {
    std::lock_guard lock(mutex_);
    return source_;
}

void Clip::connect(std::shared_ptr<const ClipSource> source) {
    PropertySet& set = *properties_;
    set.set(kOfxImageClipPropConnected, source || (owner_ && owner_->profile().unwired_black) ? 1 : 0);
    if (source) {
        set.set(kOfxImageClipPropUnmappedPixelDepth, source->depth);
        set.set(kOfxImageClipPropUnmappedComponents, source->components);
        set.set(kOfxImageEffectPropPreMultiplication, source->premultiplication);
        set.set(kOfxImagePropPixelAspectRatio, source->pixel_aspect);
        set.set(kOfxImageEffectPropFrameRate, source->frame_rate);
        set.set(kOfxImageEffectPropUnmappedFrameRate, source->frame_rate);
        set.set_all(kOfxImageEffectPropFrameRange, {source->first, source->last});
        set.set_all(kOfxImageEffectPropUnmappedFrameRange, {source->first, source->last});
        set.set(kOfxImageClipPropFieldOrder, source->field);
    }
    std::lock_guard lock(mutex_);
    source_ = std::move(source);
}

OfxRectI to_pixels(const OfxRectD& r, OfxPointD scale, double pixel_aspect) {
    return {clamped(std::floor(r.x1 * scale.x / pixel_aspect + kNoise)), clamped(std::floor(r.y1 * scale.y + kNoise)),
            clamped(std::ceil(r.x2 * scale.x / pixel_aspect - kNoise)), clamped(std::ceil(r.y2 * scale.y - kNoise))};
}

OfxRectD to_canonical(const OfxRectI& r, OfxPointD scale, double pixel_aspect) {
    return {r.x1 * pixel_aspect / scale.x, r.y1 / scale.y, r.x2 * pixel_aspect / scale.x, r.y2 / scale.y};
}

}  // namespace trimatte::host
