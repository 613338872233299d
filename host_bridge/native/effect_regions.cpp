// Questions asked before a render: which region, which frames, and whether anything changes at all.
#include <openfx/openfx.h>

#include <algorithm>
#include <limits>

#include "effect_instance.hpp"

namespace trimatte::host {

namespace {

constexpr Access kHost = Access::kHostWrites;
constexpr Access kPlugin = Access::kPluginWrites;

std::vector<Value> to_values(const OfxRectD& r) { return {r.x1, r.y1, r.x2, r.y2}; }

OfxRectD to_rect(const PropertySet& set, const std::string& name) {
    return {set.get<double>(name, 0.0, 0), set.get<double>(name, 0.0, 1), set.get<double>(name, 0.0, 2),
            set.get<double>(name, 0.0, 3)};
}

std::shared_ptr<PropertySet> arguments(double time) {
    auto in = PropertySet::create();
    in->define(kOfxPropTime, kHost, {time});
    in->define(kOfxImageEffectPropThumbnailRender, kHost, {0});
    return in;
}

bool is_optional(const Clip& clip) { return clip.properties().get<int>(kOfxImageClipPropOptional) != 0; }

}  // namespace

OfxRectD EffectInstance::default_region() const {
    OfxRectD region{};
    bool found = false;
    for (const auto& clip : clips_) {
        const auto source = clip->is_output() ? nullptr : clip->source();
        if (!source || (context_ == kOfxImageEffectContextFilter && is_optional(*clip))) {
            continue;
        }
        const OfxRectD r = source->region();
        region = found ? OfxRectD{std::min(region.x1, r.x1), std::min(region.y1, r.y1), std::max(region.x2, r.x2),
                                  std::max(region.y2, r.y2)}
                       : r;
        found = true;
    }
    if (!found) {
        region.x2 = properties_->get<double>(kOfxImageEffectPropProjectExtent, 0.0, 0);
        region.y2 = properties_->get<double>(kOfxImageEffectPropProjectExtent, 0.0, 1);
    }
    return region;
}

OfxRectD EffectInstance::region_of_definition(double time, OfxPointD scale) {
    const Busy busy(*this);
    clip_preferences();
    auto in = arguments(time);
    in->define(kOfxImageEffectPropRenderScale, kHost, {scale.x, scale.y});
    auto out = PropertySet::create();
    const OfxRectD fallback = default_region();
    out->define(kOfxImageEffectPropRegionOfDefinition, kPlugin, to_values(fallback));
    const bool own =
        act(kOfxImageEffectActionGetRegionOfDefinition, in.get(), out.get(), time, scale, Reply::kMayDefault);
    OfxRectD region = own ? to_rect(*out, kOfxImageEffectPropRegionOfDefinition) : fallback;
    // An unlimited side ends where the project does.
    constexpr double kFar = 1.0e9;
    const double width = properties_->get<double>(kOfxImageEffectPropProjectExtent, 0.0, 0);
    const double height = properties_->get<double>(kOfxImageEffectPropProjectExtent, 0.0, 1);
    region = {region.x1 <= -kFar ? 0.0 : region.x1, region.y1 <= -kFar ? 0.0 : region.y1,
              region.x2 >= kFar ? width : region.x2, region.y2 >= kFar ? height : region.y2};
    return region;
}

std::map<std::string, OfxRectD> EffectInstance::regions_of_interest(double time, OfxPointD scale,
                                                                    const OfxRectD& region) {
    const Busy busy(*this);
    clip_preferences();
    auto in = arguments(time);
    in->define(kOfxImageEffectPropRenderScale, kHost, {scale.x, scale.y});
    in->define(kOfxImageEffectPropRegionOfInterest, kHost, to_values(region));
    auto out = PropertySet::create();
    for (const auto& clip : clips_) {
        if (!clip->is_output()) {
            out->define("OfxImageClipPropRoI_" + clip->name(), kPlugin, to_values(region));
        }
    }
    act(kOfxImageEffectActionGetRegionsOfInterest, in.get(), out.get(), time, scale, Reply::kMayDefault);
    std::map<std::string, OfxRectD> regions;
    for (const auto& clip : clips_) {
        if (!clip->is_output()) {
            regions[clip->name()] = to_rect(*out, "OfxImageClipPropRoI_" + clip->name());
        }
    }
    return regions;
}

std::map<std::string, std::vector<OfxRangeD>> EffectInstance::frames_needed(double time) {
    const Busy busy(*this);
    clip_preferences();
    auto in = arguments(time);
    auto out = PropertySet::create();
    for (const auto& clip : clips_) {
        if (!clip->is_output()) {
            out->define_list("OfxImageClipPropFrameRange_" + clip->name(), kPlugin, 0.0, {time, time});
        }
    }
    if (properties_->get<int>(kOfxImageEffectPropTemporalClipAccess)) {
        act(kOfxImageEffectActionGetFramesNeeded, in.get(), out.get(), time, {1.0, 1.0}, Reply::kMayDefault);
    }
    std::map<std::string, std::vector<OfxRangeD>> frames;
    for (const auto& clip : clips_) {
        if (clip->is_output()) {
            continue;
        }
        const auto pairs = out->values("OfxImageClipPropFrameRange_" + clip->name());
        for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
            frames[clip->name()].push_back({std::get<double>(pairs[i]), std::get<double>(pairs[i + 1])});
        }
    }
    return frames;
}

std::optional<Identity> EffectInstance::identity(double time, OfxPointD scale, const OfxRectI& window) {
    const Busy busy(*this);
    clip_preferences();
    auto in = arguments(time);
    in->define(kOfxImageEffectPropFieldToRender, kHost, {std::string(kOfxImageFieldNone)});
    in->define(kOfxImageEffectPropRenderWindow, kHost, {window.x1, window.y1, window.x2, window.y2});
    in->define(kOfxImageEffectPropRenderScale, kHost, {scale.x, scale.y});
    auto out = PropertySet::create();
    out->define(kOfxPropName, kPlugin, {std::string()});
    out->define(kOfxPropTime, kPlugin, {time});
    if (!act(kOfxImageEffectActionIsIdentity, in.get(), out.get(), time, scale, Reply::kMayDefault)) {
        return std::nullopt;
    }
    const Identity answer{out->get<std::string>(kOfxPropName), out->get<double>(kOfxPropTime)};
    if (answer.clip.empty()) {
        return std::nullopt;
    }
    if (const auto clip = clip_or_throw(answer.clip); clip->is_output()) {
        throw HostFailure("the effect says that it copies its own output");
    }
    return answer;
}

OfxRangeD EffectInstance::time_domain() {
    const Busy busy(*this);
    OfxRangeD domain = timeline_bounds();
    if (context_ != kOfxImageEffectContextGeneral) {
        return domain;
    }
    auto out = PropertySet::create();
    out->define(kOfxImageEffectPropFrameRange, kPlugin, {domain.min, domain.max});
    if (act(kOfxImageEffectActionGetTimeDomain, nullptr, out.get(), domain.min, {1.0, 1.0}, Reply::kMayDefault)) {
        domain = {out->get<double>(kOfxImageEffectPropFrameRange, domain.min, 0),
                  out->get<double>(kOfxImageEffectPropFrameRange, domain.max, 1)};
    }
    return domain;
}

}  // namespace trimatte::host
