// The function tables that a plug-in fetches, and the guard every function in them runs under.
#pragma once

#include <openfx/ofx_core.h>

#include <new>

namespace trimatte::host {

const void* property_suite();
const void* image_effect_suite();
const void* parameter_suite();
const void* memory_suite();
const void* multi_thread_suite();
const void* message_suite(int version);
const void* message_suite_without_persistence();
const void* progress_suite(int version);
const void* time_line_suite();
const void* parametric_suite();
const void* interact_suite();
const void* draw_suite();
const void* plane_suite(int version);
const void* dialog_suite();
const void* opencl_program_suite();
const void* opengl_render_suite();

// The suite by its name and version; null for one we do not offer.
const void* find_suite(const char* name, int version);

// Runs the body of a suite function; nothing may be thrown through the plug-in that called it.
template <class Body>
OfxStatus guarded(Body&& body) noexcept {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return kOfxStatErrMemory;
    } catch (...) {
        return kOfxStatFailed;
    }
}

}  // namespace trimatte::host
