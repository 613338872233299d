// Colour management, since 1.5.
#ifndef OPENFX_OFX_COLOUR_H_
#define OPENFX_OFX_COLOUR_H_

#include "ofx_core.h"
#include "ofx_image_effect.h"

#ifdef __cplusplus
extern "C" {
#endif

// Actions.
#define kOfxImageEffectActionGetOutputColourspace "OfxImageEffectActionGetOutputColourspace"

// Styles of colour management.
#define kOfxImageEffectColourManagementNone "OfxImageEffectColourManagementNone"
#define kOfxImageEffectColourManagementBasic "OfxImageEffectColourManagementBasic"
#define kOfxImageEffectColourManagementCore "OfxImageEffectColourManagementCore"
#define kOfxImageEffectColourManagementFull "OfxImageEffectColourManagementFull"
#define kOfxImageEffectColourManagementOCIO "OfxImageEffectColourManagementOCIO"

// Properties.
#define kOfxImageEffectPropColourManagementStyle "OfxImageEffectPropColourManagementStyle"  // string x 1, since 1.5
#define kOfxImageEffectPropColourManagementAvailableConfigs \
    "OfxImageEffectPropColourManagementAvailableConfigs"                                      // string x N, since 1.5
#define kOfxImageEffectPropColourManagementConfig "OfxImageEffectPropColourManagementConfig"  // string x 1, since 1.5
#define kOfxImageEffectPropOCIOConfig "OfxImageEffectPropOCIOConfig"                          // string x 1, since 1.5
#define kOfxImageClipPropColourspace "OfxImageClipPropColourspace"                            // string x 1, since 1.5
#define kOfxImageClipPropPreferredColourspaces "OfxImageClipPropPreferredColourspaces"        // string x N, since 1.5
#define kOfxImageEffectPropDisplayColourspace "OfxImageEffectPropDisplayColourspace"          // string x 1, since 1.5
#define kOfxImageEffectPropOCIODisplay "OfxImageEffectPropOCIODisplay"                        // string x 1, since 1.5
#define kOfxImageEffectPropOCIOView "OfxImageEffectPropOCIOView"                              // string x 1, since 1.5

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_COLOUR_H_
