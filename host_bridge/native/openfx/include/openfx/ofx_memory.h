// Memory suite: general memory that the host accounts for.
#ifndef OPENFX_OFX_MEMORY_H_
#define OPENFX_OFX_MEMORY_H_

#include "ofx_core.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxMemorySuite "OfxMemorySuite"

// The effect handle may be NULL.
typedef struct OfxMemorySuiteV1 {
    OfxStatus (*memoryAlloc)(void* handle, size_t nBytes, void** allocatedData);
    OfxStatus (*memoryFree)(void* allocatedData);
} OfxMemorySuiteV1;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_MEMORY_H_
