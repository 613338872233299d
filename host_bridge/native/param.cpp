// Parameters of an effect: values and animation keys.
#include "param.hpp"

#include <openfx/ofx_parametric_param.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "property_tables.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

double as_real(const Value& value) {
    return std::holds_alternative<int>(value) ? std::get<int>(value) : std::get<double>(value);
}

Value mix(const Value& first, const Value& second, double amount) {
    return as_real(first) + (as_real(second) - as_real(first)) * amount;
}

}  // namespace

const ParamType* find_param_type(std::string_view name) {
    static const ParamType kTypes[] = {
        {kOfxParamTypeInteger, ParamKind::kInteger, 1},   {kOfxParamTypeInteger2D, ParamKind::kInteger, 2},
        {kOfxParamTypeInteger3D, ParamKind::kInteger, 3}, {kOfxParamTypeDouble, ParamKind::kReal, 1},
        {kOfxParamTypeDouble2D, ParamKind::kReal, 2},     {kOfxParamTypeDouble3D, ParamKind::kReal, 3},
        {kOfxParamTypeRGB, ParamKind::kReal, 3},          {kOfxParamTypeRGBA, ParamKind::kReal, 4},
        {kOfxParamTypeBoolean, ParamKind::kInteger, 1},   {kOfxParamTypeChoice, ParamKind::kInteger, 1},
        {kOfxParamTypeStrChoice, ParamKind::kText, 1},    {kOfxParamTypeString, ParamKind::kText, 1},
        {kOfxParamTypeCustom, ParamKind::kText, 1},       {kOfxParamTypeBytes, ParamKind::kBytes, 1},
        {kOfxParamTypeGroup, ParamKind::kNone, 0},        {kOfxParamTypePage, ParamKind::kNone, 0},
        {kOfxParamTypePushButton, ParamKind::kNone, 0},   {kOfxParamTypeParametric, ParamKind::kNone, 0},
    };
    const auto* found =
        std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& t) { return name == t.name; });
    return found == std::end(kTypes) ? nullptr : found;
}

Param::Param(const ParamType& type, const std::string& name)
    : type_(type), name_(name), properties_(PropertySet::create()) {
    define_param_properties(*properties_, type, name);
}

Param::Param(const Param& descriptor, ParamSet* owner)
    : type_(descriptor.type_), name_(descriptor.name_), owner_(owner), properties_(PropertySet::create()) {
    properties_->copy_from(*descriptor.properties_);
    properties_->set(kOfxPropType, std::string(kOfxTypeParameterInstance));
    curves_.copy_from(descriptor.curves_);
    switch (type_.kind) {
        case ParamKind::kInteger:
        case ParamKind::kReal:
        case ParamKind::kText:
            constant_ = properties_->values(kOfxParamPropDefault);
            break;
        case ParamKind::kBytes: {
            const auto* bytes = static_cast<const OfxBytes*>(properties_->get<void*>(kOfxParamPropDefault));
            constant_ = {bytes && bytes->data ? std::string(reinterpret_cast<const char*>(bytes->data), bytes->length)
                                              : std::string()};
            break;
        }
        case ParamKind::kNone:
            break;
    }
}

ParamValue Param::value_at(double time) const {
    std::lock_guard lock(mutex_);
    if (keys_.empty()) {
        return constant_;
    }
    const auto after = keys_.upper_bound(time);
    if (after == keys_.begin()) {
        return after->second;
    }
    const auto before = std::prev(after);
    if (after == keys_.end() || type_.kind != ParamKind::kReal) {
        return before->second;
    }
    const double amount = (time - before->first) / (after->first - before->first);
    ParamValue result;
    for (int i = 0; i < type_.dimension; ++i) {
        result.push_back(mix(before->second[i], after->second[i], amount));
    }
    return result;
}

std::vector<double> Param::derivative(double time) const {
    std::lock_guard lock(mutex_);
    std::vector<double> result(type_.dimension, 0.0);
    const auto after = keys_.upper_bound(time);
    if (after == keys_.begin() || after == keys_.end()) {
        return result;  // constant before the first key and after the last
    }
    const auto before = std::prev(after);
    for (int i = 0; i < type_.dimension; ++i) {
        result[i] = (as_real(after->second[i]) - as_real(before->second[i])) / (after->first - before->first);
    }
    return result;
}

std::vector<double> Param::integral(double first, double last) const {
    const double sign = last < first ? -1.0 : 1.0;
    std::vector<double> stops = key_times();
    std::erase_if(stops, [&](double t) { return t <= std::min(first, last) || t >= std::max(first, last); });
    stops.insert(stops.begin(), std::min(first, last));
    stops.push_back(std::max(first, last));
    std::vector<double> result(type_.dimension, 0.0);
    for (std::size_t k = 0; k + 1 < stops.size(); ++k) {  // linear between stops: the middle is the mean
        const ParamValue middle = value_at(0.5 * (stops[k] + stops[k + 1]));
        for (int i = 0; i < type_.dimension; ++i) {
            result[i] += sign * as_real(middle[i]) * (stops[k + 1] - stops[k]);
        }
    }
    return result;
}

