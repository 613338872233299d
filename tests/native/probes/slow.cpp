// Renders in steps of 10 ms, polls for abort, and paints how many renders ran at once. Three thread safeties.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "probe.hpp"

namespace probe {

namespace {

OfxStatus run(const char* action, const void* handle, Set in, const char* safety, std::atomic<int>& running) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Slow", .safety = safety});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectSimpleSourceClipName, {.optional = true});
        define_clip(effect, kOfxImageEffectOutputClipName);
        const Set steps = define_param(effect, kOfxParamTypeInteger, "steps");
        return suites.property->propSetInt(steps, kOfxParamPropDefault, 0, 5);
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    int most = ++running;
    bool aborted = false;
    for (int step = int_param(effect, "steps", arguments.time); step > 0 && !aborted; --step) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        most = std::max(most, running.load());
        aborted = suites.effect->abort(effect) != 0;
    }
    --running;
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    each_pixel(arguments.window, [&](int x, int y) {
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        pixel[0] = pixel[1] = pixel[2] = pixel[3] = static_cast<float>(most);
    });
    return kOfxStatOK;  // also when aborted: the host throws the frame away
}

}  // namespace

OfxStatus slow_unsafe_main(const char* action, const void* handle, Set in, Set) {
    static std::atomic<int> running{0};
    return run(action, handle, in, kOfxImageEffectRenderUnsafe, running);
}
OfxStatus slow_instance_main(const char* action, const void* handle, Set in, Set) {
    static std::atomic<int> running{0};
    return run(action, handle, in, kOfxImageEffectRenderInstanceSafe, running);
}
OfxStatus slow_fully_main(const char* action, const void* handle, Set in, Set) {
    static std::atomic<int> running{0};
    return run(action, handle, in, kOfxImageEffectRenderFullySafe, running);
}

}  // namespace probe
