// Multi-thread suite: threads for the length of one call, and mutexes.
#include <openfx/ofx_multi_thread.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "handles.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

thread_local bool spawned = false;
thread_local unsigned int own_index = 0;

struct Mutex {
    std::recursive_mutex mutex;
    Handle<Mutex> handle;
};

// Mutexes by handle; the plug-in owns them, so they live here until it destroys them.
struct Mutexes {
    std::mutex mutex;
    std::vector<std::shared_ptr<Mutex>> live;
    static Mutexes& all() {
        static auto* mutexes = new Mutexes;
        return *mutexes;
    }
};

std::shared_ptr<Mutex> find(OfxMutexHandle handle) { return HandleTable<Mutex>::global().find(handle); }

unsigned int cpu_count() { return std::max(1U, std::thread::hardware_concurrency()); }

// Every index below `count` is run once, on no more threads than there are processors.
OfxStatus multi_thread(OfxThreadFunctionV1* function, unsigned int count, void* argument) {
    if (!function) {
        return kOfxStatErrValue;
    }
    if (spawned) {
        return kOfxStatErrExists;
    }
    return guarded([&] {
        const unsigned int total = count == 0 ? cpu_count() : count;
        std::atomic<unsigned int> next{0};
        std::atomic<bool> failed{false};
        const auto work = [&] {
            spawned = true;
            for (unsigned int index = next++; index < total; index = next++) {
                own_index = index;
                try {
                    function(index, total, argument);
                } catch (...) {
                    failed = true;
                }
            }
            spawned = false;
            own_index = 0;
        };
        std::vector<std::jthread> threads;
        for (unsigned int i = 1; i < std::min(total, cpu_count()); ++i) {
            threads.emplace_back(work);
        }
        work();  // the calling thread takes its share: images may be fetched on it
        threads.clear();
        return failed ? kOfxStatFailed : kOfxStatOK;
    });
}

OfxStatus num_cpus(unsigned int* count) {
    if (!count) {
        return kOfxStatErrValue;
    }
    *count = spawned ? 1 : cpu_count();
    return kOfxStatOK;
}

OfxStatus index(unsigned int* out) {
    if (!out) {
        return kOfxStatErrValue;
    }
    *out = own_index;
    return spawned ? kOfxStatOK : kOfxStatFailed;
}

int is_spawned() { return spawned ? 1 : 0; }

OfxStatus mutex_create(OfxMutexHandle* out, int lock_count) {
    return guarded([&] {
        if (!out) {
            return kOfxStatErrValue;
        }
        auto mutex = std::make_shared<Mutex>();
        mutex->handle.publish(mutex);
        for (int i = 0; i < lock_count; ++i) {
            mutex->mutex.lock();
        }
        *out = static_cast<OfxMutexHandle>(mutex->handle.value());
        Mutexes& all = Mutexes::all();
        std::lock_guard lock(all.mutex);
        all.live.push_back(mutex);
        return kOfxStatOK;
    });
}

OfxStatus mutex_destroy(const OfxMutexHandle handle) {
    return guarded([&] {
        Mutexes& all = Mutexes::all();
        std::lock_guard lock(all.mutex);
        const auto gone = std::erase_if(all.live, [&](const auto& known) { return known->handle.value() == handle; });
        return gone ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus mutex_lock(const OfxMutexHandle handle) {
    return guarded([&] {
        auto mutex = find(handle);
        if (mutex) {
            mutex->mutex.lock();
        }
        return mutex ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus mutex_unlock(const OfxMutexHandle handle) {
    return guarded([&] {
        auto mutex = find(handle);
        if (mutex) {
            mutex->mutex.unlock();
        }
        return mutex ? kOfxStatOK : kOfxStatErrBadHandle;
    });
}

OfxStatus mutex_try_lock(const OfxMutexHandle handle) {
    return guarded([&] {
        auto mutex = find(handle);
        if (!mutex) {
            return kOfxStatErrBadHandle;
        }
        return mutex->mutex.try_lock() ? kOfxStatOK : kOfxStatFailed;
    });
}

}  // namespace

const void* multi_thread_suite() {
    static const OfxMultiThreadSuiteV1 suite = {
        .multiThread = multi_thread,
        .multiThreadNumCPUs = num_cpus,
        .multiThreadIndex = index,
        .multiThreadIsSpawnedThread = is_spawned,
        .mutexCreate = mutex_create,
        .mutexDestroy = mutex_destroy,
        .mutexLock = mutex_lock,
        .mutexUnLock = mutex_unlock,
        .mutexTryLock = mutex_try_lock,
    };
    return &suite;
}

}  // namespace trimatte::host
