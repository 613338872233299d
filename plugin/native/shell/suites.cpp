#include "suites.hpp"

#include <atomic>

namespace trimatte::shell {

namespace {

std::atomic<const OfxHost*> current_host{nullptr};
std::atomic<const Suites*> current_suites{nullptr};

template <typename Suite>
const Suite* fetch(const OfxHost& host, const char* name, int version) {
    return static_cast<const Suite*>(host.fetchSuite(host.host, name, version));
}

bool equal(const Suites& a, const Suites& b) {
    return a.property == b.property && a.effect == b.effect && a.parameter == b.parameter && a.message == b.message &&
           a.message_2 == b.message_2 && a.progress == b.progress && a.progress_2 == b.progress_2 &&
           a.time_line == b.time_line && a.interact == b.interact && a.draw == b.draw && a.host == b.host;
}

}  // namespace

void set_host(const OfxHost* host) { current_host = host; }

void load_suites() {
    const OfxHost* host = current_host;
    if (host == nullptr || host->fetchSuite == nullptr) throw Refusal(kOfxStatErrMissingHostFeature, "no host was set");
    Suites loaded;
    loaded.property = fetch<OfxPropertySuiteV1>(*host, kOfxPropertySuite, 1);
    loaded.effect = fetch<OfxImageEffectSuiteV1>(*host, kOfxImageEffectSuite, 1);
    loaded.parameter = fetch<OfxParameterSuiteV1>(*host, kOfxParameterSuite, 1);
    loaded.message = fetch<OfxMessageSuiteV1>(*host, kOfxMessageSuite, 1);
    loaded.message_2 = fetch<OfxMessageSuiteV2>(*host, kOfxMessageSuite, 2);
    loaded.progress = fetch<OfxProgressSuiteV1>(*host, kOfxProgressSuite, 1);
    loaded.time_line = fetch<OfxTimeLineSuiteV1>(*host, kOfxTimeLineSuite, 1);
    loaded.interact = fetch<OfxInteractSuiteV1>(*host, kOfxInteractSuite, 1);
    loaded.draw = fetch<OfxDrawSuiteV1>(*host, kOfxDrawSuite, 1);
    loaded.progress_2 = fetch<OfxProgressSuiteV2>(*host, kOfxProgressSuite, 2);
    loaded.host = host->host;
    if (!loaded.property || !loaded.effect || !loaded.parameter) {
        throw Refusal(kOfxStatErrMissingHostFeature, "the host lacks the property, image effect or parameter suite");
    }
    const Suites* known = current_suites;
    // Kept for ever, because a render of another thread may still read the older one; hosts hand out one table.
    if (known == nullptr || !equal(*known, loaded)) current_suites = new Suites(loaded);
}

const Suites& suites() {
    const Suites* loaded = current_suites;
    if (loaded == nullptr) throw Refusal(kOfxStatErrMissingHostFeature, "an action came before Load");
    return *loaded;
}

int Properties::get_int(const char* name, int fallback, int index) const {
    int value = fallback;
    if (!handle_ || suites().property->propGetInt(handle_, name, index, &value) != kOfxStatOK) return fallback;
    return value;
}

double Properties::get_double(const char* name, double fallback, int index) const {
    double value = fallback;
    if (!handle_ || suites().property->propGetDouble(handle_, name, index, &value) != kOfxStatOK) return fallback;
    return value;
}

std::string Properties::get_string(const char* name, const char* fallback, int index) const {
    char* value = nullptr;
    if (!handle_ || suites().property->propGetString(handle_, name, index, &value) != kOfxStatOK || !value)
        return fallback;
    return value;
}

void* Properties::get_pointer(const char* name) const {
    void* value = nullptr;
    if (!handle_ || suites().property->propGetPointer(handle_, name, 0, &value) != kOfxStatOK) return nullptr;
    return value;
}

bool Properties::get_ints(const char* name, int* values, int count) const {
    for (int i = 0; i < count; ++i) {
        if (!handle_ || suites().property->propGetInt(handle_, name, i, &values[i]) != kOfxStatOK) return false;
    }
    return true;
}

bool Properties::get_doubles(const char* name, double* values, int count) const {
    for (int i = 0; i < count; ++i) {
        if (!handle_ || suites().property->propGetDouble(handle_, name, i, &values[i]) != kOfxStatOK) return false;
    }
    return true;
}

OfxStatus Properties::set(const char* name, int value, int index) const {
    return suites().property->propSetInt(handle_, name, index, value);
}

OfxStatus Properties::set(const char* name, double value, int index) const {
    return suites().property->propSetDouble(handle_, name, index, value);
}

OfxStatus Properties::set(const char* name, const char* value, int index) const {
    return suites().property->propSetString(handle_, name, index, value);
}

OfxStatus Properties::set_pointer(const char* name, void* value) const {
    return suites().property->propSetPointer(handle_, name, 0, value);
}

void Properties::set_all(const char* name, std::initializer_list<const char*> values) const {
    int index = 0;
    for (const char* value : values) set(name, value, index++);
}

}  // namespace trimatte::shell
