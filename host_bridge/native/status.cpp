// Statuses of the API as words, and the one function that checks what an action answered.
#include "status.hpp"

#include <openfx/ofx_gpu_render.h>
#include <openfx/ofx_image_effect.h>

#include <utility>

namespace trimatte::host {

ActionRefused::ActionRefused(std::string action, OfxStatus status, std::string message)
    : std::runtime_error(action + " answered " + status_name(status) + (message.empty() ? "" : ": " + message)),
      action_(std::move(action)),
      status_(status),
      message_(std::move(message)) {}

std::string status_name(OfxStatus status) {
    static const std::pair<OfxStatus, const char*> kNames[] = {
        {kOfxStatOK, "kOfxStatOK"},
        {kOfxStatFailed, "kOfxStatFailed"},
        {kOfxStatErrFatal, "kOfxStatErrFatal"},
        {kOfxStatErrUnknown, "kOfxStatErrUnknown"},
        {kOfxStatErrMissingHostFeature, "kOfxStatErrMissingHostFeature"},
        {kOfxStatErrUnsupported, "kOfxStatErrUnsupported"},
        {kOfxStatErrExists, "kOfxStatErrExists"},
        {kOfxStatErrFormat, "kOfxStatErrFormat"},
        {kOfxStatErrMemory, "kOfxStatErrMemory"},
        {kOfxStatErrBadHandle, "kOfxStatErrBadHandle"},
        {kOfxStatErrBadIndex, "kOfxStatErrBadIndex"},
        {kOfxStatErrValue, "kOfxStatErrValue"},
        {kOfxStatReplyYes, "kOfxStatReplyYes"},
        {kOfxStatReplyNo, "kOfxStatReplyNo"},
        {kOfxStatReplyDefault, "kOfxStatReplyDefault"},
        {kOfxStatUnlicensed, "kOfxStatUnlicensed"},
        {kOfxStatErrImageFormat, "kOfxStatErrImageFormat"},
        {kOfxStatGPUOutOfMemory, "kOfxStatGPUOutOfMemory"},
        {kOfxStatGPURenderFailed, "kOfxStatGPURenderFailed"},
    };
    for (const auto& [code, name] : kNames) {
        if (code == status) {
            return name;
        }
    }
    return "status " + std::to_string(status);
}

bool check_action(const char* action, OfxStatus status, Reply reply, const std::string& message) {
    if (status == kOfxStatOK) {
        return true;
    }
    if (status == kOfxStatReplyDefault && reply == Reply::kMayDefault) {
        return false;
    }
    throw ActionRefused(action, status, message);
}

}  // namespace trimatte::host
