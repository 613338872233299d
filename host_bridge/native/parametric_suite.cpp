// Parametric parameter suite. Curves do not animate here, as the host says; times and key flags are taken and ignored.
#include <openfx/ofx_parametric_param.h>

#include "param.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

// Runs `body(param)` when the handle is a parametric parameter that has the curve.
template <class Body>
OfxStatus with_curve(OfxParamHandle handle, int curve, Body&& body) {
    return guarded([&] {
        auto param = HandleTable<Param>::global().find(handle);
        if (!param) {
            return kOfxStatErrBadHandle;
        }
        if (std::string_view(param->type().name) != kOfxParamTypeParametric) {
            return kOfxStatErrUnsupported;
        }
        if (curve < 0 || curve >= param->properties().get<int>(kOfxParamPropParametricDimension, 1)) {
            return kOfxStatErrBadIndex;
        }
        return body(*param);
    });
}

OfxStatus told(Param& param, bool changed) {
    if (changed) {
        param.tell_owner();
    }
    return changed ? kOfxStatOK : kOfxStatErrBadIndex;
}

OfxStatus get_value(OfxParamHandle handle, int curve, OfxTime, double position, double* out) {
    return with_curve(handle, curve, [&](Param& param) {
        if (out) {
            *out = param.curves().value(curve, position);
        }
        return out ? kOfxStatOK : kOfxStatErrValue;
    });
}

OfxStatus count_points(OfxParamHandle handle, int curve, double, int* out) {
    return with_curve(handle, curve, [&](Param& param) {
        if (out) {
            *out = static_cast<int>(param.curves().points(curve).size());
        }
        return out ? kOfxStatOK : kOfxStatErrValue;
    });
}

OfxStatus get_point(OfxParamHandle handle, int curve, double, int nth, double* key, double* value) {
    return with_curve(handle, curve, [&](Param& param) {
        const auto points = param.curves().points(curve);
        if (nth < 0 || nth >= static_cast<int>(points.size())) {
            return kOfxStatErrBadIndex;
        }
        if (key) {
            *key = points[nth].key;
        }
        if (value) {
            *value = points[nth].value;
        }
        return kOfxStatOK;
    });
}

OfxStatus set_point(OfxParamHandle handle, int curve, double, int nth, double key, double value, bool) {
    return with_curve(handle, curve,
                      [&](Param& param) { return told(param, param.curves().replace(curve, nth, {key, value})); });
}

OfxStatus add_point(OfxParamHandle handle, int curve, double, double key, double value, bool) {
    return with_curve(handle, curve, [&](Param& param) {
        param.curves().add(curve, {key, value});
        return told(param, true);
    });
}

OfxStatus delete_point(OfxParamHandle handle, int curve, int nth) {
    return with_curve(handle, curve, [&](Param& param) { return told(param, param.curves().remove(curve, nth)); });
}

OfxStatus delete_all_points(OfxParamHandle handle, int curve) {
    return with_curve(handle, curve, [&](Param& param) {
        param.curves().set_all(curve, {});
        return told(param, true);
    });
}

}  // namespace

const void* parametric_suite() {
    static const OfxParametricParameterSuiteV1 suite = {
        .parametricParamGetValue = get_value,
        .parametricParamGetNControlPoints = count_points,
        .parametricParamGetNthControlPoint = get_point,
        .parametricParamSetNthControlPoint = set_point,
        .parametricParamAddControlPoint = add_point,
        .parametricParamDeleteControlPoint = delete_point,
        .parametricParamDeleteAllControlPoints = delete_all_points,
    };
    return &suite;
}

}  // namespace trimatte::host
