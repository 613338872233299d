// Rendering on a GPU: OpenGL, CUDA, Metal and OpenCL.
#ifndef OPENFX_OFX_GPU_RENDER_H_
#define OPENFX_OFX_GPU_RENDER_H_

#include "ofx_core.h"
#include "ofx_image_effect.h"

#ifdef __cplusplus
extern "C" {
#endif

// Names of the suites.
#define kOfxOpenGLRenderSuite "OfxImageEffectOpenGLRenderSuite"
#define kOfxOpenCLProgramSuite "OfxOpenCLProgramSuite"

// Statuses that let the host try again on the CPU.
#define kOfxStatGPUOutOfMemory 1001
#define kOfxStatGLOutOfMemory 1001
#define kOfxStatGPURenderFailed 1002
#define kOfxStatGLRenderFailed 1002

// Actions.
#define kOfxActionOpenGLContextAttached "OfxActionOpenGLContextAttached"
#define kOfxActionOpenGLContextDetached "kOfxActionOpenGLContextDetached"

// Images as OpenGL textures.
typedef struct OfxImageEffectOpenGLRenderSuiteV1 {
    OfxStatus (*clipLoadTexture)(OfxImageClipHandle clip, OfxTime time, const char* format, const OfxRectD* region,
                                 OfxPropertySetHandle* textureHandle);
    OfxStatus (*clipFreeTexture)(OfxPropertySetHandle textureHandle);
    OfxStatus (*flushResources)(void);
} OfxImageEffectOpenGLRenderSuiteV1;

// Programs that the host caches.
typedef struct OfxOpenCLProgramSuiteV1 {
    OfxStatus (*compileProgram)(const char* pszProgramSource, int fOptional, void* pResult);
} OfxOpenCLProgramSuiteV1;

// OpenGL.
#define kOfxImageEffectPropOpenGLRenderSupported "OfxImageEffectPropOpenGLRenderSupported"  // string x 1
#define kOfxOpenGLPropPixelDepth "OfxOpenGLPropPixelDepth"                                  // string x N
#define kOfxImageEffectPropOpenGLEnabled "OfxImageEffectPropOpenGLEnabled"                  // int (0 or 1) x 1
#define kOfxImageEffectPropOpenGLTextureIndex "OfxImageEffectPropOpenGLTextureIndex"        // int x 1
#define kOfxImageEffectPropOpenGLTextureTarget "OfxImageEffectPropOpenGLTextureTarget"      // int x 1

// CUDA.
#define kOfxImageEffectPropCudaRenderSupported "OfxImageEffectPropCudaRenderSupported"  // string x 1
#define kOfxImageEffectPropCudaEnabled "OfxImageEffectPropCudaEnabled"                  // int (0 or 1) x 1
#define kOfxImageEffectPropCudaStreamSupported "OfxImageEffectPropCudaStreamSupported"  // string x 1
#define kOfxImageEffectPropCudaStream "OfxImageEffectPropCudaStream"                    // pointer x 1

// Metal.
#define kOfxImageEffectPropMetalRenderSupported "OfxImageEffectPropMetalRenderSupported"  // string x 1, since 1.5
#define kOfxImageEffectPropMetalEnabled "OfxImageEffectPropMetalEnabled"                  // int (0 or 1) x 1, since 1.5
#define kOfxImageEffectPropMetalCommandQueue "OfxImageEffectPropMetalCommandQueue"        // pointer x 1, since 1.5

// OpenCL: RenderSupported speaks of buffers, Supported of images.
#define kOfxImageEffectPropOpenCLRenderSupported "OfxImageEffectPropOpenCLRenderSupported"  // string x 1, since 1.5
#define kOfxImageEffectPropOpenCLSupported "OfxImageEffectPropOpenCLSupported"              // string x 1, since 1.5
#define kOfxImageEffectPropOpenCLEnabled "OfxImageEffectPropOpenCLEnabled"            // int (0 or 1) x 1, since 1.5
#define kOfxImageEffectPropOpenCLCommandQueue "OfxImageEffectPropOpenCLCommandQueue"  // pointer x 1, since 1.5
#define kOfxImageEffectPropOpenCLImage "OfxImageEffectPropOpenCLImage"                // pointer x 1, since 1.5

// CPU.
#define kOfxImageEffectPropCPURenderSupported "OfxImageEffectPropCPURenderSupported"  // string x 1, since 1.5.1

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_GPU_RENDER_H_
