// One parameter of each type, a button that works for a while, and state that is written when the host asks.
#include <cstring>
#include <string>
#include <utility>

#include "probe.hpp"

namespace probe {

namespace {

constexpr const char* kState = "{\"state\": \"it's = ; \\u00e4 \xc3\xa4\n\"}";

const OfxParametricParameterSuiteV1& curves() {
    return *static_cast<const OfxParametricParameterSuiteV1*>(
        host->fetchSuite(host->host, kOfxParametricParameterSuite, 1));
}

// Two curves; the second is a tent.
void define_curves(Handle effect) {
    const Set set = define_param(effect, kOfxParamTypeParametric, "curves");
    suites.property->propSetInt(set, kOfxParamPropParametricDimension, 0, 2);
    const OfxParamHandle handle = param(effect, "curves");
    for (const auto& [key, value] : {std::pair{1.0, 0.0}, {0.0, 0.0}, {0.5, 1.0}}) {
        curves().parametricParamAddControlPoint(handle, 1, 0.0, key, value, false);
    }
}

// True when curves are counted, changed and read as the standard says.
bool check_curves(Handle effect) {
    const OfxParamHandle handle = param(effect, "curves");
    const auto& c = curves();
    int count = 0;
    double key = 0.0, value = 0.0;
    bool right = c.parametricParamGetNControlPoints(handle, 1, 0.0, &count) == kOfxStatOK && count == 3;
    right = right && c.parametricParamGetNthControlPoint(handle, 1, 0.0, 1, &key, &value) == kOfxStatOK;
    right = right && key == 0.5 && value == 1.0;
    right = right && c.parametricParamGetNthControlPoint(handle, 1, 0.0, 3, &key, &value) == kOfxStatErrBadIndex;
    right = right && c.parametricParamGetValue(handle, 0, 0.0, 0.3, &value) == kOfxStatOK && value == 0.3;
    right = right && c.parametricParamSetNthControlPoint(handle, 1, 0.0, 1, 0.5, 3.0, false) == kOfxStatOK;
    right = right && c.parametricParamGetValue(handle, 1, 0.0, 0.5, &value) == kOfxStatOK && value == 3.0;
    right = right && c.parametricParamDeleteControlPoint(handle, 1, 0) == kOfxStatOK;
    right = right && c.parametricParamGetValue(handle, 1, 0.0, 0.0, &value) == kOfxStatOK && value == 3.0;
    right = right && c.parametricParamDeleteAllControlPoints(handle, 1) == kOfxStatOK;
    right = right && c.parametricParamGetNControlPoints(handle, 2, 0.0, &count) == kOfxStatErrBadIndex;
    return right && c.parametricParamGetNControlPoints(param(effect, "double"), 0, 0.0, &count) != kOfxStatOK;
}

void define_all(Handle effect) {
    const auto& property = *suites.property;
    define_param(effect, kOfxParamTypeInteger, "integer");
    Set set = define_param(effect, kOfxParamTypeDouble, "double");
    property.propSetDouble(set, kOfxParamPropDefault, 0, 0.25);
    property.propSetString(set, kOfxPropLabel, 0, "Double \xc3\xa4");
    property.propSetString(set, kOfxParamPropHint, 0, "A hint");
    define_param(effect, kOfxParamTypeBoolean, "boolean");
    set = define_param(effect, kOfxParamTypeChoice, "choice");
    property.propSetString(set, kOfxParamPropChoiceOption, 0, "One");
    property.propSetString(set, kOfxParamPropChoiceOption, 1, "Two");
    property.propSetInt(set, kOfxParamPropDefault, 0, 1);
    set = define_param(effect, kOfxParamTypeStrChoice, "strChoice");
    const char* enums[] = {"one", "two"};
    const char* labels[] = {"The first", "The second"};
    property.propSetStringN(set, kOfxParamPropChoiceEnum, 2, enums);
    property.propSetStringN(set, kOfxParamPropChoiceOption, 2, labels);
    property.propSetString(set, kOfxParamPropDefault, 0, "one");
    define_param(effect, kOfxParamTypeDouble2D, "point");
    define_param(effect, kOfxParamTypeInteger2D, "pixel");
    define_param(effect, kOfxParamTypeDouble3D, "space");
    define_param(effect, kOfxParamTypeInteger3D, "box");
    define_param(effect, kOfxParamTypeRGB, "rgb");
    define_param(effect, kOfxParamTypeRGBA, "colour");
    define_param(effect, kOfxParamTypeString, "string");
    define_param(effect, kOfxParamTypeCustom, "custom");
    define_param(effect, kOfxParamTypeBytes, "bytes");
    define_param(effect, kOfxParamTypeGroup, "group");
    define_param(effect, kOfxParamTypePage, "page");
    define_param(effect, kOfxParamTypePushButton, "analyse");
    set = define_param(effect, kOfxParamTypeDouble2D, "place");  // half across, a quarter up
    property.propSetString(set, kOfxParamPropDefaultCoordinateSystem, 0, kOfxParamCoordinatesNormalised);
    property.propSetDouble(set, kOfxParamPropDefault, 0, 0.5);
    property.propSetDouble(set, kOfxParamPropDefault, 1, 0.25);
    define_param(effect, kOfxParamTypeDouble, "copied");
    define_curves(effect);
}

// Ten steps; what was found so far stays when the user stops it.
OfxStatus analyse(Handle effect) {
    OfxStatus status = kOfxStatOK;
    suites.progress->progressStart(effect, "Analysing");
    for (int step = 1; step <= 10 && status == kOfxStatOK; ++step) {
        suites.param->paramSetValue(param(effect, "integer"), step);
        status = suites.progress->progressUpdate(effect, step / 10.0);
    }
    suites.progress->progressEnd(effect);
    const OfxStatus answer = suites.message->message(effect, kOfxMessageQuestion, "keep", "Keep %d?", 7);
    return suites.param->paramSetValue(param(effect, "boolean"), answer == kOfxStatReplyYes ? 1 : 0);
}

// Checks keys, derivative, integral and copy; true when the host counts as we do.
bool check_keys(Handle effect) {
    const auto& p = *suites.param;
    const OfxParamHandle value = param(effect, "double");
    unsigned int count = 0;
    double time = 0.0, slope = 0.0, area = 0.0;
    int index = -1;
    p.paramDeleteAllKeys(value);
    p.paramSetValueAtTime(value, 0.0, 1.0);
    p.paramSetValueAtTime(value, 10.0, 3.0);
    bool right = p.paramGetNumKeys(value, &count) == kOfxStatOK && count == 2;
    right = right && p.paramGetKeyTime(value, 1, &time) == kOfxStatOK && time == 10.0;
    right = right && p.paramGetKeyTime(value, 2, &time) == kOfxStatErrBadIndex;
    right = right && p.paramGetKeyIndex(value, 4.0, 1, &index) == kOfxStatOK && index == 1;
    right = right && p.paramGetKeyIndex(value, 4.0, -1, &index) == kOfxStatOK && index == 0;
    right = right && p.paramGetKeyIndex(value, 4.0, 0, &index) == kOfxStatFailed;
    right = right && p.paramGetDerivative(value, 5.0, &slope) == kOfxStatOK && slope == 0.2;
    right = right && p.paramGetIntegral(value, 0.0, 20.0, &area) == kOfxStatOK && area == 50.0;
    right = right && double_param(effect, "double", 5.0) == 2.0;
    right = right && p.paramCopy(param(effect, "copied"), value, 5.0, nullptr) == kOfxStatOK;
    right = right && double_param(effect, "copied", 15.0) == 3.0 && double_param(effect, "copied", 10.0) == 2.0;
    right = right && p.paramCopy(param(effect, "integer"), value, 0.0, nullptr) != kOfxStatOK;
    right = right && p.paramDeleteKey(value, 3.0) == kOfxStatErrBadIndex && p.paramDeleteKey(value, 0.0) == kOfxStatOK;
    return right;
}

}  // namespace

OfxStatus params_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Params"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        define_all(effect);
        return kOfxStatOK;
    }
    if (name == kOfxActionCreateInstance) {
        return suites.param->paramSetValue(param(effect, "string"), "made");
    }
    if (name == kOfxActionSyncPrivateData) {
        const OfxBytes bytes = {reinterpret_cast<const unsigned char*>("\0\1\2"), 3};
        suites.param->paramSetValue(param(effect, "bytes"), &bytes);
        return suites.param->paramSetValue(param(effect, "string"), kState);
    }
    if (name == kOfxActionInstanceChanged && get_string(in, kOfxPropName) == "analyse") {
        return analyse(effect);
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    const RenderArguments arguments = render_arguments(in);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    float colour[4] = {};
    double r = 0.0, g = 0.0, b = 0.0, a = 0.0;
    suites.param->paramGetValueAtTime(param(effect, "colour"), arguments.time, &r, &g, &b, &a);
    colour[0] = static_cast<float>(r), colour[1] = static_cast<float>(g), colour[2] = static_cast<float>(b);
    colour[3] = static_cast<float>(double_param(effect, "double", arguments.time));
    each_pixel(arguments.window, [&](int x, int y) { std::memcpy(output.at(x, y), colour, sizeof colour); });
    return int_param(effect, "integer", arguments.time) != -1 || (check_keys(effect) && check_curves(effect))
               ? kOfxStatOK
               : kOfxStatErrValue;
}

}  // namespace probe
