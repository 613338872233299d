// Message suite: words for the user.
#ifndef OPENFX_OFX_MESSAGE_H_
#define OPENFX_OFX_MESSAGE_H_

#include "ofx_core.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxMessageSuite "OfxMessageSuite"

// Kinds of message.
#define kOfxMessageFatal "OfxMessageFatal"
#define kOfxMessageError "OfxMessageError"
#define kOfxMessageWarning "OfxMessageWarning"
#define kOfxMessageMessage "OfxMessageMessage"
#define kOfxMessageLog "OfxMessageLog"
#define kOfxMessageQuestion "OfxMessageQuestion"

// Formats are printf's; a question answers kOfxStatReplyYes or kOfxStatReplyNo.
typedef struct OfxMessageSuiteV1 {
    OfxStatus (*message)(void* handle, const char* messageType, const char* messageId, const char* format, ...);
} OfxMessageSuiteV1;

// Adds a message that stays until it is cleared.
typedef struct OfxMessageSuiteV2 {
    OfxStatus (*message)(void* handle, const char* messageType, const char* messageId, const char* format, ...);
    OfxStatus (*setPersistentMessage)(void* handle, const char* messageType, const char* messageId, const char* format,
                                      ...);
    OfxStatus (*clearPersistentMessage)(void* handle);
} OfxMessageSuiteV2;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_MESSAGE_H_
