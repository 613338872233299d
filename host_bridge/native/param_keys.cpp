// Parameter suite: animation keys, and copies of parameters.
#include "param_keys.hpp"

#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<Param> find(OfxParamHandle handle) { return HandleTable<Param>::global().find(handle); }

// As the plug-in may know them.
std::vector<double> key_times(const Param& param) {
    const bool told = !param.owner() || param.owner()->has_keys;
    return told ? param.key_times() : std::vector<double>();
}

}  // namespace

OfxStatus param_get_num_keys(OfxParamHandle handle, unsigned int* count) {
    return guarded([&] {
        auto param = find(handle);
        if (param && count) {
            *count = static_cast<unsigned int>(key_times(*param).size());
        }
        return param ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus param_get_key_time(OfxParamHandle handle, unsigned int nth, OfxTime* time) {
    return guarded([&] {
        auto param = find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        const auto times = key_times(*param);
        if (nth >= times.size()) {
            return kOfxStatErrBadIndex;
        }
        if (time) {
            *time = times[nth];
        }
        return kOfxStatOK;
    });
}

OfxStatus param_get_key_index(OfxParamHandle handle, OfxTime time, int direction, int* index) {
    return guarded([&] {
        auto param = find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        const auto times = key_times(*param);
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

OfxStatus param_delete_key(OfxParamHandle handle, OfxTime time) {
    return guarded([&] {
        auto param = find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        return param->delete_key(time) ? kOfxStatOK : kOfxStatErrBadIndex;
    });
}

OfxStatus param_delete_all_keys(OfxParamHandle handle) {
    return guarded([&] {
        auto param = find(handle);
        if (param) {
            param->delete_keys();
        }
        return param ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus param_copy(OfxParamHandle to, OfxParamHandle from, OfxTime offset, const OfxRangeD* range) {
    return guarded([&] {
        auto target = find(to);
        auto source = find(from);
        if (!target || !source) {
            return kOfxStatErrBadHandle;
        }
        if (target != source) {
            target->copy_from(*source, offset, range);
            target->tell_owner();
        }
        return kOfxStatOK;
    });
}

}  // namespace trimatte::host
