// Parameter suite; its variadic functions take values when setting and pointers when getting.
#include <openfx/ofx_param.h>

#include <algorithm>
#include <cstdarg>

#include "action_scope.hpp"
#include "param_keys.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<Param> find(OfxParamHandle handle) { return HandleTable<Param>::global().find(handle); }
std::shared_ptr<ParamSet> find(OfxParamSetHandle handle) { return HandleTable<ParamSet>::global().find(handle); }

double now(const Param& param) { return param.owner() && param.owner()->now ? param.owner()->now() : 0.0; }

// Instances have values, descriptors have not.
OfxStatus check_readable(const std::shared_ptr<Param>& param) {
    if (!param) {
        return kOfxStatErrBadHandle;
    }
    return !param->owner() || param->type().kind == ParamKind::kNone ? kOfxStatErrUnsupported : kOfxStatOK;
}

OfxStatus write_out(const Param& param, const ParamValue& value, va_list out) {
    for (const Value& part : value) {
        switch (param.type().kind) {
            case ParamKind::kInteger:
                if (int* target = va_arg(out, int*)) {
                    *target = std::get<int>(part);
                }
                break;
            case ParamKind::kReal:
                if (double* target = va_arg(out, double*)) {
                    *target = std::get<double>(part);
                }
                break;
            case ParamKind::kText:
                if (char** target = va_arg(out, char**)) {
                    *target = ActionScope::lend(std::get<std::string>(part));
                }
                break;
            case ParamKind::kBytes:
                if (OfxBytes* target = va_arg(out, OfxBytes*)) {
                    const auto& bytes = std::get<std::string>(part);
                    *target = {reinterpret_cast<unsigned char*>(ActionScope::lend(bytes)), bytes.size()};
                }
                break;
            case ParamKind::kNone:
                break;
        }
    }
    return kOfxStatOK;
}

ParamValue read_in(const Param& param, va_list in) {
    ParamValue value;
    for (int i = 0; i < param.type().dimension; ++i) {
        if (param.type().kind == ParamKind::kInteger) {
            value.emplace_back(va_arg(in, int));
        } else if (param.type().kind == ParamKind::kReal) {
            value.emplace_back(va_arg(in, double));
        } else if (param.type().kind == ParamKind::kText) {
            const char* text = va_arg(in, const char*);
            value.emplace_back(std::string(text ? text : ""));
        } else {
            const OfxBytes* bytes = va_arg(in, const OfxBytes*);
            value.emplace_back(bytes && bytes->data
                                   ? std::string(reinterpret_cast<const char*>(bytes->data), bytes->length)
                                   : std::string());
        }
    }
    return value;
}

OfxStatus get_at(const std::shared_ptr<Param>& param, double time, va_list out) {
    const OfxStatus status = check_readable(param);
    return status == kOfxStatOK ? write_out(*param, param->value_at(time), out) : status;
}

