// Parameter suite: what the user sets, and the only state of an effect that a host saves.
#ifndef OPENFX_OFX_PARAM_H_
#define OPENFX_OFX_PARAM_H_

#include "ofx_core.h"
#include "ofx_property.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxParameterSuite "OfxParameterSuite"

// Handles of one parameter, and of all parameters of an effect.
typedef struct OfxParamStruct* OfxParamHandle;
typedef struct OfxParamSetStruct* OfxParamSetHandle;

// Value of a Bytes parameter; owned by whoever made it.
typedef struct OfxBytes {
    const unsigned char* data;
    size_t length;
} OfxBytes;

// Interpolates a Custom parameter between two of its animation keys.
typedef OfxStatus OfxCustomParamInterpFuncV1(OfxParamSetHandle instance, OfxPropertySetHandle inArgs,
                                             OfxPropertySetHandle outArgs);

// Variadic arguments are values when setting and pointers to values when getting.
typedef struct OfxParameterSuiteV1 {
    OfxStatus (*paramDefine)(OfxParamSetHandle paramSet, const char* paramType, const char* name,
                             OfxPropertySetHandle* propertySet);
    OfxStatus (*paramGetHandle)(OfxParamSetHandle paramSet, const char* name, OfxParamHandle* param,
                                OfxPropertySetHandle* propertySet);
    OfxStatus (*paramSetGetPropertySet)(OfxParamSetHandle paramSet, OfxPropertySetHandle* propHandle);
    OfxStatus (*paramGetPropertySet)(OfxParamHandle param, OfxPropertySetHandle* propHandle);
    OfxStatus (*paramGetValue)(OfxParamHandle paramHandle, ...);
    OfxStatus (*paramGetValueAtTime)(OfxParamHandle paramHandle, OfxTime time, ...);
    OfxStatus (*paramGetDerivative)(OfxParamHandle paramHandle, OfxTime time, ...);
    OfxStatus (*paramGetIntegral)(OfxParamHandle paramHandle, OfxTime time1, OfxTime time2, ...);
    OfxStatus (*paramSetValue)(OfxParamHandle paramHandle, ...);
    OfxStatus (*paramSetValueAtTime)(OfxParamHandle paramHandle, OfxTime time, ...);
    OfxStatus (*paramGetNumKeys)(OfxParamHandle paramHandle, unsigned int* numberOfKeys);
    OfxStatus (*paramGetKeyTime)(OfxParamHandle paramHandle, unsigned int nthKey, OfxTime* time);
    OfxStatus (*paramGetKeyIndex)(OfxParamHandle paramHandle, OfxTime time, int direction, int* index);
    OfxStatus (*paramDeleteKey)(OfxParamHandle paramHandle, OfxTime time);
    OfxStatus (*paramDeleteAllKeys)(OfxParamHandle paramHandle);
    OfxStatus (*paramCopy)(OfxParamHandle paramTo, OfxParamHandle paramFrom, OfxTime dstOffset,
                           const OfxRangeD* frameRange);
    OfxStatus (*paramEditBegin)(OfxParamSetHandle paramSet, const char* name);
    OfxStatus (*paramEditEnd)(OfxParamSetHandle paramSet);
} OfxParameterSuiteV1;

// Values of kOfxPropType.
#define kOfxTypeParameter "OfxTypeParameter"
#define kOfxTypeParameterInstance "OfxTypeParameterInstance"

// Parameter types.
#define kOfxParamTypeInteger "OfxParamTypeInteger"
#define kOfxParamTypeDouble "OfxParamTypeDouble"
#define kOfxParamTypeBoolean "OfxParamTypeBoolean"
#define kOfxParamTypeChoice "OfxParamTypeChoice"
#define kOfxParamTypeStrChoice "OfxParamTypeStrChoice"
#define kOfxParamTypeRGBA "OfxParamTypeRGBA"
#define kOfxParamTypeRGB "OfxParamTypeRGB"
#define kOfxParamTypeDouble2D "OfxParamTypeDouble2D"
#define kOfxParamTypeInteger2D "OfxParamTypeInteger2D"
#define kOfxParamTypeDouble3D "OfxParamTypeDouble3D"
#define kOfxParamTypeInteger3D "OfxParamTypeInteger3D"
#define kOfxParamTypeString "OfxParamTypeString"
#define kOfxParamTypeCustom "OfxParamTypeCustom"
#define kOfxParamTypeBytes "OfxParamTypeBytes"
#define kOfxParamTypeGroup "OfxParamTypeGroup"
#define kOfxParamTypePage "OfxParamTypePage"
#define kOfxParamTypePushButton "OfxParamTypePushButton"

