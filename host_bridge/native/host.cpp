// The host as a plug-in meets it.
#include "host.hpp"

#include <openfx/ofx_gpu_render.h>
#include <openfx/ofx_message.h>

#include <algorithm>
#include <string_view>

#include "property_tables.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

const void* fetch_suite(OfxPropertySetHandle handle, const char* name, int version) {
    auto host = HandleTable<Host>::global().find(handle);
    if (!host || !name) {
        return nullptr;
    }
    if (!host->profile().planes && std::string_view(name) == kPlaneSuite) {
        return nullptr;
    }
    if (host->profile().gpu != "opencl" && std::string_view(name) == kOfxOpenCLProgramSuite) {
        return nullptr;
    }
    if (host->profile().gpu != "opengl" && std::string_view(name) == kOfxOpenGLRenderSuite) {
        return nullptr;
    }
    const auto& hidden = host->profile().hidden_suites;
    if (!host->profile().persistent_messages && name == std::string_view(kOfxMessageSuite) && version == 2) {
        return message_suite_without_persistence();
    }
    return std::find(hidden.begin(), hidden.end(), name) == hidden.end() ? find_suite(name, version) : nullptr;
}

}  // namespace

std::shared_ptr<Host> Host::create(const HostProfile& profile) {
    std::shared_ptr<Host> host(new Host(profile));
    HandleTable<Host>::global().add(host->properties_->handle(), host);
    return host;
}

Host::Host(const HostProfile& profile)
    : profile_(profile),
      device_(profile.gpu.empty() ? nullptr : Device::open(profile.gpu)),
      properties_(PropertySet::create()),
      ofx_host_{properties_->handle(), fetch_suite} {
    define_host_properties(*properties_, profile);
    properties_->forgiving = profile.forgiving;
}

Host::~Host() { HandleTable<Host>::global().remove(properties_->handle()); }

}  // namespace trimatte::host