void Param::set(ParamValue value, double time) {
    value = checked(std::move(value));
    std::lock_guard lock(mutex_);
    was_set_ = true;
    if (keys_.empty()) {
        constant_ = std::move(value);
    } else {
        keys_[time] = std::move(value);
    }
}

void Param::set_key(double time, ParamValue value) {
    if (!properties_->get<int>(kOfxParamPropAnimates)) {
        throw HostFailure("parameter " + name_ + " does not animate; set it without a time");
    }
    value = checked(std::move(value));
    std::lock_guard lock(mutex_);
    keys_[time] = std::move(value);
    mark_animation();
}

std::vector<double> Param::key_times() const {
    std::lock_guard lock(mutex_);
    std::vector<double> times;
    for (const auto& key : keys_) {
        times.push_back(key.first);
    }
    return times;
}

bool Param::delete_key(double time) {
    std::lock_guard lock(mutex_);
    const auto found = keys_.find(time);
    if (found == keys_.end()) {
        return false;
    }
    if (keys_.size() == 1) {
        constant_ = found->second;  // the last key leaves its value behind
    }
    keys_.erase(found);
    mark_animation();
    return true;
}

void Param::delete_keys() {
    std::lock_guard lock(mutex_);
    if (!keys_.empty()) {
        constant_ = keys_.begin()->second;
    }
    keys_.clear();
    mark_animation();
}

void Param::copy_from(const Param& other, double offset, const OfxRangeD* range) {
    if (other.type_.kind != type_.kind || other.type_.dimension != type_.dimension ||
        (type_.kind == ParamKind::kNone && std::string_view(type_.name) != other.type_.name)) {
        throw HostFailure("cannot copy parameter " + other.name_ + " to " + name_ + ": their types differ");
    }
    curves_.copy_from(other.curves_);
    std::scoped_lock lock(mutex_, other.mutex_);
    constant_ = other.constant_;
    keys_.clear();
    for (const auto& [time, value] : other.keys_) {
        if (!range || (time >= range->min && time <= range->max)) {
            keys_[time + offset] = value;
        }
    }
    mark_animation();
}

ParamValue Param::checked(ParamValue value) const {
    if (static_cast<int>(value.size()) != type_.dimension) {
        throw HostFailure("parameter " + name_ + " takes " + std::to_string(type_.dimension) + " values, not " +
                          std::to_string(value.size()));
    }
    for (Value& part : value) {
        if (type_.kind == ParamKind::kReal && std::holds_alternative<int>(part)) {
            part = as_real(part);
        }
        const std::size_t wanted = type_.kind == ParamKind::kInteger ? 0 : type_.kind == ParamKind::kReal ? 1 : 2;
        if (part.index() != wanted) {
            throw HostFailure("parameter " + name_ + " is a " + type_.name + "; the value is of another type");
        }
    }
    return value;
}

void Param::tell_owner() {
    if (owner_ && owner_->on_plugin_edit) {
        owner_->on_plugin_edit(*this);
    }
}

void Param::adopt_project(OfxPointD size) {
    if (type_.kind != ParamKind::kReal ||
        properties_->get<std::string>(kOfxParamPropDefaultCoordinateSystem) != kOfxParamCoordinatesNormalised) {
        return;
    }
    const std::string meaning = properties_->get<std::string>(kOfxParamPropDoubleType);
    const bool vertical = meaning == kOfxParamDoubleTypeY || meaning == kOfxParamDoubleTypeYAbsolute;
    std::lock_guard lock(mutex_);
    if (was_set_ || !keys_.empty()) {
        return;
    }
    constant_ = properties_->values(kOfxParamPropDefault);
    for (int i = 0; i < type_.dimension; ++i) {
        constant_[i] = as_real(constant_[i]) * (i == 1 || (i == 0 && vertical) ? size.y : i == 0 ? size.x : 1.0);
    }
}

void Param::mark_animation() { properties_->set(kOfxParamPropIsAnimating, keys_.empty() ? 0 : 1); }

ParamSet::ParamSet() : properties_(PropertySet::create()) { define_param_set_properties(*properties_); }

std::shared_ptr<ParamSet> ParamSet::create() {
    std::shared_ptr<ParamSet> set(new ParamSet);
    set->handle_.publish(set);
    return set;
}

std::shared_ptr<ParamSet> ParamSet::instance_of(const ParamSet& descriptor) {
    auto set = create();
    set->properties_->copy_from(*descriptor.properties_);
    for (const auto& param : descriptor.params_) {
        auto instance = std::make_shared<Param>(*param, set.get());
        instance->publish(instance);
        set->params_.push_back(instance);
    }
    return set;
}

std::shared_ptr<Param> ParamSet::find(std::string_view name) const {
    for (const auto& param : params_) {
        if (param->name() == name) {
            return param;
        }
    }
    return nullptr;
}

std::shared_ptr<Param> ParamSet::define(const ParamType& type, const std::string& name) {
    auto param = std::make_shared<Param>(type, name);
    param->publish(param);
    params_.push_back(param);
    return param;
}

}  // namespace trimatte::host
