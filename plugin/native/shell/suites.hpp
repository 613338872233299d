// The host's suites and typed access to its property sets.
#pragma once

#include <openfx/openfx.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace trimatte::shell {

// Ends an action with ``status``.
struct Refusal : std::runtime_error {
    Refusal(OfxStatus code, const std::string& why) : std::runtime_error(why), status(code) {}
    OfxStatus status;
};

struct Suites {
    const OfxPropertySuiteV1* property = nullptr;
    const OfxImageEffectSuiteV1* effect = nullptr;
    const OfxParameterSuiteV1* parameter = nullptr;
    const OfxMessageSuiteV1* message = nullptr;  // may be null, like all that follow
    const OfxMessageSuiteV2* message_2 = nullptr;
    const OfxProgressSuiteV1* progress = nullptr;
    const OfxProgressSuiteV2* progress_2 = nullptr;
    const OfxTimeLineSuiteV1* time_line = nullptr;
    const OfxInteractSuiteV1* interact = nullptr;
    const OfxDrawSuiteV1* draw = nullptr;
    OfxPropertySetHandle host = nullptr;
};

void set_host(const OfxHost* host);
// Fetches the suites; may be called any number of times, also at once. Throws Refusal when one is missing.
void load_suites();
// The suites of the last load; throws Refusal before the first one.
const Suites& suites();

// A set of properties of the host; reading never fails, it falls back.
class Properties {
  public:
    explicit Properties(OfxPropertySetHandle handle) : handle_(handle) {}
    explicit operator bool() const { return handle_ != nullptr; }

    int get_int(const char* name, int fallback, int index = 0) const;
    double get_double(const char* name, double fallback, int index = 0) const;
    std::string get_string(const char* name, const char* fallback = "", int index = 0) const;
    void* get_pointer(const char* name) const;
    // Whether all of ``count`` values are there.
    bool get_ints(const char* name, int* values, int count) const;
    bool get_doubles(const char* name, double* values, int count) const;

    OfxStatus set(const char* name, int value, int index = 0) const;
    OfxStatus set(const char* name, double value, int index = 0) const;
    OfxStatus set(const char* name, const char* value, int index = 0) const;
    OfxStatus set_pointer(const char* name, void* value) const;
    void set_all(const char* name, std::initializer_list<const char*> values) const;

  private:
    OfxPropertySetHandle handle_;
};

inline Properties host_properties() { return Properties(suites().host); }

}  // namespace trimatte::shell
