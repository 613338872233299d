// Timeline suite: the frame the user is looking at.
#ifndef OPENFX_OFX_TIME_LINE_H_
#define OPENFX_OFX_TIME_LINE_H_

#include "ofx_core.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxTimeLineSuite "OfxTimeLineSuite"

// The instance handle is that of the effect.
typedef struct OfxTimeLineSuiteV1 {
    OfxStatus (*getTime)(void* instance, double* time);
    OfxStatus (*gotoTime)(void* instance, double time);
    OfxStatus (*getTimeBounds)(void* instance, double* firstTime, double* lastTime);
} OfxTimeLineSuiteV1;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_TIME_LINE_H_
