#include "effect_instance.hpp"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "trace.hpp"

namespace trimatte::shell {

namespace {

uint64_t new_number() {
    static std::atomic<uint64_t> count{0};
    uint64_t number = 0;
    if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number)) {
        number = static_cast<uint64_t>(getpid()) << 32 ^ static_cast<uint64_t>(time(nullptr));
    }
    return number + ++count;
}

Properties properties_of(OfxImageEffectHandle effect) {
    OfxPropertySetHandle handle = nullptr;
    if (effect == nullptr || suites().effect->getPropertySet(effect, &handle) != kOfxStatOK || handle == nullptr) {
        throw Refusal(kOfxStatErrBadHandle, "the host gave no effect");
    }
    return Properties(handle);
}

// Hosts pass the text on as a format: no percent sign may survive alone.
std::string as_format(const std::string& text) {
    std::string format;
    for (const char character : text) {
        format += character == '\n' ? ' ' : character;
        if (character == '%') format += '%';
    }
    return format;
}

}  // namespace

EffectInstance::EffectInstance(OfxImageEffectHandle effect) : effect_(effect), number_(new_number()) {
    const Suites& host = suites();
    if (host.effect->getParamSet(effect, &parameters_) != kOfxStatOK) throw Refusal(kOfxStatFailed, "no parameters");
    host.effect->clipGetHandle(effect, kOfxImageEffectSimpleSourceClipName, &source_, &source_properties_);
    host.effect->clipGetHandle(effect, kOfxImageEffectOutputClipName, &output_, &output_properties_);
    if (host.effect->clipGetHandle(effect, kTrimapClipName, &trimap_, nullptr) != kOfxStatOK) trimap_ = nullptr;
    if (!output_) throw Refusal(kOfxStatFailed, "the host has no clip Output");
}

void EffectInstance::create(OfxImageEffectHandle effect) {
    const Properties properties = properties_of(effect);
    auto* instance = new EffectInstance(effect);
    if (properties.set_pointer(kOfxPropInstanceData, instance) == kOfxStatOK) return;
    delete instance;
    throw Refusal(kOfxStatFailed, "the host keeps no instance data");
}

EffectInstance& EffectInstance::of(OfxImageEffectHandle effect) {
    void* data = properties_of(effect).get_pointer(kOfxPropInstanceData);
    if (data == nullptr) throw Refusal(kOfxStatErrBadHandle, "an action came before CreateInstance");
    return *static_cast<EffectInstance*>(data);
}

void EffectInstance::destroy(OfxImageEffectHandle effect) {
    EffectInstance* instance = &of(effect);
    properties_of(effect).set_pointer(kOfxPropInstanceData, nullptr);
    delete instance;
}

Properties EffectInstance::properties() const { return properties_of(effect_); }

void EffectInstance::show_message(const char* kind, const std::string& text) {
    trace("message %s", text.c_str());
    const std::lock_guard lock(mutex_);
    if (message_ == text) return;
    message_ = text;
    const Suites& host = suites();
    const std::string format = as_format(text);
    if (host.message_2 && host.message_2->setPersistentMessage) {
        host.message_2->setPersistentMessage(effect_, kind, "", format.c_str());
    } else if (host.message && host.message->message) {
        host.message->message(effect_, kind, "", format.c_str());
    }
}

void EffectInstance::clear_message() {
    const std::lock_guard lock(mutex_);
    if (message_.empty()) return;
    message_.clear();
    const Suites& host = suites();
    if (host.message_2 && host.message_2->clearPersistentMessage) host.message_2->clearPersistentMessage(effect_);
}

void EffectInstance::tell(const std::string& text) {
    const Suites& host = suites();
    const std::string format = as_format(text);
    if (host.message && host.message->message && !text.empty()) {
        host.message->message(effect_, kOfxMessageWarning, "", format.c_str());  // MLT hides anything less
    }
}

bool EffectInstance::take_choice(const std::string& name, int value) {
    const std::lock_guard lock(mutex_);
    int& known = choices_[name];
    return std::exchange(known, value) != value && value != 0;
}

bool EffectInstance::begin_tracking() {
    if (tracking_.exchange(true)) return false;
    tracking_cancelled_ = false;
    return true;
}

std::string EffectInstance::begin_painted(const std::string& text) {
    const std::lock_guard lock(mutex_);
    painted_ = text;
    return settled_painted_.value_or(text);
}

void EffectInstance::settle_painted() {
    const std::lock_guard lock(mutex_);
    settled_painted_ = painted_;
}

void EffectInstance::set_status(const std::string& text) {
    const std::lock_guard lock(mutex_);
    status_ = text;
}

std::string EffectInstance::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace trimatte::shell
