// Which suites the host offers.
#include "suites.hpp"

#include <openfx/openfx.h>

#include <string_view>

#include "property_tables.hpp"

namespace trimatte::host {

const void* find_suite(const char* name, int version) {
    const std::string_view wanted = name ? name : "";
    if (wanted == kOfxMessageSuite) {
        return message_suite(version);
    }
    if (wanted == kOfxProgressSuite) {
        return progress_suite(version);
    }
    if (wanted == kPlaneSuite) {
        return plane_suite(version);
    }
    if (version != 1) {
        return nullptr;
    }
    if (wanted == kOfxPropertySuite) {
        return property_suite();
    }
    if (wanted == kOfxImageEffectSuite) {
        return image_effect_suite();
    }
    if (wanted == kOfxParameterSuite) {
        return parameter_suite();
    }
    if (wanted == kOfxMemorySuite) {
        return memory_suite();
    }
    if (wanted == kOfxMultiThreadSuite) {
        return multi_thread_suite();
    }
    if (wanted == kOfxTimeLineSuite) {
        return time_line_suite();
    }
    if (wanted == kOfxParametricParameterSuite) {
        return parametric_suite();
    }
    if (wanted == kOfxInteractSuite) {
        return interact_suite();
    }
    if (wanted == kOfxDrawSuite) {
        return draw_suite();
    }
    if (wanted == kOfxDialogSuite) {
        return dialog_suite();
    }
    if (wanted == kOfxOpenCLProgramSuite) {
        return opencl_program_suite();
    }
    if (wanted == kOfxOpenGLRenderSuite) {
        return opengl_render_suite();
    }
    return nullptr;
}

}  // namespace trimatte::host
