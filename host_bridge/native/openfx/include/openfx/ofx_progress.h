// Progress suite: how far a long action has come, and whether the user wants it to end.
#ifndef OPENFX_OFX_PROGRESS_H_
#define OPENFX_OFX_PROGRESS_H_

#include "ofx_core.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxProgressSuite "OfxProgressSuite"

// progressUpdate answers kOfxStatReplyNo when the action should stop.
typedef struct OfxProgressSuiteV1 {
    OfxStatus (*progressStart)(void* effectInstance, const char* label);
    OfxStatus (*progressUpdate)(void* effectInstance, double progress);
    OfxStatus (*progressEnd)(void* effectInstance);
} OfxProgressSuiteV1;

// Adds a name that does not change with the language.
typedef struct OfxProgressSuiteV2 {
    OfxStatus (*progressStart)(void* effectInstance, const char* message, const char* messageid);
    OfxStatus (*progressUpdate)(void* effectInstance, double progress);
    OfxStatus (*progressEnd)(void* effectInstance);
} OfxProgressSuiteV2;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_PROGRESS_H_
