// Overlays: one for the draw suite, which draws a cross where the pen went down, and one that would need OpenGL.
#include "probe.hpp"

namespace probe {

namespace {

struct Interacts {
    const OfxInteractSuiteV1* interact = nullptr;
    const OfxDrawSuiteV1* draw = nullptr;
};

Interacts fetch() {
    return {static_cast<const OfxInteractSuiteV1*>(host->fetchSuite(host->host, kOfxInteractSuite, 1)),
            static_cast<const OfxDrawSuiteV1*>(host->fetchSuite(host->host, kOfxDrawSuite, 1))};
}

Handle effect_of(OfxInteractHandle handle) {
    Set set = nullptr;
    void* effect = nullptr;
    fetch().interact->interactGetPropertySet(handle, &set);
    suites.property->propGetPointer(set, kOfxPropEffectInstance, 0, &effect);
    return static_cast<Handle>(effect);
}

OfxStatus draw(Handle effect, Set in) {
    const OfxDrawSuiteV1& suite = *fetch().draw;
    void* pointer = nullptr;
    suites.property->propGetPointer(in, kOfxInteractPropDrawContext, 0, &pointer);
    const auto context = static_cast<OfxDrawContextHandle>(pointer);
    double x = 0.0, y = 0.0;
    suites.param->paramGetValueAtTime(param(effect, "place"), get_double(in, kOfxPropTime), &x, &y);
    OfxRGBAColourF colour{};
    suite.getColour(context, kOfxStandardColourOverlayActive, &colour);
    suite.setColour(context, &colour);
    suite.setLineWidth(context, 2.0F);
    suite.setLineStipple(context, kOfxDrawLineStipplePatternDash);
    const double size = 5.0 * get_double(in, kOfxInteractPropPixelScale);
    const OfxPointD cross[] = {{x - size, y}, {x + size, y}, {x, y - size}, {x, y + size}};
    const OfxStatus drawn = suite.draw(context, kOfxDrawPrimitiveLines, cross, 4);
    const OfxPointD place{x, y};
    const OfxStatus written = suite.drawText(context, "here", &place, kOfxDrawTextAlignmentLeft);
    const bool refused = suite.draw(nullptr, kOfxDrawPrimitiveLines, cross, 4) == kOfxStatErrBadHandle &&
                         suite.draw(context, kOfxDrawPrimitiveRectangle, cross, 4) == kOfxStatErrValue;
    return drawn == kOfxStatOK && written == kOfxStatOK && refused ? kOfxStatOK : kOfxStatFailed;
}

void count(Handle effect, const char* name) {
    suites.param->paramSetValue(param(effect, name), int_param(effect, name, 0.0) + 1);
}

OfxStatus interact_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto interact = static_cast<OfxInteractHandle>(const_cast<void*>(handle));
    const Handle effect = effect_of(interact);
    if (name == kOfxActionCreateInstanceInteract || name == kOfxActionDestroyInstanceInteract) {
        count(effect, name == kOfxActionCreateInstanceInteract ? "created" : "destroyed");
        return kOfxStatOK;
    }
    if (name == kOfxInteractActionDraw) {
        return draw(effect, in);
    }
    if (name == kOfxInteractActionPenDown) {
        suites.param->paramSetValue(param(effect, "place"), get_double(in, kOfxInteractPropPenPosition, 0),
                                    get_double(in, kOfxInteractPropPenPosition, 1));
        return fetch().interact->interactRedraw(interact);
    }
    if (name == kOfxInteractActionKeyDown) {
        return get_int(in, kOfxPropKeySym) == kOfxKey_Delete ? kOfxStatOK : kOfxStatReplyDefault;
    }
    return kOfxStatReplyDefault;
}

OfxStatus run(const char* action, const void* handle, const char* property) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        Set set = nullptr;
        suites.effect->getPropertySet(effect, &set);
        suites.property->propSetPointer(set, property, 0, reinterpret_cast<void*>(interact_main));
        return describe(effect, {.label = "Overlay"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        define_param(effect, kOfxParamTypeDouble2D, "place");
        define_param(effect, kOfxParamTypeInteger, "created");
        define_param(effect, kOfxParamTypeInteger, "destroyed");
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? kOfxStatOK : kOfxStatReplyDefault;
}

}  // namespace

OfxStatus overlay_main(const char* action, const void* handle, Set, Set) {
    return run(action, handle, kOfxImageEffectPluginPropOverlayInteractV2);
}
OfxStatus overlay_gl_main(const char* action, const void* handle, Set, Set) {
    return run(action, handle, kOfxImageEffectPluginPropOverlayInteractV1);
}

}  // namespace probe
