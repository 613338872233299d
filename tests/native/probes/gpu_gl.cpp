// Doubles its source with OpenGL: draws its texture twice, and the host's target adds it up. In memory without OpenGL.
#include <dlfcn.h>

#include "probe.hpp"

namespace probe {

namespace {

constexpr unsigned kTexture2d = 0x0DE1, kBlend = 0x0BE2, kQuads = 0x0007, kColourBuffer = 0x4000, kTarget = 0x8CA6;

template <typename Function>
Function* find(const char* name) {
    void* opened = dlopen("libGL.so.1", RTLD_NOW | RTLD_NOLOAD);
    return opened ? reinterpret_cast<Function*>(dlsym(opened, name)) : nullptr;
}

void draw(int texture) {
    const auto enable = find<void(unsigned)>("glEnable");
    const auto coordinate = find<void(float, float)>("glTexCoord2f");
    const auto vertex = find<void(float, float)>("glVertex2f");
    find<void(float, float, float, float)>("glClearColor")(0, 0, 0, 0);
    find<void(unsigned)>("glClear")(kColourBuffer);
    enable(kTexture2d);
    enable(kBlend);
    find<void(unsigned, unsigned)>("glBlendFunc")(1, 1);
    find<void(unsigned, unsigned)>("glBindTexture")(kTexture2d, static_cast<unsigned>(texture));
    for (int times = 0; times < 2; ++times) {
        find<void(unsigned)>("glBegin")(kQuads);
        for (const auto& [x, y] : {std::pair(0, 0), std::pair(1, 0), std::pair(1, 1), std::pair(0, 1)}) {
            coordinate(static_cast<float>(x), static_cast<float>(y));
            vertex(2.0F * static_cast<float>(x) - 1.0F, 2.0F * static_cast<float>(y) - 1.0F);
        }
        find<void()>("glEnd")();
    }
    find<void(unsigned)>("glDisable")(kBlend);
    find<void(unsigned)>("glDisable")(kTexture2d);
}

OfxStatus on_device(Handle effect, double time) {
    const auto* suite =
        static_cast<const OfxImageEffectOpenGLRenderSuiteV1*>(host->fetchSuite(host->host, kOfxOpenGLRenderSuite, 1));
    OfxImageClipHandle source = nullptr, output = nullptr;
    suites.effect->clipGetHandle(effect, kOfxImageEffectSimpleSourceClipName, &source, nullptr);
    suites.effect->clipGetHandle(effect, kOfxImageEffectOutputClipName, &output, nullptr);
    Set texture = nullptr, made = nullptr;
    if (!suite || suite->clipLoadTexture(source, time, nullptr, nullptr, &texture) != kOfxStatOK ||
        suite->clipLoadTexture(output, time, nullptr, nullptr, &made) != kOfxStatOK) {
        return kOfxStatGLRenderFailed;
    }
    int target = 0;
    find<void(unsigned, int*)>("glGetIntegerv")(kTarget, &target);  // the host has bound the output
    const int from = get_int(texture, kOfxImageEffectPropOpenGLTextureIndex);
    const bool fine = target != 0 && from != 0 && get_int(made, kOfxImageEffectPropOpenGLTextureIndex) != from &&
                      get_int(texture, kOfxImageEffectPropOpenGLTextureTarget) == static_cast<int>(kTexture2d);
    draw(from);
    suites.param->paramSetValue(param(effect, "onDevice"), 1);
    const bool freed = suite->clipFreeTexture(texture) == kOfxStatOK && suite->clipFreeTexture(made) == kOfxStatOK &&
                       suite->clipFreeTexture(texture) == kOfxStatErrBadHandle && suite->flushResources() == kOfxStatOK;
    return fine && freed ? kOfxStatOK : kOfxStatFailed;
}

OfxStatus render(Handle effect, Set in) {
    const RenderArguments arguments = render_arguments(in);
    if (const int status = int_param(effect, "status", arguments.time);
        status != 0 && get_int(in, kOfxImageEffectPropOpenGLEnabled) != 0) {
        return status;
    }
    if (get_int(in, kOfxImageEffectPropOpenGLEnabled) != 0) {
        return on_device(effect, arguments.time);
    }
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    double_pixels(source, output, arguments.window);
    return kOfxStatOK;
}

}  // namespace

OfxStatus gpu_gl_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "GPU OpenGL", .supported = {kOfxImageEffectPropOpenGLRenderSupported}});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect, {.components = {kOfxImageComponentRGBA, kOfxImageComponentAlpha}});
        define_param(effect, kOfxParamTypeInteger, "status");
        define_param(effect, kOfxParamTypeInteger, "onDevice");
        return kOfxStatOK;
    }
    if (name == kOfxActionOpenGLContextAttached || name == kOfxActionOpenGLContextDetached) {
        suites.message->message(effect, kOfxMessageLog, "", "%s", action);
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? render(effect, in) : kOfxStatReplyDefault;
}

}  // namespace probe
