// Handles: numbers that a plug-in sees as pointers, so that a stale or foreign one is refused and never followed.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace trimatte::host {

// A number that no object had before, in any table.
inline void* next_handle() {
    static std::atomic<std::uintptr_t> counter{0x10000};
    return reinterpret_cast<void*>(counter.fetch_add(16));
}

// Living objects of one class by handle.
template <class T>
class HandleTable {
  public:
    // Never destroyed: plug-ins may call while the process exits.
    static HandleTable& global() {
        static auto* table = new HandleTable;
        return *table;
    }

    void add(const void* handle, const std::shared_ptr<T>& object) {
        std::unique_lock lock(mutex_);
        objects_[handle] = object;
    }

    void remove(const void* handle) {
        std::unique_lock lock(mutex_);
        objects_.erase(handle);
    }

    // The object, kept alive while the result lives; null for a handle that is not, or no longer, one of ours.
    std::shared_ptr<T> find(const void* handle) const {
        std::shared_lock lock(mutex_);
        auto found = objects_.find(handle);
        return found == objects_.end() ? nullptr : found->second.lock();
    }

  private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<const void*, std::weak_ptr<T>> objects_;
};

// Gives an object its handle for as long as it lives.
template <class T>
class Handle {
  public:
    Handle() : value_(next_handle()) {}
    ~Handle() { HandleTable<T>::global().remove(value_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    // Called once the object is held by a shared pointer.
    void publish(const std::shared_ptr<T>& object) { HandleTable<T>::global().add(value_, object); }
    void* value() const { return value_; }

  private:
    void* value_;
};

// An owner of `object` that closes it as it goes: the plug-in still finds by its handle what it is told to destroy.
template <class T>
std::shared_ptr<T> closing(std::shared_ptr<T> object) {
    T* address = object.get();
    return {address, [object = std::move(object)](T*) {
                try {
                    object->close();
                } catch (const std::exception&) {  // a refusal to be destroyed has no one left to hear it
                }
            }};
}

}  // namespace trimatte::host
