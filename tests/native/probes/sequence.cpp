// Remembers the time of the frame before: with the sequential status on, times must rise. Two declared needs.
#include "probe.hpp"

namespace probe {

namespace {

Set properties(Handle effect) {
    Set set = nullptr;
    suites.effect->getPropertySet(effect, &set);
    return set;
}

double* memory(Handle effect) {
    void* pointer = nullptr;
    suites.property->propGetPointer(properties(effect), kOfxPropInstanceData, 0, &pointer);
    return static_cast<double*>(pointer);
}

OfxStatus run(const char* action, const void* handle, Set in, int need) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        suites.property->propSetInt(properties(effect), kOfxImageEffectInstancePropSequentialRender, 0, need);
        return describe(effect, {.label = "Sequence"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        return kOfxStatOK;
    }
    if (name == kOfxActionCreateInstance) {
        return suites.property->propSetPointer(properties(effect), kOfxPropInstanceData, 0, new double(-1.0e9));
    }
    if (name == kOfxActionDestroyInstance) {
        delete memory(effect);
        return kOfxStatOK;
    }
    if (name == kOfxImageEffectActionBeginSequenceRender) {
        *memory(effect) = -1.0e9;
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const int status = get_int(in, kOfxImageEffectPropSequentialRenderStatus);
    if (status != 0 && arguments.time <= *memory(effect)) {
        return kOfxStatErrValue;
    }
    *memory(effect) = arguments.time;
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    each_pixel(arguments.window, [&](int x, int y) {
        auto* pixel = reinterpret_cast<float*>(output.at(x, y));
        pixel[0] = pixel[1] = pixel[2] = pixel[3] = static_cast<float>(status);
    });
    return kOfxStatOK;
}

}  // namespace

OfxStatus sequence_needed_main(const char* action, const void* handle, Set in, Set) {
    return run(action, handle, in, 1);
}
OfxStatus sequence_liked_main(const char* action, const void* handle, Set in, Set) {
    return run(action, handle, in, 2);
}

}  // namespace probe
