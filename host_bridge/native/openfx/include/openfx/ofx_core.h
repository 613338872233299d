// OpenFX core: what every plug-in and every host shares, whatever the API above it.
#ifndef OPENFX_OFX_CORE_H_
#define OPENFX_OFX_CORE_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Marks the entry points, which are the only symbols a plug-in shows.
#if defined(_WIN32)
#define OfxExport __declspec(dllexport)
#else
#define OfxExport __attribute__((visibility("default")))
#endif

// Answer of every action and every suite function; 0 is success.
typedef int OfxStatus;
// Statuses.
#define kOfxStatOK 0
#define kOfxStatFailed 1
#define kOfxStatErrFatal 2
#define kOfxStatErrUnknown 3
#define kOfxStatErrMissingHostFeature 4
#define kOfxStatErrUnsupported 5
#define kOfxStatErrExists 6
#define kOfxStatErrFormat 7
#define kOfxStatErrMemory 8
#define kOfxStatErrBadHandle 9
#define kOfxStatErrBadIndex 10
#define kOfxStatErrValue 11
#define kOfxStatReplyYes 12
#define kOfxStatReplyNo 13
#define kOfxStatReplyDefault 14
#define kOfxStatUnlicensed 15

// Frames, counted in the time of the effect; may lie between two frames.
typedef double OfxTime;

// The handle by which both sides name a set of properties.
typedef struct OfxPropertySetStruct* OfxPropertySetHandle;

// What a host gives a plug-in: its properties, and the way to its suites (NULL for a suite it lacks).
typedef struct OfxHost {
    OfxPropertySetHandle host;
    const void* (*fetchSuite)(OfxPropertySetHandle host, const char* suiteName, int suiteVersion);
} OfxHost;

// The one door of a plug-in: every action comes through it.
typedef OfxStatus OfxPluginEntryPoint(const char* action, const void* handle, OfxPropertySetHandle inArgs,
                                      OfxPropertySetHandle outArgs);

// What a plug-in binary hands out for each effect in it; valid until the effect is unloaded.
typedef struct OfxPlugin {
    const char* pluginApi;
    int apiVersion;
    const char* pluginIdentifier;
    unsigned int pluginVersionMajor;
    unsigned int pluginVersionMinor;
    void (*setHost)(OfxHost* host);
    OfxPluginEntryPoint* mainEntry;
} OfxPlugin;

// Entry points that a binary exports; OfxSetHost is optional.
OfxExport int OfxGetNumberOfPlugins(void);
OfxExport OfxPlugin* OfxGetPlugin(int nth);
OfxExport OfxStatus OfxSetHost(const OfxHost* host);

// Actions of every API.
#define kOfxActionLoad "OfxActionLoad"
#define kOfxActionDescribe "OfxActionDescribe"
#define kOfxActionUnload "OfxActionUnload"
#define kOfxActionPurgeCaches "OfxActionPurgeCaches"
#define kOfxActionSyncPrivateData "OfxActionSyncPrivateData"
#define kOfxActionCreateInstance "OfxActionCreateInstance"
#define kOfxActionDestroyInstance "OfxActionDestroyInstance"
#define kOfxActionInstanceChanged "OfxActionInstanceChanged"
#define kOfxActionBeginInstanceChanged "OfxActionBeginInstanceChanged"
#define kOfxActionEndInstanceChanged "OfxActionEndInstanceChanged"
#define kOfxActionBeginInstanceEdit "OfxActionBeginInstanceEdit"
#define kOfxActionEndInstanceEdit "OfxActionEndInstanceEdit"

// Values of kOfxPropChangeReason.
#define kOfxChangeUserEdited "OfxChangeUserEdited"
#define kOfxChangePluginEdited "OfxChangePluginEdited"
#define kOfxChangeTime "OfxChangeTime"

// Depths of a pixel component: 0..255, 0..65535, and 0..1 unclipped for half and float.
#define kOfxBitDepthNone "OfxBitDepthNone"
#define kOfxBitDepthByte "OfxBitDepthByte"
#define kOfxBitDepthShort "OfxBitDepthShort"
#define kOfxBitDepthHalf "OfxBitDepthHalf"
#define kOfxBitDepthFloat "OfxBitDepthFloat"

// Stand for "no limit" in integer ranges and regions.
#define kOfxFlagInfiniteMax 2147483647
#define kOfxFlagInfiniteMin ((int)-2147483648)

// Properties of every API.
#define kOfxPropAPIVersion "OfxPropAPIVersion"                // int x N
#define kOfxPropTime "OfxPropTime"                            // double x 1
#define kOfxPropIsInteractive "OfxPropIsInteractive"          // int (0 or 1) x 1
#define kOfxPluginPropFilePath "OfxPluginPropFilePath"        // string x 1
#define kOfxPropInstanceData "OfxPropInstanceData"            // pointer x 1
#define kOfxPropType "OfxPropType"                            // string x 1
#define kOfxPropName "OfxPropName"                            // string x 1
#define kOfxPropVersion "OfxPropVersion"                      // int x N
#define kOfxPropVersionLabel "OfxPropVersionLabel"            // string x 1
#define kOfxPropPluginDescription "OfxPropPluginDescription"  // string x 1
#define kOfxPropLabel "OfxPropLabel"                          // string x 1
#define kOfxPropIcon "OfxPropIcon"                            // string x 2
#define kOfxPropShortLabel "OfxPropShortLabel"                // string x 1
#define kOfxPropLongLabel "OfxPropLongLabel"                  // string x 1
#define kOfxPropChangeReason "OfxPropChangeReason"            // string x 1
#define kOfxPropEffectInstance "OfxPropEffectInstance"        // pointer x 1
#define kOfxPropHostOSHandle "OfxPropHostOSHandle"            // pointer x 1

// Interval of integers.
typedef struct OfxRangeI {
    int min;
    int max;
} OfxRangeI;

// Interval of reals.
typedef struct OfxRangeD {
    double min;
    double max;
} OfxRangeD;

// Point in pixels.
typedef struct OfxPointI {
    int x;
    int y;
} OfxPointI;

// Point in canonical coordinates.
typedef struct OfxPointD {
    double x;
    double y;
} OfxPointD;

// Rectangle in pixels; x2 and y2 lie outside.
typedef struct OfxRectI {
    int x1;
    int y1;
    int x2;
    int y2;
} OfxRectI;

// Rectangle in canonical coordinates.
typedef struct OfxRectD {
    double x1;
    double y1;
    double x2;
    double y2;
} OfxRectD;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_CORE_H_
