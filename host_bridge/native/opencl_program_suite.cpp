// OpenCL program suite: programs for the host's OpenCL device, compiled once per source.
#include <openfx/ofx_gpu_render.h>

#include "device.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

// `result` receives a cl_program, which stays the host's. That it may fail is what every caller has to expect.
OfxStatus compile_program(const char* source, int, void* result) {
    return guarded([&] {
        if (!source || !result) {
            return kOfxStatErrValue;
        }
        void* program = Device::open("opencl")->compile(source);
        *static_cast<void**>(result) = program;
        return program ? kOfxStatOK : kOfxStatFailed;
    });
}

}  // namespace

const void* opencl_program_suite() {
    static const OfxOpenCLProgramSuiteV1 suite = {.compileProgram = compile_program};
    return &suite;
}

}  // namespace trimatte::host
