// Doubles its source in OpenCL images, with a kernel that the host compiles; in main memory where it gets none.
#include <dlfcn.h>

#include <cstdint>

#include "probe.hpp"

namespace probe {

namespace {

constexpr const char* kSource =
    "kernel void twice(read_only image2d_t from, write_only image2d_t to, int x, int y) {\n"
    "    const int2 at = (int2)(get_global_id(0) + x, get_global_id(1) + y);\n"
    "    const sampler_t exact = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP | CLK_FILTER_NEAREST;\n"
    "    write_imagef(to, at, 2.0f * read_imagef(from, exact, at));\n"
    "}\n";

template <typename Function>
Function* find(const char* name) {
    void* opened = dlopen("libOpenCL.so.1", RTLD_NOW);
    return opened ? reinterpret_cast<Function*>(dlsym(opened, name)) : nullptr;
}

void* picture_of(Set image) {
    void* picture = nullptr;
    void* data = nullptr;
    suites.property->propGetPointer(image, kOfxImagePropData, 0, &data);
    const OfxStatus status = suites.property->propGetPointer(image, kOfxImageEffectPropOpenCLImage, 0, &picture);
    return status == kOfxStatOK && !data ? picture : nullptr;  // one or the other
}

bool run(void* queue, void* program, void* from, void* to, const OfxRectI& window) {
    const auto create = find<void*(void*, const char*, std::int32_t*)>("clCreateKernel");
    const auto set = find<std::int32_t(void*, std::uint32_t, std::size_t, const void*)>("clSetKernelArg");
    const auto enqueue =
        find<std::int32_t(void*, void*, std::uint32_t, const std::size_t*, const std::size_t*, const std::size_t*,
                          std::uint32_t, const void*, void*)>("clEnqueueNDRangeKernel");
    const auto release = find<std::int32_t(void*)>("clReleaseKernel");
    std::int32_t error = 0;
    void* kernel = create(program, "twice", &error);
    const std::size_t size[2] = {static_cast<std::size_t>(window.x2 - window.x1),
                                 static_cast<std::size_t>(window.y2 - window.y1)};
    const bool done = error == 0 && set(kernel, 0, sizeof(from), &from) == 0 && set(kernel, 1, sizeof(to), &to) == 0 &&
                      set(kernel, 2, sizeof(int), &window.x1) == 0 && set(kernel, 3, sizeof(int), &window.y1) == 0 &&
                      enqueue(queue, kernel, 2, nullptr, size, nullptr, 0, nullptr, nullptr) == 0;
    release(kernel);
    return done;
}

OfxStatus on_device(Handle effect, Set in, const Image& source, const Image& output, const OfxRectI& window) {
    const auto* suite =
        static_cast<const OfxOpenCLProgramSuiteV1*>(host->fetchSuite(host->host, kOfxOpenCLProgramSuite, 1));
    void *queue = nullptr, *program = nullptr, *again = nullptr, *broken = &program;
    suites.property->propGetPointer(in, kOfxImageEffectPropOpenCLCommandQueue, 0, &queue);
    void *from = picture_of(source.set), *to = picture_of(output.set);
    if (!suite || !queue || !from || !to || suite->compileProgram(kSource, 0, &program) != kOfxStatOK ||
        suite->compileProgram(kSource, 0, &again) != kOfxStatOK || again != program ||
        suite->compileProgram("no program", 1, &broken) != kOfxStatFailed || broken) {
        return kOfxStatGPURenderFailed;
    }
    const OfxRectI inside{window.x1 - output.bounds.x1, window.y1 - output.bounds.y1, window.x2 - output.bounds.x1,
                          window.y2 - output.bounds.y1};
    if (!run(queue, program, from, to, inside)) {
        return kOfxStatGPURenderFailed;
    }
    suites.param->paramSetValue(param(effect, "onDevice"), 1);
    return kOfxStatOK;
}

OfxStatus render(Handle effect, Set in) {
    const RenderArguments arguments = render_arguments(in);
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    if (get_int(in, kOfxImageEffectPropOpenCLEnabled) != 0) {
        return on_device(effect, in, source, output, arguments.window);
    }
    if (!source || !output) {
        return kOfxStatErrImageFormat;
    }
    double_pixels(source, output, arguments.window);
    return kOfxStatOK;
}

}  // namespace

OfxStatus gpu_images_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "GPU images", .supported = {kOfxImageEffectPropOpenCLSupported}});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect,
                            {.components = {kOfxImageComponentRGBA, kOfxImageComponentRGB, kOfxImageComponentAlpha}});
        define_param(effect, kOfxParamTypeInteger, "onDevice");
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? render(effect, in) : kOfxStatReplyDefault;
}

}  // namespace probe
