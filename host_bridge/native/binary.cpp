// Plug-in binaries: shared libraries that export OpenFX effects.
#include <dlfcn.h>

#include <filesystem>

#include "plugin.hpp"
#include "status.hpp"

namespace trimatte::host {

std::shared_ptr<Binary> Binary::open(const std::string& path) {
    static std::mutex mutex;
    static auto* opened = new std::map<std::string, std::weak_ptr<Binary>>;
    std::error_code error;
    const auto real = std::filesystem::canonical(path, error);
    const std::string key = error ? path : real.string();
    std::lock_guard lock(mutex);
    if (auto known = (*opened)[key].lock()) {
        return known;
    }
    std::shared_ptr<Binary> binary(new Binary(key));
    (*opened)[key] = binary;
    return binary;
}

Binary::Binary(const std::string& path) : path_(path) {
    // Every symbol is resolved here and not at its first use: a broken plug-in is told of now, and cannot end the
    // process later.
    library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library_) {
        const char* reason = dlerror();
        throw HostFailure(reason ? reason : "the library cannot be opened");
    }
    const auto count = reinterpret_cast<int (*)()>(dlsym(library_, "OfxGetNumberOfPlugins"));
    get_plugin_ = reinterpret_cast<OfxPlugin* (*)(int)>(dlsym(library_, "OfxGetPlugin"));
    if (!count || !get_plugin_) {
        dlclose(library_);
        throw HostFailure(std::string("the library does not export ") +
                          (count ? "OfxGetPlugin" : "OfxGetNumberOfPlugins"));
    }
    const int total = count();
    for (int index = 0; index < total; ++index) {
        auto entry = std::make_shared<Entry>();
        entry->index = index;
        entry->plugin = get_plugin_(index);
        if (!entry->plugin || !entry->plugin->mainEntry || !entry->plugin->setHost) {
            dlclose(library_);
            throw HostFailure("effect " + std::to_string(index) + " of the library has no entry point");
        }
        entries_.push_back(std::move(entry));
    }
}

Binary::~Binary() {
    if (library_) {
        dlclose(library_);
    }
}

OfxPlugin* Binary::fetch(int index) const { return get_plugin_(index); }

}  // namespace trimatte::host
