// Overlays of an effect.
#include "interact.hpp"

#include <openfx/openfx.h>

#include <cmath>

#include "effect_instance.hpp"

namespace trimatte::host {

namespace {

constexpr Access kHost = Access::kHostWrites;
constexpr Access kPlugin = Access::kPluginWrites;

}  // namespace

Interact::Interact(const std::shared_ptr<EffectInstance>& effect, OfxPluginEntryPoint* entry, bool without_gl)
    : effect_(effect->self()), entry_(entry), without_gl_(without_gl), properties_(PropertySet::create()) {
    PropertySet& set = *properties_;
    set.define(kOfxPropEffectInstance, kHost, {static_cast<void*>(effect->handle())});
    set.define(kOfxPropInstanceData, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxInteractPropPixelScale, kHost, {1.0, 1.0});
    set.define(kOfxInteractPropBackgroundColour, kHost, {0.0, 0.0, 0.0});
    set.define(kOfxInteractPropSuggestedColour, kHost, {1.0, 1.0, 1.0});
    set.define(kOfxInteractPropHasAlpha, kHost, {0});
    set.define(kOfxInteractPropBitDepth, kHost, {8});
    set.define_list(kOfxInteractPropSlaveToParam, kPlugin, std::string());
}

std::shared_ptr<Interact> Interact::create(const std::shared_ptr<EffectInstance>& effect) {
    void* entry = effect->properties().get<void*>(kOfxImageEffectPluginPropOverlayInteractV2);
    const bool without_gl = entry != nullptr;
    if (!entry) {
        entry = effect->properties().get<void*>(kOfxImageEffectPluginPropOverlayInteractV1);
    }
    if (!effect->profile().overlays || !entry) {
        throw HostFailure(entry ? "this host offers no overlays; make it with overlays=True in its profile"
                                : "the effect has no overlay");
    }
    std::shared_ptr<Interact> interact(new Interact(effect, reinterpret_cast<OfxPluginEntryPoint*>(entry), without_gl));
    interact->handle_.publish(interact);
    interact->run(kOfxActionDescribeInteract, nullptr, 0.0, {1.0, 1.0});
    interact->run(kOfxActionCreateInstanceInteract, nullptr, 0.0, {1.0, 1.0});
    interact->created_ = true;
    effect->adopt_interact(interact);
    return closing(std::move(interact));
}

Interact::~Interact() {
    try {
        close();
    } catch (const std::exception&) {  // a refusal to be destroyed has no one left to hear it
    }
}

void Interact::close() {
    if (created_.exchange(false)) {
        call(kOfxActionDestroyInstanceInteract, nullptr);
    }
}

OfxStatus Interact::call(const char* action, PropertySet* in) {
    try {
        return entry_(action, handle(), in ? in->handle() : nullptr, nullptr);
    } catch (...) {
        return kOfxStatFailed;
    }
}

bool Interact::run(const char* action, PropertySet* in, double time, OfxPointD scale) {
    const auto effect = effect_.lock();
    if (!effect) {
        throw HostFailure("the overlay's effect is gone");
    }
    return effect->interact_action(action, time, scale, [&] { return call(action, in); });
}

std::shared_ptr<PropertySet> Interact::arguments(double time, OfxPointD scale, OfxPointD pixel_scale) const {
    const auto effect = effect_.lock();
    if (!effect || !created_) {
        throw HostFailure("the overlay's effect is closed");
    }
    properties_->set_all(kOfxInteractPropPixelScale, {pixel_scale.x, pixel_scale.y});
    auto in = PropertySet::create();
    in->define(kOfxPropEffectInstance, kHost, {static_cast<void*>(effect->handle())});
    in->define(kOfxPropTime, kHost, {time});
    in->define(kOfxImageEffectPropRenderScale, kHost, {scale.x, scale.y});
    in->define(kOfxInteractPropPixelScale, kHost, {pixel_scale.x, pixel_scale.y});
    in->define(kOfxInteractPropBackgroundColour, kHost, {0.0, 0.0, 0.0});
    return in;
}

bool Interact::act(const char* action, double time, OfxPointD scale, OfxPointD pixel_scale,
                   const InteractEvent& event) {
    auto in = arguments(time, scale, pixel_scale);
    const OfxPointD& p = event.position;
    in->define(kOfxInteractPropPenPosition, kHost, {p.x, p.y});
    in->define(
        kOfxInteractPropPenViewportPosition, kHost,
        {static_cast<int>(std::lround(p.x / pixel_scale.x)), static_cast<int>(std::lround(p.y / pixel_scale.y))});
    in->define(kOfxInteractPropPenPressure, kHost, {event.pressure});
    in->define(kOfxPropKeySym, kHost, {event.key});
    in->define(kOfxPropKeyString, kHost, {event.text});
    return run(action, in.get(), time, scale);
}

std::vector<Drawing> Interact::draw(double time, OfxPointD scale, OfxPointD pixel_scale) {
    if (!without_gl_) {
        throw HostFailure("the effect draws its overlay with OpenGL, which needs a window");
    }
    auto in = arguments(time, scale, pixel_scale);
    auto context = std::make_shared<DrawContext>();
    context->handle.publish(context);
    in->define(kOfxInteractPropDrawContext, kHost, {context->handle.value()});
    run(kOfxInteractActionDraw, in.get(), time, scale);
    return context->drawings;
}

}  // namespace trimatte::host
