// Statuses of the API as words, and the one function that checks what an action answered.
#pragma once

#include <openfx/ofx_core.h>

#include <exception>
#include <stdexcept>
#include <string>

namespace trimatte::host {

// Something the host itself cannot do; becomes HostError in Python.
class HostFailure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// A frame that was thrown away because somebody asked for it; becomes RenderAbortedError in Python.
class RenderAborted : public HostFailure {
  public:
    using HostFailure::HostFailure;
};

// An effect answered an action with a status that means no; becomes PluginRefusedError in Python.
class ActionRefused : public std::runtime_error {
  public:
    ActionRefused(std::string action, OfxStatus status, std::string message);

    const std::string& action() const { return action_; }
    OfxStatus status() const { return status_; }
    const std::string& message() const { return message_; }

  private:
    std::string action_;
    OfxStatus status_;
    std::string message_;
};

// "kOfxStatFailed" for 1; a number nobody knows comes back as "status 999".
std::string status_name(OfxStatus status);

enum class Reply { kMandatory, kMayDefault };

// True for OK, false for ReplyDefault where that is allowed; throws ActionRefused with `message` for all else.
bool check_action(const char* action, OfxStatus status, Reply reply, const std::string& message);

}  // namespace trimatte::host
