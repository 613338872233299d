// Parameter suite; its variadic functions take values when setting and pointers when getting.
#include <openfx/ofx_param.h>

#include <cstdarg>

#include "action_scope.hpp"
#include "param.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<Param> find(OfxParamHandle handle) { return HandleTable<Param>::global().find(handle); }
std::shared_ptr<ParamSet> find(OfxParamSetHandle handle) { return HandleTable<ParamSet>::global().find(handle); }

double now(const Param& param) { return param.owner() && param.owner()->now ? param.owner()->now() : 0.0; }

void edited(Param& param) {
    if (param.owner() && param.owner()->on_plugin_edit) {
        param.owner()->on_plugin_edit(param);
    }
}

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
        if (!set->may_define || !known) {
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
    const OfxStatus status = guarded([&] { return get_at(find(handle), time, out); });
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
            edited(*param);
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
            edited(*param);
        }
        return readable;
    });
    va_end(in);
    return status;
}

OfxStatus get_num_keys(OfxParamHandle handle, unsigned int* count) {
    return guarded([&] {
        auto param = find(handle);
        if (param && count) {
            *count = static_cast<unsigned int>(param->key_times().size());
        }
        return param ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus get_key_time(OfxParamHandle handle, unsigned int nth, OfxTime* time) {
    return guarded([&] {
        auto param = find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        const auto times = param->key_times();
        if (nth >= times.size()) {
            return kOfxStatErrBadIndex;
        }
        if (time) {
            *time = times[nth];
        }
        return kOfxStatOK;
    });
}

OfxStatus get_key_index(OfxParamHandle handle, OfxTime time, int direction, int* index) {
    return guarded([&] {
        auto param = find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        const auto times = param->key_times();
        int found = -1;
        for (int i = 0; i < static_cast<int>(times.size()); ++i) {
            const bool after = direction > 0 && times[i] > time && found < 0;
            if (after || (direction == 0 && times[i] == time) || (direction < 0 && times[i] < time)) {
                found = i;
            }
        }
        if (found >= 0 && index) {
            *index = found;
        }
        return found >= 0 ? kOfxStatOK : kOfxStatFailed;  // the standard's answer for "no such key"
    });
}

OfxStatus delete_key(OfxParamHandle handle, OfxTime time) {
    return guarded([&] {
        auto param = find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        return param->delete_key(time) ? kOfxStatOK : kOfxStatErrBadIndex;
    });
}

OfxStatus delete_all_keys(OfxParamHandle handle) {
    return guarded([&] {
        auto param = find(handle);
        if (param) {
            param->delete_keys();
        }
        return param ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus copy(OfxParamHandle to, OfxParamHandle from, OfxTime offset, const OfxRangeD* range) {
    return guarded([&] {
        auto target = find(to);
        auto source = find(from);
        if (!target || !source) {
            return kOfxStatErrBadHandle;
        }
        if (target != source) {
            target->copy_from(*source, offset, range);
            edited(*target);
        }
        return kOfxStatOK;
    });
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
        .paramGetNumKeys = get_num_keys,
        .paramGetKeyTime = get_key_time,
        .paramGetKeyIndex = get_key_index,
        .paramDeleteKey = delete_key,
        .paramDeleteAllKeys = delete_all_keys,
        .paramCopy = copy,
        .paramEditBegin = edit_begin,
        .paramEditEnd = edit_end,
    };
    return &suite;
}

}  // namespace trimatte::host