// What the host can do with parameters.
#define kOfxParamHostPropSupportsCustomAnimation "OfxParamHostPropSupportsCustomAnimation"    // int (0 or 1) x 1
#define kOfxParamHostPropSupportsStringAnimation "OfxParamHostPropSupportsStringAnimation"    // int (0 or 1) x 1
#define kOfxParamHostPropSupportsBooleanAnimation "OfxParamHostPropSupportsBooleanAnimation"  // int (0 or 1) x 1
#define kOfxParamHostPropSupportsChoiceAnimation "OfxParamHostPropSupportsChoiceAnimation"    // int (0 or 1) x 1
#define kOfxParamHostPropSupportsCustomInteract "OfxParamHostPropSupportsCustomInteract"      // int (0 or 1) x 1
#define kOfxParamHostPropMaxParameters "OfxParamHostPropMaxParameters"                        // int x 1
#define kOfxParamHostPropMaxPages "OfxParamHostPropMaxPages"                                  // int x 1
#define kOfxParamHostPropPageRowColumnCount "OfxParamHostPropPageRowColumnCount"              // int x 2
#define kOfxParamHostPropSupportsStrChoiceAnimation \
    "OfxParamHostPropSupportsStrChoiceAnimation"                                // int (0 or 1) x 1, since 1.5
#define kOfxParamHostPropSupportsStrChoice "OfxParamHostPropSupportsStrChoice"  // int (0 or 1) x 1, since 1.5

// Meaning of a Double parameter.
#define kOfxParamDoubleTypePlain "OfxParamDoubleTypePlain"
#define kOfxParamDoubleTypeScale "OfxParamDoubleTypeScale"
#define kOfxParamDoubleTypeAngle "OfxParamDoubleTypeAngle"
#define kOfxParamDoubleTypeTime "OfxParamDoubleTypeTime"
#define kOfxParamDoubleTypeAbsoluteTime "OfxParamDoubleTypeAbsoluteTime"
#define kOfxParamDoubleTypeX "OfxParamDoubleTypeX"
#define kOfxParamDoubleTypeY "OfxParamDoubleTypeY"
#define kOfxParamDoubleTypeXAbsolute "OfxParamDoubleTypeXAbsolute"
#define kOfxParamDoubleTypeYAbsolute "OfxParamDoubleTypeYAbsolute"
#define kOfxParamDoubleTypeXY "OfxParamDoubleTypeXY"
#define kOfxParamDoubleTypeXYAbsolute "OfxParamDoubleTypeXYAbsolute"

// Coordinate systems of a spatial default.
#define kOfxParamCoordinatesCanonical "OfxParamCoordinatesCanonical"
#define kOfxParamCoordinatesNormalised "OfxParamCoordinatesNormalised"

// How far a new value reaches in time.
#define kOfxParamInvalidateValueChange "OfxParamInvalidateValueChange"
#define kOfxParamInvalidateValueChangeToEnd "OfxParamInvalidateValueChangeToEnd"
#define kOfxParamInvalidateAll "OfxParamInvalidateAll"

// Interpolation between animation keys.
#define kOfxParamInterpTypeConstantStep "OfxParamInterpTypeConstantStep"
#define kOfxParamInterpTypeLinear "OfxParamInterpTypeLinear"
#define kOfxParamInterpTypeSmooth "OfxParamInterpTypeSmooth"
#define kOfxParamInterpType "OfxParamInterpType"  // string x 1

// Use of a String parameter.
#define kOfxParamStringIsSingleLine "OfxParamStringIsSingleLine"
#define kOfxParamStringIsMultiLine "OfxParamStringIsMultiLine"
#define kOfxParamStringIsFilePath "OfxParamStringIsFilePath"
#define kOfxParamStringIsDirectoryPath "OfxParamStringIsDirectoryPath"
#define kOfxParamStringIsLabel "OfxParamStringIsLabel"
#define kOfxParamStringIsRichTextFormat "OfxParamStringIsRichTextFormat"

// Empty cells of a page.
#define kOfxParamPageSkipRow "OfxParamPageSkipRow"
#define kOfxParamPageSkipColumn "OfxParamPageSkipColumn"

// Custom interface of one parameter.
#define kOfxParamPropInteractV1 "OfxParamPropInteractV1"                      // pointer x 1
#define kOfxParamPropInteractSize "OfxParamPropInteractSize"                  // double x 2
#define kOfxParamPropInteractSizeAspect "OfxParamPropInteractSizeAspect"      // double x 1
#define kOfxParamPropInteractMinimumSize "OfxParamPropInteractMinimumSize"    // double x 2
#define kOfxParamPropInteractPreferedSize "OfxParamPropInteractPreferedSize"  // int x 2

