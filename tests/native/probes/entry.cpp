// The exported functions, and the list of probes.
#include <iterator>

#include "probe.hpp"

namespace probe {

OfxPluginEntryPoint contexts_main, copy_main, copy_byte_main, copy_short_main, copy_half_main, copy_float_main,
    crash_main, dialog_main, fail_main, files_read_main, files_write_main, forms_main, gpu_main, gpu_gl_main,
    gpu_images_main, identity_main, last_words_main, leak_main, log_main, manners_main, mask_main, overlay_main,
    overlay_gl_main, params_main, ramp_main, ranges_main, region_main, sequence_needed_main, sequence_liked_main,
    slow_unsafe_main, slow_instance_main, slow_fully_main, state_main, strict_main, temporal_main, undeclared_main;

namespace {

void set_host(OfxHost* given) { host = given; }

#define TRIMATTE_PROBE(name, major, main) \
    {kOfxImageEffectPluginApi, 1, "org.trimatte.probe." name, major, 0, set_host, main}

OfxPlugin plugins[] = {
    TRIMATTE_PROBE("contexts", 1, contexts_main),
    TRIMATTE_PROBE("copy", 1, copy_main),
    TRIMATTE_PROBE("copy.byte", 1, copy_byte_main),
    TRIMATTE_PROBE("copy.short", 1, copy_short_main),
    TRIMATTE_PROBE("copy.half", 1, copy_half_main),
    TRIMATTE_PROBE("copy.float", 1, copy_float_main),
    TRIMATTE_PROBE("crash", 1, crash_main),
    TRIMATTE_PROBE("dialog", 1, dialog_main),
    TRIMATTE_PROBE("fail", 1, fail_main),
    TRIMATTE_PROBE("files.read", 1, files_read_main),
    TRIMATTE_PROBE("files.write", 1, files_write_main),
    TRIMATTE_PROBE("forms", 1, forms_main),
    TRIMATTE_PROBE("gpu", 1, gpu_main),
    TRIMATTE_PROBE("gpu.gl", 1, gpu_gl_main),
    TRIMATTE_PROBE("gpu.images", 1, gpu_images_main),
    TRIMATTE_PROBE("identity", 1, identity_main),
    TRIMATTE_PROBE("last.words", 1, last_words_main),
    TRIMATTE_PROBE("leak", 1, leak_main),
    TRIMATTE_PROBE("log", 1, log_main),
    TRIMATTE_PROBE("log", 2, log_main),  // a newer version of the same effect
    TRIMATTE_PROBE("manners", 1, manners_main),
    TRIMATTE_PROBE("mask", 1, mask_main),
    TRIMATTE_PROBE("overlay", 1, overlay_main),
    TRIMATTE_PROBE("overlay.gl", 1, overlay_gl_main),
    TRIMATTE_PROBE("params", 1, params_main),
    TRIMATTE_PROBE("ramp", 1, ramp_main),
    TRIMATTE_PROBE("ranges", 1, ranges_main),
    TRIMATTE_PROBE("region", 1, region_main),
    TRIMATTE_PROBE("sequence.1", 1, sequence_needed_main),
    TRIMATTE_PROBE("sequence.2", 1, sequence_liked_main),
    TRIMATTE_PROBE("slow.unsafe", 1, slow_unsafe_main),
    TRIMATTE_PROBE("slow.instance", 1, slow_instance_main),
    TRIMATTE_PROBE("slow.fully", 1, slow_fully_main),
    TRIMATTE_PROBE("state:1", 1, state_main),  // a colon, as some have
    TRIMATTE_PROBE("strict", 1, strict_main),
    TRIMATTE_PROBE("temporal", 1, temporal_main),
    TRIMATTE_PROBE("undeclared", 1, undeclared_main),
};

}  // namespace
}  // namespace probe

int OfxGetNumberOfPlugins(void) { return static_cast<int>(std::size(probe::plugins)); }

OfxPlugin* OfxGetPlugin(int nth) { return nth >= 0 && nth < OfxGetNumberOfPlugins() ? &probe::plugins[nth] : nullptr; }
