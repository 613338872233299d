// The doors of the effect: two exported functions and one entry for every action. Nothing is thrown past them.
#include <cstring>
#include <new>

#include "buttons.hpp"
#include "describe.hpp"
#include "effect_instance.hpp"
#include "overlay_worker.hpp"
#include "parameters.hpp"
#include "regions.hpp"
#include "render.hpp"
#include "trace.hpp"
#include "worker.hpp"

namespace trimatte::shell {

namespace {

OfxStatus instance_changed(EffectInstance& instance, const Properties& in) {
    const std::string reason = in.get_string(kOfxPropChangeReason), name = in.get_string(kOfxPropName);
    if (reason == kOfxChangeTime) return kOfxStatOK;
    if (in.get_string(kOfxPropType) == kOfxTypeClip) {
        if (name == kOfxImageEffectSimpleSourceClipName) instance.source_changed();
        return kOfxStatOK;
    }
    if (name == kStatusName) return kOfxStatOK;  // our own writing below
    instance.clear_message();                    // it was about the values before
    if (name == kPaintedName && reason == kOfxChangeUserEdited)
        follow_painted(instance, in.get_double(kOfxPropTime, 0));
    if (reason == kOfxChangeUserEdited) act_on_button(instance, name, in.get_double(kOfxPropTime, 0));
    if (reason == kOfxChangeUserEdited) write_status(instance.parameters(), instance.status());
    return kOfxStatOK;
}

OfxStatus act_on_instance(const std::string& action, OfxImageEffectHandle effect, const Properties& in,
                          const Properties& out) {
    EffectInstance& instance = EffectInstance::of(effect);
    if (action == kOfxImageEffectActionRender) return render(instance, in);
    if (action == kOfxImageEffectActionIsIdentity) return is_identity(instance, in, out);
    if (action == kOfxImageEffectActionGetRegionOfDefinition) return get_region_of_definition(instance, in, out);
    if (action == kOfxImageEffectActionGetRegionsOfInterest) return get_regions_of_interest(instance, in, out);
    if (action == kOfxImageEffectActionGetFramesNeeded) return get_frames_needed(instance, in, out);
    if (action == kOfxImageEffectActionGetClipPreferences) return get_clip_preferences(instance, out);
    if (action == kOfxImageEffectActionGetOutputColourspace) return get_output_colourspace(instance, out);
    if (action == kOfxActionInstanceChanged) return instance_changed(instance, in);
    if (action == kOfxActionPurgeCaches) {
        forget_instance(instance.number());
        return kOfxStatOK;
    }
    // All state is in the parameters, and the model outlives every sequence: nothing to do, but all is well.
    if (action == kOfxActionSyncPrivateData || action == kOfxImageEffectActionBeginSequenceRender ||
        action == kOfxImageEffectActionEndSequenceRender) {
        return kOfxStatOK;
    }
    return kOfxStatReplyDefault;
}

bool is_instance_action(const std::string& action) {
    static constexpr const char* kNames[] = {
        kOfxImageEffectActionRender,
        kOfxImageEffectActionIsIdentity,
        kOfxImageEffectActionGetRegionOfDefinition,
        kOfxImageEffectActionGetRegionsOfInterest,
        kOfxImageEffectActionGetFramesNeeded,
        kOfxImageEffectActionGetClipPreferences,
        kOfxImageEffectActionGetOutputColourspace,
        kOfxImageEffectActionBeginSequenceRender,
        kOfxImageEffectActionEndSequenceRender,
        kOfxActionInstanceChanged,
        kOfxActionPurgeCaches,
        kOfxActionSyncPrivateData,
    };
    for (const char* name : kNames) {
        if (action == name) return true;
    }
    return false;
}

OfxStatus act(const std::string& action, OfxImageEffectHandle effect, const Properties& in, const Properties& out) {
    if (action == kOfxActionLoad) {
        load_suites();
        return kOfxStatOK;  // not ReplyDefault: MLT takes that for a refusal
    }
    if (action == kOfxActionUnload) return kOfxStatOK;  // hosts unload often; the worker stays
    if (action == kOfxActionDescribe) {
        describe(effect);
        return kOfxStatOK;
    }
    if (action == kOfxImageEffectActionDescribeInContext) {
        describe_in_context(effect, in.get_string(kOfxImageEffectPropContext));
        return kOfxStatOK;
    }
    if (action == kOfxActionCreateInstance) {
        EffectInstance::create(effect);
        return kOfxStatOK;
    }
    if (action == kOfxActionDestroyInstance) {
        EffectInstance::destroy(effect);
        return kOfxStatOK;
    }
    return is_instance_action(action) ? act_on_instance(action, effect, in, out) : kOfxStatReplyDefault;
}

OfxStatus main_entry(const char* action, const void* handle, OfxPropertySetHandle in, OfxPropertySetHandle out) {
    try {
        if (action == nullptr) return kOfxStatErrBadHandle;
        auto* effect = static_cast<OfxImageEffectHandle>(const_cast<void*>(handle));
        return act(action, effect, Properties(in), Properties(out));
    } catch (const Refusal& refusal) {
        trace("%s refused: %s", action, refusal.what());
        return refusal.status;
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;
    } catch (const std::exception& error) {
        trace("%s failed: %s", action, error.what());
        return kOfxStatFailed;
    } catch (...) {
        return kOfxStatFailed;
    }
}

void accept_host(OfxHost* host) { set_host(host); }

OfxPlugin plugin = {
    kOfxImageEffectPluginApi, kOfxImageEffectPluginApiVersion, kIdentifier, 1, 0, accept_host, main_entry};

}  // namespace

}  // namespace trimatte::shell

extern "C" {

OfxExport int OfxGetNumberOfPlugins(void) { return 1; }

OfxExport OfxPlugin* OfxGetPlugin(int nth) { return nth == 0 ? &trimatte::shell::plugin : nullptr; }
}