OfxStatus write_reals(const std::shared_ptr<Param>& param, const std::vector<double>& values, va_list out) {
    for (double value : values) {
        if (double* target = va_arg(out, double*)) {
            *target = value;
        }
    }
    return param ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus check_real(const std::shared_ptr<Param>& param) {
    const OfxStatus status = check_readable(param);
    return status == kOfxStatOK && param->type().kind != ParamKind::kReal ? kOfxStatErrUnsupported : status;
}

OfxStatus define(OfxParamSetHandle handle, const char* type, const char* name, OfxPropertySetHandle* properties) {
    return guarded([&] {
        auto set = find(handle);
        if (!set) {
            return kOfxStatErrBadHandle;
        }
        const ParamType* known = find_param_type(type ? type : "");
        const auto& unknown = set->unknown_types;
        if (!set->may_define || !known || std::find(unknown.begin(), unknown.end(), known->name) != unknown.end()) {
            return kOfxStatErrUnsupported;
        }
        if (!name || !*name || set->find(name)) {
            return kOfxStatErrExists;
        }
        auto param = set->define(*known, name);
        if (properties) {
            *properties = param->properties().handle();
        }
        return kOfxStatOK;
    });
}

OfxStatus get_handle(OfxParamSetHandle handle, const char* name, OfxParamHandle* out,
                     OfxPropertySetHandle* properties) {
    return guarded([&] {
        auto set = find(handle);
        if (!set) {
            return kOfxStatErrBadHandle;
        }
        auto param = set->find(name ? name : "");
        if (!param) {
            return kOfxStatErrUnknown;
        }
        if (out) {
            *out = param->handle();
        }
        if (properties) {
            *properties = param->properties().handle();
        }
        return kOfxStatOK;
    });
}

template <class HandleType>
OfxStatus get_property_set(HandleType handle, OfxPropertySetHandle* out) {
    return guarded([&] {
        auto object = find(handle);
        if (!object || !out) {
            return object ? kOfxStatErrValue : kOfxStatErrBadHandle;
        }
        *out = object->properties().handle();
        return kOfxStatOK;
    });
}

OfxStatus get_value(OfxParamHandle handle, ...) {
    va_list out;
    va_start(out, handle);
    const OfxStatus status = guarded([&] {
        auto param = find(handle);
        return get_at(param, param ? now(*param) : 0.0, out);
    });
    va_end(out);
    return status;
}

OfxStatus get_value_at_time(OfxParamHandle handle, OfxTime time, ...) {
    va_list out;
    va_start(out, time);
    const OfxStatus status = guarded([&] {
        auto param = find(handle);
        const bool any_time = !param || !param->owner() || param->owner()->has_keys;
        return get_at(param, any_time ? time : now(*param), out);
    });
    va_end(out);
    return status;
}

OfxStatus get_derivative(OfxParamHandle handle, OfxTime time, ...) {
    va_list out;
    va_start(out, time);
    const OfxStatus status = guarded([&] {
        auto param = find(handle);
        const OfxStatus readable = check_real(param);
        return readable == kOfxStatOK ? write_reals(param, param->derivative(time), out) : readable;
    });
    va_end(out);
    return status;
}

OfxStatus get_integral(OfxParamHandle handle, OfxTime first, OfxTime last, ...) {
    va_list out;
    va_start(out, last);
    const OfxStatus status = guarded([&] {
        auto param = find(handle);
        const OfxStatus readable = check_real(param);
        return readable == kOfxStatOK ? write_reals(param, param->integral(first, last), out) : readable;
    });
    va_end(out);
    return status;
}

OfxStatus set_value(OfxParamHandle handle, ...) {
    va_list in;
    va_start(in, handle);
    const OfxStatus status = guarded([&] {
        auto param = find(handle);
        const OfxStatus readable = check_readable(param);
        if (readable == kOfxStatOK) {
            param->set(read_in(*param, in), now(*param));
            param->tell_owner();
        }
        return readable;
    });
    va_end(in);
    return status;
}

OfxStatus set_value_at_time(OfxParamHandle handle, OfxTime time, ...) {
    va_list in;
    va_start(in, time);
    const OfxStatus status = guarded([&] {
        auto param = find(handle);
        const OfxStatus readable = check_readable(param);
        if (readable == kOfxStatOK) {
            param->set_key(time, read_in(*param, in));
            param->tell_owner();
        }
        return readable;
    });
    va_end(in);
    return status;
}

// Undo belongs to hosts with a user; the brackets are only checked.
OfxStatus edit_begin(OfxParamSetHandle handle, const char*) { return find(handle) ? kOfxStatOK : kOfxStatErrBadHandle; }
OfxStatus edit_end(OfxParamSetHandle handle) { return find(handle) ? kOfxStatOK : kOfxStatErrBadHandle; }

}  // namespace

const void* parameter_suite() {
    static const OfxParameterSuiteV1 suite = {
        .paramDefine = define,
        .paramGetHandle = get_handle,
        .paramSetGetPropertySet = get_property_set<OfxParamSetHandle>,
        .paramGetPropertySet = get_property_set<OfxParamHandle>,
        .paramGetValue = get_value,
        .paramGetValueAtTime = get_value_at_time,
        .paramGetDerivative = get_derivative,
        .paramGetIntegral = get_integral,
        .paramSetValue = set_value,
        .paramSetValueAtTime = set_value_at_time,
        .paramGetNumKeys = param_get_num_keys,
        .paramGetKeyTime = param_get_key_time,
        .paramGetKeyIndex = param_get_key_index,
        .paramDeleteKey = param_delete_key,
        .paramDeleteAllKeys = param_delete_all_keys,
        .paramCopy = param_copy,
        .paramEditBegin = edit_begin,
        .paramEditEnd = edit_end,
    };
    return &suite;
}

}  // namespace trimatte::host
