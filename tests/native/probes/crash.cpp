// Ends its process while rendering, in the way its parameter names; and while describing, when the environment says so.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "probe.hpp"

namespace probe {

namespace {

void end(std::string_view how) {
    if (how == "segfault") {
        std::signal(SIGSEGV, SIG_DFL);  // a test runner's handler would only print and go on to the same end
        std::raise(SIGSEGV);
    } else if (how == "abort") {
        std::signal(SIGABRT, SIG_DFL);
        std::abort();
    } else if (how == "exit") {
        std::_Exit(3);
    } else if (how == "hang") {
        std::this_thread::sleep_for(std::chrono::hours(1));
    }
}

}  // namespace

OfxStatus crash_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        const char* how = std::getenv("TRIMATTE_PROBE_CRASH");
        end(how ? how : "");
        return describe(effect, {.label = "Crash"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.optional = true});
        define_clip(effect, kOfxImageEffectOutputClipName);
        define_param(effect, kOfxParamTypeString, "how");
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    end(string_param(effect, "how"));
    const RenderArguments arguments = render_arguments(in);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    each_pixel(arguments.window, [&](int x, int y) {
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        pixel[0] = pixel[1] = pixel[2] = pixel[3] = 0.5F;
    });
    return kOfxStatOK;
}

}  // namespace probe
