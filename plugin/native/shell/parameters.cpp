#include "parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "parameter_table.hpp"

namespace trimatte::shell {

namespace {

const char* ofx_type(Kind kind) {
    switch (kind) {
        case Kind::kChoice:
            return kOfxParamTypeChoice;
        case Kind::kBoolean:
            return kOfxParamTypeBoolean;
        case Kind::kInteger:
            return kOfxParamTypeInteger;
        case Kind::kDouble:
            return kOfxParamTypeDouble;
        case Kind::kButton:
            return kOfxParamTypePushButton;
        default:
            return kOfxParamTypeString;
    }
}

bool is_text(Kind kind) { return ofx_type(kind) == std::string(kOfxParamTypeString); }

Properties define(OfxParamSetHandle parameters, const char* type, const char* name, const char* label) {
    OfxPropertySetHandle handle = nullptr;
    const OfxStatus status = suites().parameter->paramDefine(parameters, type, name, &handle);
    if (status != kOfxStatOK) throw Refusal(status, std::string("the host refuses the parameter ") + name);
    Properties properties(handle);
    properties.set(kOfxPropLabel, label);
    return properties;
}

bool is_offered(const Parameter& parameter, const Offered& offered) {
    if (parameter.needs == Needs::kTrimapClip && !offered.trimap_clip) return false;
    if (parameter.needs == Needs::kOverlays && !offered.overlays) return false;
    return offered.changes || (parameter.kind != Kind::kButton && parameter.needs != Needs::kChanges);
}

// Groups and pages only arrange; a host that has none shows the parameters in one row.
bool define_group(OfxParamSetHandle parameters, const Group& group, const Offered& offered) {
    const Table& table = parameter_table();
    if (std::none_of(table.begin(), table.end(), [&](const Parameter& parameter) {
            return std::string_view(parameter.group) == group.name && is_offered(parameter, offered);
        })) {
        return true;
    }
    OfxPropertySetHandle handle = nullptr;
    if (suites().parameter->paramDefine(parameters, kOfxParamTypeGroup, group.name, &handle) != kOfxStatOK)
        return false;
    const Properties properties(handle);
    properties.set(kOfxPropLabel, group.label);
    properties.set(kOfxParamPropGroupOpen, group.is_open ? 1 : 0);
    return true;
}

void define_page(OfxParamSetHandle parameters, const Offered& offered) {
    OfxPropertySetHandle handle = nullptr;
    if (suites().parameter->paramDefine(parameters, kOfxParamTypePage, "mainPage", &handle) != kOfxStatOK) return;
    const Properties page(handle);
    page.set(kOfxPropLabel, "Trimatte");
    int index = 0;
    for (const Parameter& parameter : parameter_table()) {
        if (is_offered(parameter, offered)) page.set(kOfxParamPropPageChild, parameter.name, index++);
    }
}

void describe_text(const Properties& properties, Kind kind) {
    properties.set(kOfxParamPropDefault, "");
    properties.set(kOfxParamPropStringMode, kind == Kind::kFolder ? kOfxParamStringIsDirectoryPath
                                            : kind == Kind::kFile ? kOfxParamStringIsFilePath
                                                                  : kOfxParamStringIsSingleLine);
    if (kind == Kind::kFolder || kind == Kind::kFile) {
        properties.set(kOfxParamPropStringFilePathExists, kind == Kind::kFile ? 1 : 0);  // JSON is no path
    }
    if (kind != Kind::kLabel) return;
    properties.set(kOfxParamPropEnabled, 0);
    properties.set(kOfxParamPropEvaluateOnChange, 0);
    properties.set(kOfxParamPropPersistant, 0);
}

// Both ranges: some hosts limit to nothing otherwise.
template <typename Number>
void describe_number(const Properties& properties, const Parameter& parameter) {
    const Range& range = parameter.range;
    properties.set(kOfxParamPropDefault, static_cast<Number>(parameter.initial));
    properties.set(kOfxParamPropMin, static_cast<Number>(range.min));
    properties.set(kOfxParamPropMax, static_cast<Number>(range.max));
    properties.set(kOfxParamPropDisplayMin, static_cast<Number>(range.display_min));
    properties.set(kOfxParamPropDisplayMax, static_cast<Number>(range.display_max));
}

void describe_double(const Properties& properties, const Parameter& parameter) {
    describe_number<double>(properties, parameter);
    properties.set(kOfxParamPropDoubleType, kOfxParamDoubleTypePlain);
    properties.set(kOfxParamPropDigits, 3);
    properties.set(kOfxParamPropIncrement, (parameter.range.display_max - parameter.range.display_min) / 100);
}

void describe(OfxParamSetHandle parameters, const Parameter& parameter, bool has_groups) {
    const Properties properties = define(parameters, ofx_type(parameter.kind), parameter.name, parameter.label);
    properties.set(kOfxParamPropScriptName, parameter.name);
    properties.set(kOfxParamPropHint, parameter.hint);
    if (has_groups) properties.set(kOfxParamPropParent, parameter.group);
    if (parameter.kind == Kind::kButton) return;
    properties.set(kOfxParamPropAnimates, parameter.animates ? 1 : 0);
    if (is_text(parameter.kind)) return describe_text(properties, parameter.kind);
    if (parameter.needs == Needs::kOverlays) properties.set(kOfxParamPropEvaluateOnChange, 0);  // a brush is no result
    if (parameter.kind == Kind::kDouble) return describe_double(properties, parameter);
    if (parameter.kind == Kind::kInteger) return describe_number<int>(properties, parameter);
    for (size_t i = 0; i < parameter.options.size(); ++i) {
        properties.set(kOfxParamPropChoiceOption, parameter.options[i], static_cast<int>(i));
    }
    properties.set(kOfxParamPropDefault, static_cast<int>(parameter.initial));
}

OfxParamHandle find(OfxParamSetHandle parameters, const char* name) {
    OfxParamHandle handle = nullptr;
    if (suites().parameter->paramGetHandle(parameters, name, &handle, nullptr) != kOfxStatOK) return nullptr;
    return handle;
}

template <typename Number>
Number read_number(OfxParamSetHandle parameters, const char* name, double time, Number fallback) {
    Number value = fallback;  // some hosts answer OK and write nothing
    OfxParamHandle handle = find(parameters, name);
    if (!handle || suites().parameter->paramGetValueAtTime(handle, time, &value) != kOfxStatOK) return fallback;
    return value;
}

// With a point, whatever the language of the host: what printf writes follows its locale.
std::string as_json(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof(text), value);
    return {text, end.ptr};
}

std::string value_as_json(OfxParamSetHandle parameters, const Parameter& parameter, double time) {
    if (is_text(parameter.kind)) return quote_json(read_text(parameters, parameter.name, time));
    if (parameter.kind == Kind::kDouble) {
        const double value = read_number<double>(parameters, parameter.name, time, parameter.initial);
        return as_json(std::isfinite(value) ? value : parameter.initial);
    }
    const int value = read_number<int>(parameters, parameter.name, time, static_cast<int>(parameter.initial));
    if (parameter.kind == Kind::kBoolean) return value ? "true" : "false";
    const bool known = value >= 0 && static_cast<size_t>(value) < parameter.options.size();
    return known ? quote_json(parameter.options[value]) : std::to_string(value);
}

}  // namespace