// Custom parameters and their interpolation.
#define kOfxParamPropCustomInterpCallbackV1 "OfxParamPropCustomCallbackV1"  // pointer x 1
#define kOfxParamPropCustomValue "OfxParamPropCustomValue"                  // string x 2 in inArgs, 1 in outArgs
#define kOfxParamPropInterpolationTime "OfxParamPropInterpolationTime"      // double x 2
#define kOfxParamPropInterpolationAmount "OfxParamPropInterpolationAmount"  // double x 1

// Numbers.
#define kOfxParamPropDoubleType "OfxParamPropDoubleType"                            // string x 1
#define kOfxParamPropDefaultCoordinateSystem "OfxParamPropDefaultCoordinateSystem"  // string x 1
#define kOfxParamPropShowTimeMarker "OfxParamPropShowTimeMarker"                    // int (0 or 1) x 1
#define kOfxParamPropMin "OfxParamPropMin"                                          // int/double x N
#define kOfxParamPropMax "OfxParamPropMax"                                          // int/double x N
#define kOfxParamPropDisplayMin "OfxParamPropDisplayMin"                            // int/double x N
#define kOfxParamPropDisplayMax "OfxParamPropDisplayMax"                            // int/double x N
#define kOfxParamPropIncrement "OfxParamPropIncrement"                              // double x 1
#define kOfxParamPropDigits "OfxParamPropDigits"                                    // int x 1
#define kOfxParamPropDimensionLabel "OfxParamPropDimensionLabel"                    // string x 1
#define kOfxParamPropIsAutoKeying "OfxParamPropIsAutoKeying"                        // int (0 or 1) x 1

// Choices, strings, groups and pages.
#define kOfxPluginPropParamPageOrder "OfxPluginPropParamPageOrder"            // string x N
#define kOfxParamPropPageChild "OfxParamPropPageChild"                        // string x N
#define kOfxParamPropParent "OfxParamPropParent"                              // string x 1
#define kOfxParamPropGroupOpen "OfxParamPropGroupOpen"                        // int (0 or 1) x 1
#define kOfxParamPropChoiceOption "OfxParamPropChoiceOption"                  // string x N
#define kOfxParamPropChoiceOrder "OfxParamPropChoiceOrder"                    // int x N, since 1.5
#define kOfxParamPropChoiceEnum "OfxParamPropChoiceEnum"                      // string x N, since 1.5
#define kOfxParamPropStringMode "OfxParamPropStringMode"                      // string x 1
#define kOfxParamPropStringFilePathExists "OfxParamPropStringFilePathExists"  // int (0 or 1) x 1

// Every parameter.
#define kOfxParamPropType "OfxParamPropType"                                   // string x 1
#define kOfxParamPropAnimates "OfxParamPropAnimates"                           // int (0 or 1) x 1
#define kOfxParamPropCanUndo "OfxParamPropCanUndo"                             // int (0 or 1) x 1
#define kOfxPropParamSetNeedsSyncing "OfxPropParamSetNeedsSyncing"             // int (0 or 1) x 1
#define kOfxParamPropIsAnimating "OfxParamPropIsAnimating"                     // int (0 or 1) x 1
#define kOfxParamPropPluginMayWrite "OfxParamPropPluginMayWrite"               // int (0 or 1) x 1
#define kOfxParamPropPersistant "OfxParamPropPersistant"                       // int (0 or 1) x 1
#define kOfxParamPropEvaluateOnChange "OfxParamPropEvaluateOnChange"           // int (0 or 1) x 1
#define kOfxParamPropSecret "OfxParamPropSecret"                               // int (0 or 1) x 1
#define kOfxParamPropScriptName "OfxParamPropScriptName"                       // string x 1
#define kOfxParamPropCacheInvalidation "OfxParamPropCacheInvalidation"         // string x 1
#define kOfxParamPropHint "OfxParamPropHint"                                   // string x 1
#define kOfxParamPropDefault "OfxParamPropDefault"                             // int/double/string/pointer x N
#define kOfxParamPropHasHostOverlayHandle "OfxParamPropHasHostOverlayHandle"   // int (0 or 1) x 1
#define kOfxParamPropUseHostOverlayHandle "kOfxParamPropUseHostOverlayHandle"  // int (0 or 1) x 1
#define kOfxParamPropEnabled "OfxParamPropEnabled"                             // int (0 or 1) x 1
#define kOfxParamPropDataPtr "OfxParamPropDataPtr"                             // pointer x 1

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_PARAM_H_
