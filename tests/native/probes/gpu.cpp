// Doubles its source where the host says its pixels are: on a CUDA device, in OpenCL buffers, or in main memory.
#include <dlfcn.h>

#include <cstdint>
#include <vector>

#include "probe.hpp"

namespace probe {

namespace {

template <class Function>
Function* find(const char* library, const char* name) {
    void* opened = dlopen(library, RTLD_NOW);
    return opened ? reinterpret_cast<Function*>(dlsym(opened, name)) : nullptr;
}

bool copy_cuda(Set in, char* device, std::vector<float>& pixels, bool write) {
    void* stream = nullptr;
    suites.property->propGetPointer(in, kOfxImageEffectPropCudaStream, 0, &stream);
    const auto address = reinterpret_cast<std::uint64_t>(device);
    const std::size_t bytes = pixels.size() * sizeof(float);
    const auto to_host = find<int(void*, std::uint64_t, std::size_t)>("libcuda.so.1", "cuMemcpyDtoH_v2");
    const auto to_device = find<int(std::uint64_t, const void*, std::size_t)>("libcuda.so.1", "cuMemcpyHtoD_v2");
    return stream && to_host && to_device &&
           (write ? to_device(address, pixels.data(), bytes) : to_host(pixels.data(), address, bytes)) == 0;
}

using Copy = std::int32_t(void*, void*, std::uint32_t, std::size_t, std::size_t, void*, std::uint32_t, const void*,
                          void*);

bool copy_opencl(Set in, char* buffer, std::vector<float>& pixels, bool write) {
    void* queue = nullptr;
    suites.property->propGetPointer(in, kOfxImageEffectPropOpenCLCommandQueue, 0, &queue);
    const auto copy = find<Copy>("libOpenCL.so.1", write ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer");
    return queue && copy &&
           copy(queue, buffer, 1, 0, pixels.size() * sizeof(float), pixels.data(), 0, nullptr, nullptr) == 0;
}

OfxStatus render(Handle effect, Set in) {
    const RenderArguments arguments = render_arguments(in);
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    const bool cuda = get_int(in, kOfxImageEffectPropCudaEnabled) != 0;
    const bool opencl = get_int(in, kOfxImageEffectPropOpenCLEnabled) != 0;
    if (!source || !output) {
        return kOfxStatErrImageFormat;
    }
    if (!cuda && !opencl) {
        double_pixels(source, output, arguments.window);
        return kOfxStatOK;
    }
    if (const int status = int_param(effect, "status", arguments.time)) {
        return status;
    }
    if (source.row_bytes < 0 || source.row_bytes != output.row_bytes) {
        return kOfxStatErrValue;
    }
    const auto copy = cuda ? copy_cuda : copy_opencl;
    std::vector<float> pixels(static_cast<std::size_t>(source.row_bytes) / sizeof(float) *
                              (source.bounds.y2 - source.bounds.y1));
    std::vector<float> made(pixels.size());
    if (!copy(in, source.data, pixels, false) || !copy(in, output.data, made, false)) {
        return kOfxStatGPURenderFailed;
    }
    each_pixel(arguments.window, [&](int x, int y) {  // both have the same bounds
        const std::size_t first = (output.at(x, y) - output.data) / sizeof(float);
        for (std::size_t i = first; i < first + 4; ++i) {
            made[i] = 2.0F * pixels[i];
        }
    });
    suites.param->paramSetValue(param(effect, "onDevice"), 1);
    return copy(in, output.data, made, true) ? kOfxStatOK : kOfxStatGPURenderFailed;
}

}  // namespace

OfxStatus gpu_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect,
                        {.label = "GPU",
                         .supported = {kOfxImageEffectPropCudaRenderSupported, kOfxImageEffectPropCudaStreamSupported,
                                       kOfxImageEffectPropOpenCLRenderSupported}});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        define_param(effect, kOfxParamTypeInteger, "status");
        define_param(effect, kOfxParamTypeInteger, "onDevice");
        return kOfxStatOK;
    }
    return name == kOfxImageEffectActionRender ? render(effect, in) : kOfxStatReplyDefault;
}

}  // namespace probe
