// Property suite.
#include <openfx/ofx_property.h>

#include "property_set.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<PropertySet> find(OfxPropertySetHandle handle) {
    return HandleTable<PropertySet>::global().find(handle);
}

// How a C value becomes ours; a null string is an empty one.
template <class T, class C>
Value to_value(C value) {
    return Value(T(value));
}
template <>
Value to_value<std::string, const char*>(const char* value) {
    return Value(std::string(value ? value : ""));
}

// And back; strings are lent, not copied.
template <class C, class T>
C from_value(const T& value) {
    return value;
}
template <>
char* from_value<char*, std::string>(const std::string& value) {
    return const_cast<char*>(value.c_str());
}

template <class T, class C>
OfxStatus set_one(OfxPropertySetHandle handle, const char* name, int index, C value) noexcept {
    return guarded([&] {
        auto set = find(handle);
        return set ? set->plugin_set(name, index, to_value<T, C>(value)) : kOfxStatErrBadHandle;
    });
}

template <class T, class C>
OfxStatus set_many(OfxPropertySetHandle handle, const char* name, int count, const C* values) noexcept {
    return guarded([&] {
        auto set = find(handle);
        if (!set) {
            return kOfxStatErrBadHandle;
        }
        if (!values && count > 0) {
            return kOfxStatErrValue;
        }
        OfxStatus status = set->plugin_set_count(name, count);
        for (int i = 0; i < count && status == kOfxStatOK; ++i) {
            status = set->plugin_set(name, i, to_value<T, C>(values[i]));
        }
        return status;
    });
}

template <class T, class C>
OfxStatus get_one(OfxPropertySetHandle handle, const char* name, int index, C* out) noexcept {
    return guarded([&] {
        auto set = find(handle);
        if (!set) {
            return kOfxStatErrBadHandle;
        }
        if (!out) {
            return kOfxStatErrValue;
        }
        return set->plugin_get<T>(name, index, [&](const T& value) { *out = from_value<C>(value); });
    });
}

template <class T, class C>
OfxStatus get_many(OfxPropertySetHandle handle, const char* name, int count, C* out) noexcept {
    OfxStatus status = find(handle) ? kOfxStatOK : kOfxStatErrBadHandle;
    for (int i = 0; i < count && status == kOfxStatOK; ++i) {
        status = get_one<T, C>(handle, name, i, out ? out + i : nullptr);
    }
    return status;
}

OfxStatus reset(OfxPropertySetHandle handle, const char* name) {
    auto set = find(handle);
    return set ? set->plugin_reset(name) : kOfxStatErrBadHandle;
}

OfxStatus dimension(OfxPropertySetHandle handle, const char* name, int* count) {
    auto set = find(handle);
    return set ? set->plugin_dimension(name, count) : kOfxStatErrBadHandle;
}

}  // namespace

const void* property_suite() {
    static const OfxPropertySuiteV1 suite = {
        .propSetPointer = set_one<void*, void*>,
        .propSetString = set_one<std::string, const char*>,
        .propSetDouble = set_one<double, double>,
        .propSetInt = set_one<int, int>,
        .propSetPointerN = set_many<void*, void*>,
        .propSetStringN = set_many<std::string, const char*>,
        .propSetDoubleN = set_many<double, double>,
        .propSetIntN = set_many<int, int>,
        .propGetPointer = get_one<void*, void*>,
        .propGetString = get_one<std::string, char*>,
        .propGetDouble = get_one<double, double>,
        .propGetInt = get_one<int, int>,
        .propGetPointerN = get_many<void*, void*>,
        .propGetStringN = get_many<std::string, char*>,
        .propGetDoubleN = get_many<double, double>,
        .propGetIntN = get_many<int, int>,
        .propReset = reset,
        .propGetDimension = dimension,
    };
    return &suite;
}

}  // namespace trimatte::host
