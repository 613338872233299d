// Message suite, both versions.
#include <openfx/ofx_message.h>

#include <cstdarg>
#include <cstdio>

#include "effect.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::string formatted(const char* format, va_list arguments) {
    if (!format) {
        return "";
    }
    va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, arguments);
    std::string text(length > 0 ? length : 0, '\0');
    std::vsnprintf(text.data(), text.size() + 1, format, again);
    va_end(again);
    return text;
}

std::string words(const char* text) { return text ? text : ""; }

// A message without an effect, during Load for example, has nobody to go to and is accepted.
OfxStatus post(void* handle, const Message& message) {
    auto effect = HandleTable<Effect>::global().find(handle);
    if (handle && !effect) {
        return kOfxStatErrBadHandle;
    }
    const std::optional<bool> answer = effect ? effect->post(message) : std::nullopt;
    if (message.type != kOfxMessageQuestion) {
        return kOfxStatOK;
    }
    return answer.value_or(false) ? kOfxStatReplyYes : kOfxStatReplyNo;  // never yes on the user's behalf
}

OfxStatus message(void* handle, const char* type, const char* id, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const OfxStatus status =
        guarded([&] { return post(handle, {words(type), words(id), formatted(format, arguments), false}); });
    va_end(arguments);
    return status;
}

OfxStatus set_persistent(void* handle, const char* type, const char* id, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const OfxStatus status =
        guarded([&] { return post(handle, {words(type), words(id), formatted(format, arguments), true}); });
    va_end(arguments);
    return status;
}

OfxStatus clear_persistent(void* handle) {
    return guarded([&] {
        auto effect = HandleTable<Effect>::global().find(handle);
        if (effect) {
            effect->clear_persistent_message();
        }
        return effect ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

}  // namespace

const void* message_suite(int version) {
    static const OfxMessageSuiteV1 first = {.message = message};
    static const OfxMessageSuiteV2 second = {
        .message = message, .setPersistentMessage = set_persistent, .clearPersistentMessage = clear_persistent};
    if (version == 2) {
        return &second;
    }
    return version == 1 ? &first : nullptr;
}

// Resolve 14 announces version 2 and leaves these functions out.
const void* message_suite_without_persistence() {
    static const OfxMessageSuiteV2 suite = {
        .message = message, .setPersistentMessage = nullptr, .clearPersistentMessage = nullptr};
    return &suite;
}

}  // namespace trimatte::host
