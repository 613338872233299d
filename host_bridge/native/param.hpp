// Parameters of an effect: descriptors, values and animation keys.
#pragma once

#include <openfx/ofx_param.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "curves.hpp"
#include "handles.hpp"
#include "property_set.hpp"

namespace trimatte::host {

enum class ParamKind { kInteger, kReal, kText, kBytes, kNone };

// What a parameter type stores; only reals are interpolated, everything else steps from key to key.
struct ParamType {
    const char* name;
    ParamKind kind;
    int dimension;
};

const ParamType* find_param_type(std::string_view name);

// One value per dimension: int, double or string (Bytes are kept as a string of bytes).
using ParamValue = std::vector<Value>;

class ParamSet;

class Param {
  public:
    // A descriptor with the defaults of its type.
    Param(const ParamType& type, const std::string& name);
    // An instance of `descriptor`, holding its default.
    Param(const Param& descriptor, ParamSet* owner);

    const std::string& name() const { return name_; }
    const ParamType& type() const { return type_; }
    PropertySet& properties() const { return *properties_; }
    ParamSet* owner() const { return owner_; }
    OfxParamHandle handle() const { return static_cast<OfxParamHandle>(handle_.value()); }
    void publish(const std::shared_ptr<Param>& self) { handle_.publish(self); }

    ParamValue value_at(double time) const;
    std::vector<double> derivative(double time) const;
    std::vector<double> integral(double first, double last) const;
    // Sets the constant value, or the key at `time` when the parameter is animated.
    void set(ParamValue value, double time);
    void set_key(double time, ParamValue value);
    std::vector<double> key_times() const;
    bool delete_key(double time);
    void delete_keys();
    void copy_from(const Param& other, double offset, const OfxRangeD* range);
    // Of a parametric parameter.
    Curves& curves() { return curves_; }
    // Says that the plug-in changed it.
    void tell_owner();
    // A default given in shares of the project becomes canonical; values that were set since are left alone.
    void adopt_project(OfxPointD size);

  private:
    ParamValue checked(ParamValue value) const;
    void mark_animation();

    const ParamType& type_;
    std::string name_;
    ParamSet* owner_ = nullptr;
    std::shared_ptr<PropertySet> properties_;
    mutable std::mutex mutex_;
    ParamValue constant_;
    bool was_set_ = false;
    std::map<double, ParamValue> keys_;
    Curves curves_;
    Handle<Param> handle_;
};

// All parameters of one descriptor or instance, in the order of their definition.
class ParamSet {
  public:
    static std::shared_ptr<ParamSet> create();
    static std::shared_ptr<ParamSet> instance_of(const ParamSet& descriptor);

    OfxParamSetHandle handle() const { return static_cast<OfxParamSetHandle>(handle_.value()); }
    PropertySet& properties() const { return *properties_; }
    const std::vector<std::shared_ptr<Param>>& params() const { return params_; }
    std::shared_ptr<Param> find(std::string_view name) const;

    // Only while the effect describes itself.
    bool may_define = false;
    std::vector<std::string> unknown_types;  // that the host does not know
    std::shared_ptr<Param> define(const ParamType& type, const std::string& name);

    // Told of every value that the plug-in sets; and the time of values asked for without one.
    std::function<void(Param&)> on_plugin_edit;
    std::function<double()> now;
    bool has_keys = true;  // false: the plug-in gets the value of now at any time, and hears of no key

  private:
    ParamSet();

    std::shared_ptr<PropertySet> properties_;
    std::vector<std::shared_ptr<Param>> params_;
    Handle<ParamSet> handle_;
};

}  // namespace trimatte::host
