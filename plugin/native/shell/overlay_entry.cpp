// The doors of the overlay, one for each way to draw. Nothing is thrown past them.
#include <openfx/ofx_draw.h>
#include <openfx/ofx_interact.h>

#include "overlay.hpp"
#include "parameters.hpp"
#include "trace.hpp"

namespace trimatte::shell {

namespace {

Properties properties_of(OfxInteractHandle interact) {
    OfxPropertySetHandle handle = nullptr;
    const auto* suite = suites().interact;
    if (!interact || !suite || suite->interactGetPropertySet(interact, &handle) != kOfxStatOK || !handle) {
        throw Refusal(kOfxStatErrBadHandle, "the host gave no overlay");
    }
    return Properties(handle);
}

void create(const Properties& properties) {
    int index = 0;
    for (const char* name : {kKeyframesName, kTrimapFramesName, kFrameOffsetName, kPaintInViewerName, kBrushSizeName,
                             kOutlinesName, kFillName, kPaintedName}) {
        properties.set(kOfxInteractPropSlaveToParam, name, index++);
    }
    auto overlay = std::make_unique<Overlay>();
    if (properties.set_pointer(kOfxPropInstanceData, overlay.get()) != kOfxStatOK) {
        throw Refusal(kOfxStatFailed, "the host keeps no data for overlays");
    }
    overlay.release();
}

void draw(Overlay& overlay, EffectInstance& instance, const Properties& in, bool with_gl) {
    const auto canvas =
        with_gl ? make_gl_canvas() : make_draw_suite_canvas(in.get_pointer(kOfxInteractPropDrawContext));
    if (!canvas) throw Refusal(kOfxStatReplyDefault, "there is nothing to draw with");
    overlay.draw(instance, *canvas, in);
}

OfxStatus take_event(Overlay& overlay, EffectInstance& instance, const std::string& action, const Properties& in) {
    bool is_ours = false;
    if (action == kOfxInteractActionPenDown) {
        is_ours = overlay.pen_down(instance, in);
    } else if (action == kOfxInteractActionPenMotion) {
        is_ours = overlay.pen_motion(instance, in);
    } else if (action == kOfxInteractActionPenUp) {
        is_ours = overlay.pen_up(instance, in);
    } else if (action == kOfxInteractActionKeyDown || action == kOfxInteractActionKeyRepeat) {
        is_ours = overlay.key_down(instance, in);
    } else if (action == kOfxInteractActionLoseFocus) {
        overlay.lose_focus(instance);
    } else {
        return kOfxStatReplyDefault;  // the focus comes, a key is let go: nothing changes
    }
    return is_ours ? kOfxStatOK : kOfxStatReplyDefault;
}

OfxStatus act(const std::string& action, OfxInteractHandle interact, const Properties& in, bool with_gl) {
    if (action == kOfxActionDescribeInteract) return kOfxStatOK;
    const Properties properties = properties_of(interact);
    if (action == kOfxActionCreateInstanceInteract) {
        create(properties);
        return kOfxStatOK;
    }
    auto* overlay = static_cast<Overlay*>(properties.get_pointer(kOfxPropInstanceData));
    if (!overlay) throw Refusal(kOfxStatErrBadHandle, "an action of the overlay came before CreateInstance");
    if (action == kOfxActionDestroyInstanceInteract) {
        properties.set_pointer(kOfxPropInstanceData, nullptr);
        delete overlay;
        return kOfxStatOK;
    }
    void* effect = in.get_pointer(kOfxPropEffectInstance);
    if (!effect) effect = properties.get_pointer(kOfxPropEffectInstance);
    EffectInstance& instance = EffectInstance::of(static_cast<OfxImageEffectHandle>(effect));
    if (action == kOfxInteractActionDraw) {
        draw(*overlay, instance, in, with_gl);
        return kOfxStatOK;
    }
    const OfxStatus status = take_event(*overlay, instance, action, in);
    const bool moves_brush =
        action == kOfxInteractActionPenMotion && read_choice(instance.parameters(), kPaintInViewerName, 0) != kPaintOff;
    if (status == kOfxStatOK || moves_brush) suites().interact->interactRedraw(interact);
    return status;
}

OfxStatus enter(const char* action, const void* handle, OfxPropertySetHandle in, bool with_gl) {
    try {
        if (!action) return kOfxStatErrBadHandle;
        auto* interact = static_cast<OfxInteractHandle>(const_cast<void*>(handle));
        return act(action, interact, Properties(in), with_gl);
    } catch (const Refusal& refusal) {
        trace("%s of the overlay refused: %s", action, refusal.what());
        return refusal.status;
    } catch (const std::exception& error) {
        trace("%s of the overlay failed: %s", action, error.what());
        return kOfxStatFailed;
    } catch (...) {
        return kOfxStatFailed;
    }
}

OfxStatus draw_suite_entry(const char* action, const void* handle, OfxPropertySetHandle in, OfxPropertySetHandle) {
    return enter(action, handle, in, false);
}

OfxStatus gl_entry(const char* action, const void* handle, OfxPropertySetHandle in, OfxPropertySetHandle) {
    return enter(action, handle, in, true);
}

}  // namespace

bool host_has_overlays() {
    return suites().interact && host_properties().get_int(kOfxImageEffectPropSupportsOverlays, 0) != 0;
}

void describe_overlay(const Properties& effect) {
    if (!host_has_overlays()) return;
    effect.set_pointer(kOfxImageEffectPluginPropOverlayInteractV1, reinterpret_cast<void*>(gl_entry));
    if (suites().draw) {
        effect.set_pointer(kOfxImageEffectPluginPropOverlayInteractV2, reinterpret_cast<void*>(draw_suite_entry));
    }
}

}  // namespace trimatte::shell
