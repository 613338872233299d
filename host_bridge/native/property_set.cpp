// Property sets: the named, typed, indexed values that every object of the API carries.
#include "property_set.hpp"

#include <openfx/ofx_property.h>

#include <utility>

#include "status.hpp"

namespace trimatte::host {

namespace {

Value default_of(const Value& kind) {
    return std::visit([](const auto& sample) -> Value { return std::decay_t<decltype(sample)>{}; }, kind);
}

}  // namespace

std::shared_ptr<PropertySet> PropertySet::create() {
    std::shared_ptr<PropertySet> set(new PropertySet);
    set->handle_.publish(set);
    return set;
}

void PropertySet::define(const std::string& name, Access access, std::vector<Value> values) {
    if (values.empty()) {
        throw HostFailure("property " + name + " needs a value when it is defined");
    }
    const int dimension = static_cast<int>(values.size());
    std::deque<Value> stored(values.begin(), values.end());
    std::lock_guard lock(mutex_);
    table_[name] = Property{default_of(values.front()), dimension, access, stored, stored, false};
}

void PropertySet::define_list(const std::string& name, Access access, Value kind, std::vector<Value> values) {
    std::deque<Value> stored(values.begin(), values.end());
    std::lock_guard lock(mutex_);
    table_[name] = Property{default_of(kind), 0, access, stored, stored, false};
}

void PropertySet::copy_from(const PropertySet& other) {
    std::scoped_lock lock(mutex_, other.mutex_);
    for (const auto& [name, property] : other.table_) {
        table_[name] = property;
    }
}

void PropertySet::remove(const std::string& name) {
    std::lock_guard lock(mutex_);
    table_.erase(name);
}

void PropertySet::hide(const std::vector<std::string>& names) {
    std::lock_guard lock(mutex_);
    for (const std::string& name : names) {
        if (auto found = table_.find(name); found != table_.end()) {
            found->second.hidden = true;
        }
    }
}

void PropertySet::set(std::string_view name, Value value, int index) {
    std::lock_guard lock(mutex_);
    auto found = table_.find(name);
    if (found == table_.end() || index >= static_cast<int>(found->second.values.size())) {
        throw HostFailure("no property " + std::string(name) + "[" + std::to_string(index) + "] to set");
    }
    found->second.values[index] = std::move(value);
}

void PropertySet::set_all(std::string_view name, std::vector<Value> values) {
    std::lock_guard lock(mutex_);
    auto found = table_.find(name);
    if (found == table_.end()) {
        throw HostFailure("no property " + std::string(name) + " to set");
    }
    found->second.values.assign(values.begin(), values.end());
}

bool PropertySet::has(std::string_view name) const {
    std::lock_guard lock(mutex_);
    return table_.find(name) != table_.end();
}

std::vector<std::string> PropertySet::names() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> result;
    result.reserve(table_.size());
    for (const auto& entry : table_) {
        result.push_back(entry.first);
    }
    return result;
}

std::vector<Value> PropertySet::values(std::string_view name) const {
    std::lock_guard lock(mutex_);
    auto found = table_.find(name);
    if (found == table_.end()) {
        return {};
    }
    return {found->second.values.begin(), found->second.values.end()};
}

std::vector<std::string> PropertySet::strings(std::string_view name) const {
    std::vector<std::string> result;
    for (const Value& value : values(name)) {
        if (const auto* text = std::get_if<std::string>(&value)) {
            result.push_back(*text);
        }
    }
    return result;
}

OfxStatus PropertySet::plugin_set(const char* name, int index, Value value) {
    std::lock_guard lock(mutex_);
    auto found = find_for_plugin(table_, name);
    if (found == table_.end()) {
        return kOfxStatErrUnknown;
    }
    Property& property = found->second;
    if (property.access != Access::kPluginWrites || property.kind.index() != value.index()) {
        return kOfxStatErrValue;
    }
    const int size = static_cast<int>(property.values.size());
    constexpr int kLongest = 1 << 16;
    if (index < 0 || index >= kLongest || (index >= size && property.dimension != 0)) {
        return kOfxStatErrBadIndex;
    }
    if (index >= size) {  // some fill lists from the end, or colour only some of their curves
        property.values.resize(index + 1, property.kind);
    }
    property.values[index] = std::move(value);
    return kOfxStatOK;
}

OfxStatus PropertySet::plugin_set_count(const char* name, int count) {
    std::lock_guard lock(mutex_);
    auto found = find_for_plugin(table_, name);
    if (found == table_.end()) {
        return kOfxStatErrUnknown;
    }
    Property& property = found->second;
    if (count < 0 || (property.dimension != 0 && count > property.dimension)) {
        return kOfxStatErrBadIndex;
    }
    if (property.dimension == 0 && property.access == Access::kPluginWrites) {
        property.values.resize(count, property.kind);
    }
    return kOfxStatOK;
}

OfxStatus PropertySet::plugin_reset(const char* name) {
    std::lock_guard lock(mutex_);
    auto found = find_for_plugin(table_, name);
    if (found == table_.end()) {
        return kOfxStatErrUnknown;
    }
    if (found->second.access != Access::kPluginWrites) {
        return kOfxStatErrValue;
    }
    found->second.values = found->second.defaults;
    return kOfxStatOK;
}

OfxStatus PropertySet::plugin_dimension(const char* name, int* count) const {
    std::lock_guard lock(mutex_);
    auto found = find_for_plugin(table_, name);
    const bool known = found != table_.end();
    if (count) {
        *count = known ? static_cast<int>(found->second.values.size()) : 0;
    }
    return known || forgiving ? kOfxStatOK : kOfxStatErrUnknown;
}

std::vector<Value> to_values(const std::vector<std::string>& strings) { return {strings.begin(), strings.end()}; }

}  // namespace trimatte::host
