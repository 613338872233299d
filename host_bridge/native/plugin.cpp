// The effects of a binary: load, describe, unload.
#include "plugin.hpp"

#include <openfx/openfx.h>

#include <algorithm>

#include "action_scope.hpp"
#include "shutdown.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

std::string last_text(const EffectDescriptor& descriptor) {
    return descriptor.messages().empty() ? "" : descriptor.messages().back().text;
}

}  // namespace

std::shared_ptr<Plugin> Plugin::create(std::shared_ptr<Binary> binary, int index, std::shared_ptr<Host> host,
                                       const std::string& bundle_path) {
    std::shared_ptr<Plugin> plugin(new Plugin);
    plugin->entry_ = binary->entries().at(index);
    plugin->binary_ = std::move(binary);
    plugin->host_ = std::move(host);
    plugin->bundle_path_ = bundle_path;
    const OfxPlugin& ofx = *plugin->entry_->plugin;
    plugin->api_ = ofx.pluginApi ? ofx.pluginApi : "";
    plugin->api_version_ = ofx.apiVersion;
    plugin->identifier_ = ofx.pluginIdentifier ? ofx.pluginIdentifier : "";
    plugin->version_major_ = ofx.pluginVersionMajor;
    plugin->version_minor_ = ofx.pluginVersionMinor;
    register_for_shutdown(plugin);
    return plugin;
}

Plugin::~Plugin() {
    try {
        unload();
    } catch (const std::exception&) {  // a refusal to unload has no one left to hear it
    }
}

OfxStatus Plugin::call(const char* action, const void* handle, PropertySet* in, PropertySet* out) const {
    try {
        return entry_->plugin->mainEntry(action, handle, in ? in->handle() : nullptr, out ? out->handle() : nullptr);
    } catch (...) {
        return kOfxStatFailed;
    }
}

void Plugin::load() {
    std::lock_guard own(mutex_);
    if (loaded_) {
        return;
    }
    std::lock_guard shared(entry_->load_mutex);
    if (entry_->loads == 0) {
        entry_->plugin = binary_->fetch(entry_->index);
    }
    entry_->hosts.push_back(host_);
    entry_->plugin->setHost(host_->ofx_host());
    ActionScope scope(nullptr, kOfxActionLoad, 0.0, {1.0, 1.0});
    check_action(kOfxActionLoad, call(kOfxActionLoad, nullptr, nullptr, nullptr), Reply::kMayDefault, "");
    ++entry_->loads;
    loaded_ = true;
}

void Plugin::unload() {
    std::lock_guard own(mutex_);
    if (!loaded_) {
        return;
    }
    if (instances_ > 0) {
        throw HostFailure("cannot unload " + identifier_ + ": " + std::to_string(instances_) +
                          " instances live; close them first");
    }
    description_.reset();
    contexts_.clear();
    loaded_ = false;
    std::lock_guard shared(entry_->load_mutex);
    if (--entry_->loads > 0) {
        return;  // another host still uses it; one Unload ends it for all
    }
    ActionScope scope(nullptr, kOfxActionUnload, 0.0, {1.0, 1.0});
    const OfxStatus status = call(kOfxActionUnload, nullptr, nullptr, nullptr);
    entry_->plugin = binary_->fetch(entry_->index);
    entry_->hosts.clear();
    check_action(kOfxActionUnload, status, Reply::kMayDefault, "");
}

std::shared_ptr<EffectDescriptor> Plugin::describe() {
    std::lock_guard own(mutex_);
    if (!description_) {
        load();
        auto descriptor = EffectDescriptor::create(bundle_path_);
        ActionScope scope(nullptr, kOfxActionDescribe, 0.0, {1.0, 1.0});
        const OfxStatus status = call(kOfxActionDescribe, descriptor->handle(), nullptr, nullptr);
        check_action(kOfxActionDescribe, status, Reply::kMandatory, last_text(*descriptor));
        description_ = descriptor;
    }
    return description_;
}

std::shared_ptr<EffectDescriptor> Plugin::describe_in_context(const std::string& context) {
    std::lock_guard own(mutex_);
    const auto base = describe();
    auto& known = contexts_[context];
    if (!known) {
        const auto offered = base->properties().strings(kOfxImageEffectPropSupportedContexts);
        if (std::find(offered.begin(), offered.end(), context) == offered.end()) {
            throw HostFailure(identifier_ + " does not offer the context " + context);
        }
        auto descriptor = base->in_context();
        descriptor->params().unknown_types = profile().hidden_param_types;
        auto in = PropertySet::create();
        in->define(kOfxImageEffectPropContext, Access::kHostWrites, {context});
        ActionScope scope(nullptr, kOfxImageEffectActionDescribeInContext, 0.0, {1.0, 1.0});
        const OfxStatus status = call(kOfxImageEffectActionDescribeInContext, descriptor->handle(), in.get(), nullptr);
        descriptor->seal();
        check_action(kOfxImageEffectActionDescribeInContext, status, Reply::kMandatory, last_text(*descriptor));
        if (!descriptor->find_clip(kOfxImageEffectOutputClipName)) {
            throw HostFailure(identifier_ + " defines no clip " kOfxImageEffectOutputClipName " in " + context);
        }
        known = descriptor;
    }
    return known;
}

void Plugin::count_instance(int change) {
    std::lock_guard own(mutex_);
    instances_ += change;
}

}  // namespace trimatte::host
