// The host as a plug-in meets it: a property set and a way to the suites.
#pragma once

#include <openfx/ofx_core.h>

#include <memory>

#include "device.hpp"
#include "host_profile.hpp"
#include "property_set.hpp"

namespace trimatte::host {

class Host {
  public:
    static std::shared_ptr<Host> create(const HostProfile& profile);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    const HostProfile& profile() const { return profile_; }
    // The device of the profile, if it names one.
    const std::shared_ptr<Device>& device() const { return device_; }
    OfxHost* ofx_host() { return &ofx_host_; }

  private:
    explicit Host(const HostProfile& profile);

    HostProfile profile_;
    std::shared_ptr<Device> device_;
    std::shared_ptr<PropertySet> properties_;
    OfxHost ofx_host_;
};

}  // namespace trimatte::host
