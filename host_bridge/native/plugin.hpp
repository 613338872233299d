// Plug-in binaries and the effects in them: load, describe, unload.
#pragma once

#include <openfx/ofx_core.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "effect.hpp"
#include "host.hpp"

namespace trimatte::host {

// A shared library that exports OpenFX effects; opened once per process however many hosts use it.
class Binary {
  public:
    // One effect of the library, whoever loads it.
    struct Entry {
        int index = 0;
        OfxPlugin* plugin = nullptr;  // fetched anew after each Unload: it may be freed there
        int loads = 0;
        std::vector<std::shared_ptr<Host>> hosts;  // the plug-in keeps their OfxHost while it is loaded
        std::mutex load_mutex;
        std::mutex render_mutex;  // held while an effect renders that is not safe among its instances
    };

    static std::shared_ptr<Binary> open(const std::string& path);
    ~Binary();
    Binary(const Binary&) = delete;
    Binary& operator=(const Binary&) = delete;

    const std::string& path() const { return path_; }
    const std::vector<std::shared_ptr<Entry>>& entries() const { return entries_; }
    OfxPlugin* fetch(int index) const;

  private:
    explicit Binary(const std::string& path);

    std::string path_;
    void* library_ = nullptr;
    OfxPlugin* (*get_plugin_)(int) = nullptr;
    std::vector<std::shared_ptr<Entry>> entries_;
};

// One effect as one host sees it.
class Plugin {
  public:
    static std::shared_ptr<Plugin> create(std::shared_ptr<Binary> binary, int index, std::shared_ptr<Host> host,
                                          const std::string& bundle_path);
    ~Plugin();
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    const std::string& api() const { return api_; }
    int api_version() const { return api_version_; }
    const std::string& identifier() const { return identifier_; }
    unsigned int version_major() const { return version_major_; }
    unsigned int version_minor() const { return version_minor_; }
    const HostProfile& profile() const { return host_->profile(); }
    const std::shared_ptr<Device>& device() const { return host_->device(); }
    std::mutex& render_mutex() const { return entry_->render_mutex; }

    bool is_loaded() const { return loaded_; }
    void load();
    // Forgets every description; refused while instances live.
    void unload();
    std::shared_ptr<EffectDescriptor> describe();
    std::shared_ptr<EffectDescriptor> describe_in_context(const std::string& context);

    // Calls the plug-in; an exception that leaves it counts as kOfxStatFailed.
    OfxStatus call(const char* action, const void* handle, PropertySet* in, PropertySet* out) const;
    void count_instance(int change);

  private:
    Plugin() = default;

    std::shared_ptr<Binary> binary_;
    std::shared_ptr<Binary::Entry> entry_;
    std::shared_ptr<Host> host_;
    std::string bundle_path_;
    std::string api_;
    int api_version_ = 0;
    std::string identifier_;
    unsigned int version_major_ = 0;
    unsigned int version_minor_ = 0;
    std::recursive_mutex mutex_;
    bool loaded_ = false;
    int instances_ = 0;
    std::shared_ptr<EffectDescriptor> description_;
    std::map<std::string, std::shared_ptr<EffectDescriptor>> contexts_;
};

}  // namespace trimatte::host
