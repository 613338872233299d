// The host as a plug-in meets it.
#include "host.hpp"

#include <algorithm>

#include "property_tables.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

const void* fetch_suite(OfxPropertySetHandle handle, const char* name, int version) {
    auto host = HandleTable<Host>::global().find(handle);
    if (!host || !name) {
        return nullptr;
    }
    const auto& hidden = host->profile().hidden_suites;
    return std::find(hidden.begin(), hidden.end(), name) == hidden.end() ? find_suite(name, version) : nullptr;
}

}  // namespace

std::shared_ptr<Host> Host::create(const HostProfile& profile) {
    std::shared_ptr<Host> host(new Host(profile));
    HandleTable<Host>::global().add(host->properties_->handle(), host);
    return host;
}

Host::Host(const HostProfile& profile)
    : profile_(profile), properties_(PropertySet::create()), ofx_host_{properties_->handle(), fetch_suite} {
    define_host_properties(*properties_, profile);
}

Host::~Host() { HandleTable<Host>::global().remove(properties_->handle()); }

}  // namespace trimatte::host
