#include "parameters.hpp"

#include <cstdio>
#include <vector>

namespace trimatte::shell {

namespace {

enum class Kind { kFolder, kText, kLabel, kChoice, kBoolean, kInteger };

struct Parameter {
    const char* name;
    Kind kind;
    const char* group;
    const char* label;
    const char* hint;
    int initial;  // of a choice, a boolean, an integer
    std::vector<const char*> options;
};

struct Group {
    const char* name;
    const char* label;
};

const std::vector<Group>& groups() {
    static const auto* const table = new std::vector<Group>{
        {"trimapGroup", "Trimap"}, {"viewGroup", "View"}, {"qualityGroup", "Quality"}, {"workGroup", "Work"}};
    return *table;
}

const std::vector<Parameter>& table() {
    static const auto* const table = new std::vector<Parameter>{
        {kKeyframesName,
         Kind::kFolder,
         "trimapGroup",
         "Keyframes",
         "Folder with the painted trimaps: name.FRAME.png, black background, grey (128) unknown, white foreground.",
         0,
         {}},
        {"frameOffset",
         Kind::kInteger,
         "trimapGroup",
         "Frame offset",
         "Added to the time of the effect to get the frame number in the names of the keyframe files.",
         0,
         {}},
        {kViewName,
         Kind::kChoice,
         "viewGroup",
         "View",
         "What the effect shows.",
         0,
         {"Result", "Matte", "Trimap", "Trimap overlay"}},
        {kOutputName,
         Kind::kChoice,
         "viewGroup",
         "Output",
         "How the result carries its matte: colour multiplied by it, colour left as it is (straight), the matte as a "
         "grey picture, or the untouched picture with the matte in alpha.",
         0,
         {"Premultiplied", "Straight", "Matte in RGB", "Matte in alpha"}},
        {kModelName,
         Kind::kChoice,
         "qualityGroup",
         "Model",
         "FTP-VM carries the trimaps through the shot. DVM, large and slow, mattes from the trimaps that FTP-VM "
         "carries. RVM mattes people and needs no trimap.",
         0,
         {"FTP-VM", "DVM", "RVM (people, no trimap)"}},
        {"weights",
         Kind::kText,
         "qualityGroup",
         "Weights",
         "Name of imported weights for the model, as 'trimatte weights list' shows it. Empty: the weights that come "
         "with Trimatte for FTP-VM, the only imported ones for DVM and RVM.",
         0,
         {}},
        {"workingResolution",
         Kind::kChoice,
         "qualityGroup",
         "Working resolution",
         "Long side in pixels of the picture that the network sees on its way through the shot; what refines the matte "
         "always works at full size.",
         2,
         {"256", "384", "512", "768", "1024", "Native"}},
        {"refine",
         Kind::kBoolean,
         "qualityGroup",
         "Refine",
         "Refine the unknown region at full resolution; DVM and RVM always do.",
         1,
         {}},
        {"device", Kind::kChoice, "workGroup", "Device", "Where the networks run.", 0, {"Auto", "CPU", "CUDA"}},
        {"kernels",
         Kind::kChoice,
         "workGroup",
         "Kernels",
         "What computes the steps around the networks. Auto takes the fastest that is installed; Torch is the "
         "reference that the others agree with, up to rounding. 'trimatte doctor' shows which are here, and how fast.",
         0,
         {"Auto", "Torch", "C++", "OpenCL", "CUDA"}},
        {"cacheKey",
         Kind::kText,
         "workGroup",
         "Clip identity",
         "A name for the source. Solved frames of a named source are kept on disk and found again after a restart; "
         "leave it empty to keep them for this session only.",
         0,
         {}},
        {kStatusName, Kind::kLabel, "workGroup", "Status", "What became of the last frame.", 0, {}},
    };
    return *table;
}

const char* ofx_type(Kind kind) {
    switch (kind) {
        case Kind::kChoice:
            return kOfxParamTypeChoice;
        case Kind::kBoolean:
            return kOfxParamTypeBoolean;
        case Kind::kInteger:
            return kOfxParamTypeInteger;
        default:
            return kOfxParamTypeString;
    }
}

Properties define(OfxParamSetHandle parameters, const char* type, const char* name, const char* label) {
    OfxPropertySetHandle handle = nullptr;
    const OfxStatus status = suites().parameter->paramDefine(parameters, type, name, &handle);
    if (status != kOfxStatOK) throw Refusal(status, std::string("the host refuses the parameter ") + name);
    Properties properties(handle);
    properties.set(kOfxPropLabel, label);
    return properties;
}

void describe_text(const Properties& properties, Kind kind) {
    properties.set(kOfxParamPropDefault, "");
    properties.set(kOfxParamPropStringMode,
                   kind == Kind::kFolder ? kOfxParamStringIsDirectoryPath : kOfxParamStringIsSingleLine);
    if (kind == Kind::kFolder) properties.set(kOfxParamPropStringFilePathExists, 1);
    if (kind != Kind::kLabel) return;
    properties.set(kOfxParamPropEnabled, 0);
    properties.set(kOfxParamPropEvaluateOnChange, 0);
    properties.set(kOfxParamPropPersistant, 0);
}

void describe_integer(const Properties& properties) {
    properties.set(kOfxParamPropMin, -10000000);
    properties.set(kOfxParamPropMax, 10000000);
    properties.set(kOfxParamPropDisplayMin, -10000);  // both ranges: some hosts limit to nothing otherwise
    properties.set(kOfxParamPropDisplayMax, 10000);
}

void describe(OfxParamSetHandle parameters, const Parameter& parameter) {
    const Properties properties = define(parameters, ofx_type(parameter.kind), parameter.name, parameter.label);
    properties.set(kOfxParamPropScriptName, parameter.name);
    properties.set(kOfxParamPropHint, parameter.hint);
    properties.set(kOfxParamPropParent, parameter.group);
    properties.set(kOfxParamPropAnimates, 0);
    if (ofx_type(parameter.kind) == std::string(kOfxParamTypeString)) return describe_text(properties, parameter.kind);
    for (size_t i = 0; i < parameter.options.size(); ++i) {
        properties.set(kOfxParamPropChoiceOption, parameter.options[i], static_cast<int>(i));
    }
    properties.set(kOfxParamPropDefault, parameter.initial);
    if (parameter.kind == Kind::kInteger) describe_integer(properties);
}

OfxParamHandle find(OfxParamSetHandle parameters, const char* name) {
    OfxParamHandle handle = nullptr;
    if (suites().parameter->paramGetHandle(parameters, name, &handle, nullptr) != kOfxStatOK) return nullptr;
    return handle;
}

int read_int(OfxParamSetHandle parameters, const char* name, double time, int fallback) {
    int value = fallback;  // some hosts answer OK and write nothing
    OfxParamHandle handle = find(parameters, name);
    if (!handle || suites().parameter->paramGetValueAtTime(handle, time, &value) != kOfxStatOK) return fallback;
    return value;
}

std::string value_as_json(OfxParamSetHandle parameters, const Parameter& parameter, double time) {
    if (ofx_type(parameter.kind) == std::string(kOfxParamTypeString)) {
        return quote_json(read_text(parameters, parameter.name, time));
    }
    const int value = read_int(parameters, parameter.name, time, parameter.initial);
    if (parameter.kind == Kind::kBoolean) return value ? "true" : "false";
    const bool known = value >= 0 && static_cast<size_t>(value) < parameter.options.size();
    return known ? quote_json(parameter.options[value]) : std::to_string(value);
}

}  // namespace

void describe_parameters(OfxParamSetHandle parameters) {
    for (const Group& group : groups()) define(parameters, kOfxParamTypeGroup, group.name, group.label);
    for (const Parameter& parameter : table()) describe(parameters, parameter);
    const Properties page = define(parameters, kOfxParamTypePage, "mainPage", "Trimatte");
    int index = 0;
    for (const Parameter& parameter : table()) page.set(kOfxParamPropPageChild, parameter.name, index++);
}

std::string read_settings(OfxParamSetHandle parameters, double time, const std::string& extra) {
    std::string json = "{" + extra;
    for (const Parameter& parameter : table()) {
        if (parameter.kind == Kind::kLabel) continue;
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
    return read_int(parameters, name, time, 0);
}

void write_status(OfxParamSetHandle parameters, const std::string& text) {
    OfxParamHandle handle = find(parameters, kStatusName);
    if (handle) suites().parameter->paramSetValue(handle, text.c_str());
}

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