void describe_parameters(OfxParamSetHandle parameters, const Offered& offered) {
    bool has_groups = true;
    for (const Group& group : parameter_groups()) has_groups = define_group(parameters, group, offered) && has_groups;
    for (const Parameter& parameter : parameter_table()) {
        if (is_offered(parameter, offered)) describe(parameters, parameter, has_groups);
    }
    define_page(parameters, offered);
}

std::string read_settings(OfxParamSetHandle parameters, double time, const std::string& extra) {
    std::string json = "{" + extra;
    for (const Parameter& parameter : parameter_table()) {
        if (parameter.kind == Kind::kLabel || parameter.kind == Kind::kButton) continue;
        if (json.size() > 1) json += ",";
        json += quote_json(parameter.name) + ":" + value_as_json(parameters, parameter, time);
    }
    return json + "}";
}

std::string read_text(OfxParamSetHandle parameters, const char* name, double time) {
    const char* text = nullptr;
    OfxParamHandle handle = find(parameters, name);
    if (!handle || suites().parameter->paramGetValueAtTime(handle, time, &text) != kOfxStatOK || !text) return "";
    return text;
}

int read_choice(OfxParamSetHandle parameters, const char* name, double time) {
    return read_number<int>(parameters, name, time, 0);
}

int read_integer(OfxParamSetHandle parameters, const char* name, double time) {
    return read_number<int>(parameters, name, time, 0);
}

double read_double(OfxParamSetHandle parameters, const char* name, double time, double fallback) {
    return read_number<double>(parameters, name, time, fallback);
}

void reset_choice(OfxParamSetHandle parameters, const char* name) {
    OfxParamHandle handle = find(parameters, name);
    if (handle) suites().parameter->paramSetValue(handle, 0);
}

void write_text(OfxParamSetHandle parameters, const char* name, const std::string& text) {
    OfxParamHandle handle = find(parameters, name);
    if (handle) suites().parameter->paramSetValue(handle, text.c_str());
}

void write_double(OfxParamSetHandle parameters, const char* name, double value) {
    OfxParamHandle handle = find(parameters, name);
    if (handle) suites().parameter->paramSetValue(handle, value);
}

void write_status(OfxParamSetHandle parameters, const std::string& text) { write_text(parameters, kStatusName, text); }

std::string quote_json(const std::string& text) {
    std::string quoted = "\"";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte == '"' || byte == '\\') {
            quoted += '\\';
            quoted += character;
        } else if (byte < 0x20) {
            char escaped[8];
            std::snprintf(escaped, sizeof(escaped), "\\u%04x", byte);
            quoted += escaped;
        } else {
            quoted += character;
        }
    }
    return quoted + "\"";
}

}  // namespace trimatte::shell
