// Image effect API: contexts, clips, images, regions and the suite that reaches them.
#ifndef OPENFX_OFX_IMAGE_EFFECT_H_
#define OPENFX_OFX_IMAGE_EFFECT_H_

#include "ofx_core.h"
#include "ofx_param.h"
#include "ofx_property.h"

#ifdef __cplusplus
extern "C" {
#endif

// Names of the API and of its suite.
#define kOfxImageEffectPluginApi "OfxImageEffectPluginAPI"
#define kOfxImageEffectPluginApiVersion 1
#define kOfxImageEffectSuite "OfxImageEffectSuite"

// Status of a render that was given an image it cannot take.
#define kOfxStatErrImageFormat 1000

// Handles of an effect, a clip, and a block of image memory.
typedef struct OfxImageEffectStruct* OfxImageEffectHandle;
typedef struct OfxImageClipStruct* OfxImageClipHandle;
typedef struct OfxImageMemoryStruct* OfxImageMemoryHandle;

// Images are property sets; each one fetched must be released.
typedef struct OfxImageEffectSuiteV1 {
    OfxStatus (*getPropertySet)(OfxImageEffectHandle imageEffect, OfxPropertySetHandle* propHandle);
    OfxStatus (*getParamSet)(OfxImageEffectHandle imageEffect, OfxParamSetHandle* paramSet);
    OfxStatus (*clipDefine)(OfxImageEffectHandle imageEffect, const char* name, OfxPropertySetHandle* propertySet);
    OfxStatus (*clipGetHandle)(OfxImageEffectHandle imageEffect, const char* name, OfxImageClipHandle* clip,
                               OfxPropertySetHandle* propertySet);
    OfxStatus (*clipGetPropertySet)(OfxImageClipHandle clip, OfxPropertySetHandle* propHandle);
    OfxStatus (*clipGetImage)(OfxImageClipHandle clip, OfxTime time, const OfxRectD* region,
                              OfxPropertySetHandle* imageHandle);
    OfxStatus (*clipReleaseImage)(OfxPropertySetHandle imageHandle);
    OfxStatus (*clipGetRegionOfDefinition)(OfxImageClipHandle clip, OfxTime time, OfxRectD* bounds);
    int (*abort)(OfxImageEffectHandle imageEffect);
    OfxStatus (*imageMemoryAlloc)(OfxImageEffectHandle instanceHandle, size_t nBytes,
                                  OfxImageMemoryHandle* memoryHandle);
    OfxStatus (*imageMemoryFree)(OfxImageMemoryHandle memoryHandle);
    OfxStatus (*imageMemoryLock)(OfxImageMemoryHandle memoryHandle, void** returnedPtr);
    OfxStatus (*imageMemoryUnlock)(OfxImageMemoryHandle memoryHandle);
} OfxImageEffectSuiteV1;

// Actions.
#define kOfxImageEffectActionGetRegionOfDefinition "OfxImageEffectActionGetRegionOfDefinition"
#define kOfxImageEffectActionGetRegionsOfInterest "OfxImageEffectActionGetRegionsOfInterest"
#define kOfxImageEffectActionGetTimeDomain "OfxImageEffectActionGetTimeDomain"
#define kOfxImageEffectActionGetFramesNeeded "OfxImageEffectActionGetFramesNeeded"
#define kOfxImageEffectActionGetClipPreferences "OfxImageEffectActionGetClipPreferences"
#define kOfxImageEffectActionIsIdentity "OfxImageEffectActionIsIdentity"
#define kOfxImageEffectActionRender "OfxImageEffectActionRender"
#define kOfxImageEffectActionBeginSequenceRender "OfxImageEffectActionBeginSequenceRender"
#define kOfxImageEffectActionEndSequenceRender "OfxImageEffectActionEndSequenceRender"
#define kOfxImageEffectActionDescribeInContext "OfxImageEffectActionDescribeInContext"

// Contexts: what role an effect is used in.
#define kOfxImageEffectContextGenerator "OfxImageEffectContextGenerator"
#define kOfxImageEffectContextFilter "OfxImageEffectContextFilter"
#define kOfxImageEffectContextTransition "OfxImageEffectContextTransition"
#define kOfxImageEffectContextPaint "OfxImageEffectContextPaint"
#define kOfxImageEffectContextGeneral "OfxImageEffectContextGeneral"
#define kOfxImageEffectContextRetimer "OfxImageEffectContextRetimer"

// Values of kOfxPropType.
#define kOfxTypeImageEffectHost "OfxTypeImageEffectHost"
#define kOfxTypeImageEffect "OfxTypeImageEffect"
#define kOfxTypeImageEffectInstance "OfxTypeImageEffectInstance"
#define kOfxTypeClip "OfxTypeClip"
#define kOfxTypeImage "OfxTypeImage"

// Components of a pixel.
#define kOfxImageComponentNone "OfxImageComponentNone"
#define kOfxImageComponentRGBA "OfxImageComponentRGBA"
#define kOfxImageComponentRGB "OfxImageComponentRGB"
#define kOfxImageComponentAlpha "OfxImageComponentAlpha"

// Premultiplication of colour by alpha.
#define kOfxImageOpaque "OfxImageOpaque"
#define kOfxImagePreMultiplied "OfxImageAlphaPremultiplied"
#define kOfxImageUnPreMultiplied "OfxImageAlphaUnPremultiplied"

// Fields; progressive footage says None, or Both in some hosts.
#define kOfxImageFieldNone "OfxFieldNone"
#define kOfxImageFieldLower "OfxFieldLower"
#define kOfxImageFieldUpper "OfxFieldUpper"
#define kOfxImageFieldBoth "OfxFieldBoth"
#define kOfxImageFieldSingle "OfxFieldSingle"
#define kOfxImageFieldDoubled "OfxFieldDoubled"

// Thread safety: one render at a time in all instances, one per instance, or any number.
#define kOfxImageEffectRenderUnsafe "OfxImageEffectRenderUnsafe"
#define kOfxImageEffectRenderInstanceSafe "OfxImageEffectRenderInstanceSafe"
#define kOfxImageEffectRenderFullySafe "OfxImageEffectRenderFullySafe"

// Reserved names of clips and parameters.
#define kOfxImageEffectOutputClipName "Output"
#define kOfxImageEffectSimpleSourceClipName "Source"
#define kOfxImageEffectTransitionSourceFromClipName "SourceFrom"
#define kOfxImageEffectTransitionSourceToClipName "SourceTo"
#define kOfxImageEffectTransitionParamName "Transition"
#define kOfxImageEffectRetimerParamName "SourceTime"

// Origins of a host's own coordinates.
#define kOfxHostNativeOriginBottomLeft "kOfxImageEffectHostPropNativeOriginBottomLeft"
#define kOfxHostNativeOriginTopLeft "kOfxImageEffectHostPropNativeOriginTopLeft"
#define kOfxHostNativeOriginCenter "kOfxImageEffectHostPropNativeOriginCenter"

// Behaviour without a licence.
#define kOfxUnlicensedContinue "OfxUnlicensedContinue"
#define kOfxUnlicensedFail "OfxUnlicensedFail"

// Images.
#define kOfxImagePropUniqueIdentifier "OfxImagePropUniqueIdentifier"      // string x 1
#define kOfxImagePropPixelAspectRatio "OfxImagePropPixelAspectRatio"      // double x 1
#define kOfxImagePropData "OfxImagePropData"                              // pointer x 1
#define kOfxImagePropBounds "OfxImagePropBounds"                          // int x 4
#define kOfxImagePropRegionOfDefinition "OfxImagePropRegionOfDefinition"  // int x 4
#define kOfxImagePropRowBytes "OfxImagePropRowBytes"                      // int x 1
#define kOfxImagePropField "OfxImagePropField"                            // string x 1

// Clips.
#define kOfxImageClipPropContinuousSamples "OfxImageClipPropContinuousSamples"    // int (0 or 1) x 1
#define kOfxImageClipPropUnmappedPixelDepth "OfxImageClipPropUnmappedPixelDepth"  // string x 1
#define kOfxImageClipPropUnmappedComponents "OfxImageClipPropUnmappedComponents"  // string x 1
#define kOfxImageClipPropOptional "OfxImageClipPropOptional"                      // int (0 or 1) x 1
#define kOfxImageClipPropIsMask "OfxImageClipPropIsMask"                          // int (0 or 1) x 1
#define kOfxImageClipPropConnected "OfxImageClipPropConnected"                    // int (0 or 1) x 1
#define kOfxImageClipPropFieldOrder "OfxImageClipPropFieldOrder"                  // string x 1
#define kOfxImageClipPropFieldExtraction "OfxImageClipPropFieldExtraction"        // string x 1

// Hosts, effect descriptors and instances.
#define kOfxImageEffectHostPropIsBackground "OfxImageEffectHostPropIsBackground"                  // int (0 or 1) x 1
#define kOfxImageEffectPluginPropSingleInstance "OfxImageEffectPluginPropSingleInstance"          // int (0 or 1) x 1
#define kOfxImageEffectPluginRenderThreadSafety "OfxImageEffectPluginRenderThreadSafety"          // string x 1
#define kOfxImageEffectPluginPropHostFrameThreading "OfxImageEffectPluginPropHostFrameThreading"  // int (0 or 1) x 1
#define kOfxImageEffectInstancePropSequentialRender "OfxImageEffectInstancePropSequentialRender"  // int x 1
#define kOfxImageEffectHostPropNativeOrigin "OfxImageEffectHostPropNativeOrigin"                  // string x 1
#define kOfxImageEffectPluginPropGrouping "OfxImageEffectPluginPropGrouping"                      // string x 1
#define kOfxImageEffectPluginPropObsolete "OfxImageEffectPluginPropObsolete"                      // int (0 or 1) x 1
#define kOfxImageEffectPluginPropOverlayInteractV1 "OfxImageEffectPluginPropOverlayInteractV1"    // pointer x 1
#define kOfxImageEffectPluginPropOverlayInteractV2 "OfxImageEffectPluginPropOverlayInteractV2"    // pointer x 1
#define kOfxImageEffectInstancePropEffectDuration "OfxImageEffectInstancePropEffectDuration"      // double x 1
#define kOfxImageEffectPluginPropFieldRenderTwiceAlways \
    "OfxImageEffectPluginPropFieldRenderTwiceAlways"  // int (0 or 1) x 1

// What host and effect can do.
#define kOfxImageEffectPropSupportedContexts "OfxImageEffectPropSupportedContexts"                  // string x N
#define kOfxImageEffectPropSupportsMultipleClipDepths "OfxImageEffectPropMultipleClipDepths"        // int (0 or 1) x 1
#define kOfxImageEffectPropSupportsMultipleClipPARs "OfxImageEffectPropSupportsMultipleClipPARs"    // int (0 or 1) x 1
#define kOfxImageEffectPropClipPreferencesSlaveParam "OfxImageEffectPropClipPreferencesSlaveParam"  // string x N
#define kOfxImageEffectPropSetableFrameRate "OfxImageEffectPropSetableFrameRate"                    // int (0 or 1) x 1
#define kOfxImageEffectPropSetableFielding "OfxImageEffectPropSetableFielding"                      // int (0 or 1) x 1
#define kOfxImageEffectPropSupportsOverlays "OfxImageEffectPropSupportsOverlays"                    // int (0 or 1) x 1
#define kOfxImageEffectPropSupportsMultiResolution "OfxImageEffectPropSupportsMultiResolution"      // int (0 or 1) x 1
#define kOfxImageEffectPropSupportsTiles "OfxImageEffectPropSupportsTiles"                          // int (0 or 1) x 1
#define kOfxImageEffectPropTemporalClipAccess "OfxImageEffectPropTemporalClipAccess"                // int (0 or 1) x 1
#define kOfxImageEffectPropSupportedPixelDepths "OfxImageEffectPropSupportedPixelDepths"            // string x N
#define kOfxImageEffectPropSupportedComponents "OfxImageEffectPropSupportedComponents"              // string x N
#define kOfxImageEffectPropNoSpatialAwareness "OfxImageEffectPropNoSpatialAwareness"  // string x 1, since 1.5.1
#define kOfxImageEffectPropBehaviourWhenUnlicensed "OfxImageEffectPropBehaviourWhenUnlicensed"  // string x 1

// Everything else, most of it arguments of actions.
#define kOfxImageEffectPropPluginHandle "OfxImageEffectPropPluginHandle"                        // pointer x 1
#define kOfxImageEffectPropSequentialRenderStatus "OfxImageEffectPropSequentialRenderStatus"    // int (0 or 1) x 1
#define kOfxImageEffectPropInteractiveRenderStatus "OfxImageEffectPropInteractiveRenderStatus"  // int (0 or 1) x 1
#define kOfxImageEffectPropContext "OfxImageEffectPropContext"                                  // string x 1
#define kOfxImageEffectPropPixelDepth "OfxImageEffectPropPixelDepth"                            // string x 1
#define kOfxImageEffectPropComponents "OfxImageEffectPropComponents"                            // string x 1
#define kOfxImageEffectPropPreMultiplication "OfxImageEffectPropPreMultiplication"              // string x 1
#define kOfxImageEffectPropFrameRate "OfxImageEffectPropFrameRate"                              // double x 1
#define kOfxImageEffectPropUnmappedFrameRate "OfxImageEffectPropUnmappedFrameRate"              // double x 1
#define kOfxImageEffectPropFrameStep "OfxImageEffectPropFrameStep"                              // double x 1
#define kOfxImageEffectPropFrameRange "OfxImageEffectPropFrameRange"                            // double x 2
#define kOfxImageEffectPropUnmappedFrameRange "OfxImageEffectPropUnmappedFrameRange"            // double x 2
#define kOfxImageEffectFrameVarying "OfxImageEffectFrameVarying"                                // int (0 or 1) x 1
#define kOfxImageEffectPropRenderScale "OfxImageEffectPropRenderScale"                          // double x 2
#define kOfxImageEffectPropRenderQualityDraft "OfxImageEffectPropRenderQualityDraft"            // int (0 or 1) x 1
#define kOfxImageEffectPropThumbnailRender "OfxImageEffectPropThumbnailRender"           // string x 1, since 1.5.1
#define kOfxImageEffectPropProjectExtent "OfxImageEffectPropProjectExtent"               // double x 2
#define kOfxImageEffectPropProjectSize "OfxImageEffectPropProjectSize"                   // double x 2
#define kOfxImageEffectPropProjectOffset "OfxImageEffectPropProjectOffset"               // double x 2
#define kOfxImageEffectPropProjectPixelAspectRatio "OfxImageEffectPropPixelAspectRatio"  // double x 1
#define kOfxImageEffectPropFieldToRender "OfxImageEffectPropFieldToRender"               // string x 1
#define kOfxImageEffectPropRegionOfDefinition "OfxImageEffectPropRegionOfDefinition"     // double x 4
#define kOfxImageEffectPropRegionOfInterest "OfxImageEffectPropRegionOfInterest"         // double x 4
#define kOfxImageEffectPropRenderWindow "OfxImageEffectPropRenderWindow"                 // int x 4

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_IMAGE_EFFECT_H_
