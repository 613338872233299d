// Property sets: the named, typed, indexed values that every object of the API carries.
#pragma once

#include <openfx/ofx_core.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "handles.hpp"

namespace trimatte::host {

using Value = std::variant<int, double, std::string, void*>;

enum class Access { kHostWrites, kPluginWrites };

// One property. A dimension of 0 means as many values as are set.
struct Property {
    Value kind;  // its alternative is the type of the property
    int dimension = 1;
    Access access = Access::kHostWrites;
    std::deque<Value> values;  // a deque, so that strings already handed out stay where they are
    std::deque<Value> defaults;
    bool hidden = false;  // from the plug-in: a host without it
};

class PropertySet : public std::enable_shared_from_this<PropertySet> {
  public:
    static std::shared_ptr<PropertySet> create();

    OfxPropertySetHandle handle() const { return static_cast<OfxPropertySetHandle>(handle_.value()); }

    // Host side: what the object is made of.
    void define(const std::string& name, Access access, std::vector<Value> values);
    void define_list(const std::string& name, Access access, Value kind, std::vector<Value> values = {});
    void copy_from(const PropertySet& other);
    void remove(const std::string& name);
    // The host goes on with them, for the plug-in they do not exist.
    void hide(const std::vector<std::string>& names);
    bool forgiving = false;  // what does not exist has dimension 0, without an error

    void set(std::string_view name, Value value, int index = 0);
    void set_all(std::string_view name, std::vector<Value> values);
    bool has(std::string_view name) const;
    std::vector<std::string> names() const;
    std::vector<Value> values(std::string_view name) const;
    std::vector<std::string> strings(std::string_view name) const;

    // The value, or `fallback` where the property is missing, shorter or of another type.
    template <class T>
    T get(std::string_view name, T fallback = T{}, int index = 0) const {
        std::lock_guard lock(mutex_);
        auto found = table_.find(name);
        if (found == table_.end() || index >= static_cast<int>(found->second.values.size())) {
            return fallback;
        }
        const T* value = std::get_if<T>(&found->second.values[index]);
        return value ? *value : fallback;
    }

    // Plug-in side: every call answers with a status.
    OfxStatus plugin_set(const char* name, int index, Value value);
    OfxStatus plugin_set_count(const char* name, int count);
    OfxStatus plugin_reset(const char* name);
    OfxStatus plugin_dimension(const char* name, int* count) const;

    // Hands the stored value to `use` under the lock; a string stays in place until the property is set again.
    template <class T, class Use>
    OfxStatus plugin_get(const char* name, int index, Use&& use) const {
        std::lock_guard lock(mutex_);
        auto found = find_for_plugin(table_, name);
        if (found == table_.end()) {
            return kOfxStatErrUnknown;
        }
        if (!std::holds_alternative<T>(found->second.kind)) {
            return kOfxStatErrValue;
        }
        if (index < 0 || index >= static_cast<int>(found->second.values.size())) {
            return kOfxStatErrBadIndex;
        }
        use(*std::get_if<T>(&found->second.values[index]));
        return kOfxStatOK;
    }

  private:
    using Table = std::map<std::string, Property, std::less<>>;

    PropertySet() = default;
    template <class AnyTable>
    static auto find_for_plugin(AnyTable& table, const char* name) {
        auto found = table.find(name ? name : "");
        return found != table.end() && found->second.hidden ? table.end() : found;
    }

    mutable std::mutex mutex_;
    Table table_;
    Handle<PropertySet> handle_;
};

std::vector<Value> to_values(const std::vector<std::string>& strings);

}  // namespace trimatte::host
