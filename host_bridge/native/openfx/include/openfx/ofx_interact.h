// Interacts: overlays in the viewer and custom parameter widgets.
#ifndef OPENFX_OFX_INTERACT_H_
#define OPENFX_OFX_INTERACT_H_

#include "ofx_core.h"
#include "ofx_image_effect.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxInteractSuite "OfxInteractSuite"

// Handle of an interact.
typedef struct OfxInteract* OfxInteractHandle;

// The buffer swap is the host's affair in current hosts.
typedef struct OfxInteractSuiteV1 {
    OfxStatus (*interactSwapBuffers)(OfxInteractHandle interactInstance);
    OfxStatus (*interactRedraw)(OfxInteractHandle interactInstance);
    OfxStatus (*interactGetPropertySet)(OfxInteractHandle interactInstance, OfxPropertySetHandle* property);
} OfxInteractSuiteV1;

// Actions.
#define kOfxActionDescribeInteract "OfxActionDescribe"
#define kOfxActionCreateInstanceInteract "OfxActionCreateInstance"
#define kOfxActionDestroyInstanceInteract "OfxActionDestroyInstance"
#define kOfxInteractActionDraw "OfxInteractActionDraw"
#define kOfxInteractActionPenMotion "OfxInteractActionPenMotion"
#define kOfxInteractActionPenDown "OfxInteractActionPenDown"
#define kOfxInteractActionPenUp "OfxInteractActionPenUp"
#define kOfxInteractActionKeyDown "OfxInteractActionKeyDown"
#define kOfxInteractActionKeyUp "OfxInteractActionKeyUp"
#define kOfxInteractActionKeyRepeat "OfxInteractActionKeyRepeat"
#define kOfxInteractActionGainFocus "OfxInteractActionGainFocus"
#define kOfxInteractActionLoseFocus "OfxInteractActionLoseFocus"

// Properties.
#define kOfxInteractPropSlaveToParam "OfxInteractPropSlaveToParam"                // string x N
#define kOfxInteractPropPixelScale "OfxInteractPropPixelScale"                    // double x 2
#define kOfxInteractPropBackgroundColour "OfxInteractPropBackgroundColour"        // double x 3
#define kOfxInteractPropSuggestedColour "OfxInteractPropSuggestedColour"          // double x 3
#define kOfxInteractPropPenPosition "OfxInteractPropPenPosition"                  // double x 2
#define kOfxInteractPropPenViewportPosition "OfxInteractPropPenViewportPosition"  // int x 2
#define kOfxInteractPropPenPressure "OfxInteractPropPenPressure"                  // double x 1
#define kOfxInteractPropBitDepth "OfxInteractPropBitDepth"                        // int x 1
#define kOfxInteractPropHasAlpha "OfxInteractPropHasAlpha"                        // int (0 or 1) x 1

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_INTERACT_H_
