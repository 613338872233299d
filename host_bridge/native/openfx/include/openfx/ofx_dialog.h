// Dialog suite: a safe moment on the main thread for a window of the plug-in's own.
#ifndef OPENFX_OFX_DIALOG_H_
#define OPENFX_OFX_DIALOG_H_

#include "ofx_core.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite, and its action.
#define kOfxDialogSuite "OfxDialogSuite"
#define kOfxActionDialog "OfxActionDialog"

// The host answers with the action above.
typedef struct OfxDialogSuiteV1 {
    OfxStatus (*RequestDialog)(void* user_data);
    OfxStatus (*NotifyRedrawPending)(void);
} OfxDialogSuiteV1;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_DIALOG_H_
