// What parameters carry when they are made, by type.
#include <openfx/openfx.h>

#include <limits>

#include "param.hpp"
#include "property_tables.hpp"

namespace trimatte::host {

namespace {

constexpr Access kHost = Access::kHostWrites;
constexpr Access kPlugin = Access::kPluginWrites;

std::string text(const char* words = "") { return words; }

void define_ranges(PropertySet& set, int dimension, Value lowest, Value highest) {
    const std::vector<Value> low(dimension, lowest);
    const std::vector<Value> high(dimension, highest);
    set.define(kOfxParamPropMin, kPlugin, low);
    set.define(kOfxParamPropMax, kPlugin, high);
    set.define(kOfxParamPropDisplayMin, kPlugin, low);
    set.define(kOfxParamPropDisplayMax, kPlugin, high);
}

void define_number(PropertySet& set, const ParamType& type) {
    const bool real = type.kind == ParamKind::kReal;
    set.define(kOfxParamPropDefault, kPlugin, std::vector<Value>(type.dimension, real ? Value(0.0) : Value(0)));
    if (real) {
        constexpr double kLimit = std::numeric_limits<double>::max();
        define_ranges(set, type.dimension, -kLimit, kLimit);
        set.define(kOfxParamPropIncrement, kPlugin, {1.0});
        set.define(kOfxParamPropDigits, kPlugin, {2});
        set.define(kOfxParamPropDoubleType, kPlugin, {text(kOfxParamDoubleTypePlain)});
        set.define(kOfxParamPropDefaultCoordinateSystem, kPlugin, {text(kOfxParamCoordinatesCanonical)});
        set.define(kOfxParamPropShowTimeMarker, kPlugin, {0});
        set.define(kOfxParamPropUseHostOverlayHandle, kPlugin, {0});
        set.define(kOfxParamPropHasHostOverlayHandle, kHost, {0});
    } else {
        define_ranges(set, type.dimension, std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
    }
    if (type.dimension > 1) {
        const bool colour =
            std::string_view(type.name) == kOfxParamTypeRGB || std::string_view(type.name) == kOfxParamTypeRGBA;
        const char* const* labels = nullptr;
        static const char* const kAxes[] = {"x", "y", "z", "w"};
        static const char* const kChannels[] = {"r", "g", "b", "a"};
        labels = colour ? kChannels : kAxes;
        std::vector<Value> values;
        for (int i = 0; i < type.dimension; ++i) {
            values.emplace_back(text(labels[i]));
        }
        set.define(kOfxParamPropDimensionLabel, kPlugin, values);
    }
}

void define_text(PropertySet& set, const ParamType& type) {
    const std::string_view name = type.name;
    set.define(kOfxParamPropDefault, kPlugin, {text()});
    if (name == kOfxParamTypeString) {
        set.define(kOfxParamPropStringMode, kPlugin, {text(kOfxParamStringIsSingleLine)});
        set.define(kOfxParamPropStringFilePathExists, kPlugin, {1});
    } else if (name == kOfxParamTypeStrChoice) {
        set.define_list(kOfxParamPropChoiceOption, kPlugin, text());
        set.define_list(kOfxParamPropChoiceEnum, kPlugin, text());
    } else if (name == kOfxParamTypeCustom) {
        set.define(kOfxParamPropCustomInterpCallbackV1, kPlugin, {static_cast<void*>(nullptr)});
    }
}

void define_edits(PropertySet& set, bool animates) {
    set.define(kOfxParamPropAnimates, kPlugin, {animates ? 1 : 0});
    set.define(kOfxParamPropIsAnimating, kHost, {0});
    set.define(kOfxParamPropIsAutoKeying, kHost, {0});
    set.define(kOfxParamPropPersistant, kPlugin, {1});
    set.define(kOfxParamPropEvaluateOnChange, kPlugin, {1});
    set.define(kOfxParamPropPluginMayWrite, kPlugin, {0});
    set.define(kOfxParamPropCanUndo, kPlugin, {1});
    set.define(kOfxParamPropCacheInvalidation, kPlugin, {text(kOfxParamInvalidateValueChange)});
}

void define_parametric(PropertySet& set) {
    define_edits(set, false);
    set.define(kOfxParamPropParametricDimension, kPlugin, {1});
    set.define_list(kOfxParamPropDimensionLabel, kPlugin, text());
    set.define_list(kOfxParamPropParametricUIColour, kPlugin, 0.0);
    set.define(kOfxParamPropParametricInteractBackground, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxParamPropParametricRange, kPlugin, {0.0, 1.0});
}

void define_value(PropertySet& set, const ParamType& type) {
    const std::string_view name = type.name;
    define_edits(set, name != kOfxParamTypeString && name != kOfxParamTypeCustom && name != kOfxParamTypeBytes);
    if (type.kind == ParamKind::kBytes) {
        set.define(kOfxParamPropDefault, kPlugin, {static_cast<void*>(nullptr)});
    } else if (type.kind == ParamKind::kText) {
        define_text(set, type);
    } else if (name == kOfxParamTypeBoolean) {
        set.define(kOfxParamPropDefault, kPlugin, {0});
    } else if (name == kOfxParamTypeChoice) {
        set.define(kOfxParamPropDefault, kPlugin, {0});
        set.define_list(kOfxParamPropChoiceOption, kPlugin, text());
        set.define_list(kOfxParamPropChoiceOrder, kPlugin, 0);
    } else {
        define_number(set, type);
    }
}

}  // namespace

void define_param_set_properties(PropertySet& set) {
    set.define(kOfxPropParamSetNeedsSyncing, kPlugin, {1});
    set.define_list(kOfxPluginPropParamPageOrder, kPlugin, text());
}

void define_param_properties(PropertySet& set, const ParamType& type, const std::string& name) {
    set.define(kOfxPropType, kHost, {text(kOfxTypeParameter)});
    set.define(kOfxParamPropType, kHost, {text(type.name)});
    set.define(kOfxPropName, kHost, {name});
    set.define(kOfxPropLabel, kPlugin, {name});
    set.define(kOfxPropShortLabel, kPlugin, {name});
    set.define(kOfxPropLongLabel, kPlugin, {name});
    set.define(kOfxPropIcon, kPlugin, {text(), text()});
    set.define(kOfxParamPropScriptName, kPlugin, {name});
    set.define(kOfxParamPropHint, kPlugin, {text()});
    set.define(kOfxParamPropParent, kPlugin, {text()});
    set.define(kOfxParamPropSecret, kPlugin, {0});
    set.define(kOfxParamPropEnabled, kPlugin, {1});
    set.define(kOfxParamPropDataPtr, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxParamPropInteractV1, kPlugin, {static_cast<void*>(nullptr)});
    set.define(kOfxParamPropInteractSize, kPlugin, {0.0, 0.0});
    set.define(kOfxParamPropInteractSizeAspect, kPlugin, {1.0});
    set.define(kOfxParamPropInteractMinimumSize, kPlugin, {10.0, 10.0});
    set.define(kOfxParamPropInteractPreferedSize, kPlugin, {10, 10});
    if (type.kind != ParamKind::kNone) {
        define_value(set, type);
    } else if (std::string_view(type.name) == kOfxParamTypeGroup) {
        set.define(kOfxParamPropGroupOpen, kPlugin, {1});
    } else if (std::string_view(type.name) == kOfxParamTypePage) {
        set.define_list(kOfxParamPropPageChild, kPlugin, text());
    } else if (std::string_view(type.name) == kOfxParamTypeParametric) {
        define_parametric(set);
    } else {
        set.define(kOfxParamPropEvaluateOnChange, kPlugin, {1});
    }
}

}  // namespace trimatte::host
