// Calls the suites with what no plug-in should pass, and with what few do; the first wrong answer ends the render.
#include <atomic>
#include <cstring>
#include <limits>
#include <memory>

#include "probe.hpp"

namespace probe {

namespace {

#define TRIMATTE_EXPECT(truth)                                                                               \
    if (!(truth)) {                                                                                          \
        suites.message->setPersistentMessage(effect, kOfxMessageError, "", "line %d: %s", __LINE__, #truth); \
        return kOfxStatFailed;                                                                               \
    }

OfxStatus check_properties(Handle effect, Set in) {
    const auto& p = *suites.property;
    int number = 7, count = 7;
    double real = 0.0;
    char* text = nullptr;
    void* pointer = nullptr;
    TRIMATTE_EXPECT(p.propGetInt(in, "MadeUp", 0, &number) == kOfxStatErrUnknown && number == 7);
    TRIMATTE_EXPECT(p.propSetInt(in, "MadeUp", 0, 1) == kOfxStatErrUnknown);
    TRIMATTE_EXPECT(p.propGetDimension(in, "MadeUp", &count) == kOfxStatErrUnknown && count == 0);
    TRIMATTE_EXPECT(p.propGetDouble(in, kOfxPropTime, 1, &real) == kOfxStatErrBadIndex);
    TRIMATTE_EXPECT(p.propGetDouble(in, kOfxPropTime, -1, &real) == kOfxStatErrBadIndex);
    TRIMATTE_EXPECT(p.propGetInt(in, kOfxPropTime, 0, &number) == kOfxStatErrValue);
    TRIMATTE_EXPECT(p.propSetDouble(in, kOfxPropTime, 0, 1.0) == kOfxStatErrValue);
    TRIMATTE_EXPECT(p.propGetInt(nullptr, kOfxPropTime, 0, &number) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(p.propGetString(reinterpret_cast<Set>(&number), kOfxPropTime, 0, &text) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(p.propGetPointer(in, nullptr, 0, &pointer) == kOfxStatErrUnknown);
    TRIMATTE_EXPECT(p.propGetDouble(in, kOfxPropTime, 0, nullptr) == kOfxStatErrValue);
    return kOfxStatOK;
}

OfxStatus check_handles(Handle effect) {
    const auto& e = *suites.effect;
    OfxImageClipHandle clip = nullptr;
    Set set = nullptr;
    OfxParamSetHandle params = nullptr;
    OfxParamHandle handle = nullptr;
    int number = 0;
    TRIMATTE_EXPECT(e.getPropertySet(nullptr, &set) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(e.getParamSet(reinterpret_cast<Handle>(&number), &params) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(e.clipGetHandle(effect, "Nobody", &clip, nullptr) == kOfxStatErrUnknown);
    TRIMATTE_EXPECT(e.clipGetImage(nullptr, 0.0, nullptr, &set) == kOfxStatErrBadHandle && set == nullptr);
    TRIMATTE_EXPECT(e.clipReleaseImage(nullptr) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(e.clipDefine(effect, "Late", &set) != kOfxStatOK);
    TRIMATTE_EXPECT(e.abort(nullptr) == 0);
    TRIMATTE_EXPECT(e.getParamSet(effect, &params) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.param->paramGetHandle(params, "nobody", &handle, nullptr) == kOfxStatErrUnknown);
    TRIMATTE_EXPECT(suites.param->paramGetValue(nullptr, &number) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(suites.param->paramDefine(params, kOfxParamTypeInteger, "late", nullptr) != kOfxStatOK);
    TRIMATTE_EXPECT(suites.progress->progressUpdate(nullptr, 0.5) == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(host->fetchSuite(host->host, "MadeUpSuite", 1) == nullptr);
    TRIMATTE_EXPECT(host->fetchSuite(host->host, kOfxPropertySuite, 99) == nullptr);
    TRIMATTE_EXPECT(host->fetchSuite(nullptr, kOfxPropertySuite, 1) == nullptr);
    const auto* messages = static_cast<const OfxMessageSuiteV1*>(host->fetchSuite(host->host, kOfxMessageSuite, 1));
    const auto* progress = static_cast<const OfxProgressSuiteV2*>(host->fetchSuite(host->host, kOfxProgressSuite, 2));
    TRIMATTE_EXPECT(messages && messages->message(effect, kOfxMessageLog, "", "%s", "one") == kOfxStatOK);
    TRIMATTE_EXPECT(messages->message(&number, kOfxMessageLog, "", "%s", "one") == kOfxStatErrBadHandle);
    TRIMATTE_EXPECT(progress && progress->progressStart(effect, "Working", "work") == kOfxStatOK);
    TRIMATTE_EXPECT(progress->progressUpdate(effect, 0.5) == kOfxStatOK);
    TRIMATTE_EXPECT(progress->progressEnd(effect) == kOfxStatOK);
    return kOfxStatOK;
}

OfxStatus check_memory(Handle effect) {
    void* block = nullptr;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20}) {
        TRIMATTE_EXPECT(suites.memory->memoryAlloc(nullptr, size, &block) == kOfxStatOK && block);
        TRIMATTE_EXPECT(reinterpret_cast<std::uintptr_t>(block) % 16 == 0);
        std::memset(block, 1, size);
        TRIMATTE_EXPECT(suites.memory->memoryFree(block) == kOfxStatOK);
        TRIMATTE_EXPECT(suites.memory->memoryFree(block) == kOfxStatErrBadHandle);
    }
    constexpr std::size_t kTooMuch = std::numeric_limits<std::size_t>::max() / 2;
    TRIMATTE_EXPECT(suites.memory->memoryAlloc(nullptr, kTooMuch, &block) == kOfxStatErrMemory);
    OfxImageMemoryHandle memory = nullptr;
    TRIMATTE_EXPECT(suites.effect->imageMemoryAlloc(effect, 1000, &memory) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.effect->imageMemoryLock(memory, &block) == kOfxStatOK && block);
    TRIMATTE_EXPECT(suites.effect->imageMemoryLock(memory, &block) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.effect->imageMemoryUnlock(memory) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.effect->imageMemoryFree(memory) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.effect->imageMemoryLock(memory, &block) == kOfxStatErrBadHandle);
    return kOfxStatOK;
}

struct Threads {
    std::atomic<int> seen[1000] = {};
    std::atomic<int> nested_refusals{0};
    std::atomic<int> wrong{0};
};

void on_thread(unsigned int index, unsigned int total, void* argument) {
    auto& threads = *static_cast<Threads*>(argument);
    unsigned int own = 0;
    threads.wrong += total != 1000 || suites.thread->multiThreadIndex(&own) != kOfxStatOK || own != index;
    threads.wrong += suites.thread->multiThreadIsSpawnedThread() == 0;
    threads.nested_refusals += suites.thread->multiThread(on_thread, 2, argument) == kOfxStatErrExists;
    ++threads.seen[index];
}

OfxStatus check_threads(Handle effect) {
    const auto threads = std::make_unique<Threads>();
    TRIMATTE_EXPECT(suites.thread->multiThread(on_thread, 1000, threads.get()) == kOfxStatOK);
    TRIMATTE_EXPECT(threads->wrong == 0 && threads->nested_refusals == 1000);
    for (const auto& seen : threads->seen) {
        TRIMATTE_EXPECT(seen == 1);
    }
    TRIMATTE_EXPECT(suites.thread->multiThreadIsSpawnedThread() == 0);
    OfxMutexHandle mutex = nullptr;
    TRIMATTE_EXPECT(suites.thread->mutexCreate(&mutex, 2) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.thread->mutexTryLock(mutex) == kOfxStatOK);  // ours already: it is recursive
    for (int i = 0; i < 3; ++i) {
        TRIMATTE_EXPECT(suites.thread->mutexUnLock(mutex) == kOfxStatOK);
    }
    TRIMATTE_EXPECT(suites.thread->mutexDestroy(mutex) == kOfxStatOK);
    TRIMATTE_EXPECT(suites.thread->mutexLock(mutex) == kOfxStatErrBadHandle);
    return kOfxStatOK;
}

OfxStatus check_time_line(Handle effect) {
    double time = 0.0, first = 0.0, last = 0.0;
    TRIMATTE_EXPECT(suites.time_line->getTime(effect, &time) == kOfxStatOK && time == 1.0);
    TRIMATTE_EXPECT(suites.time_line->getTimeBounds(effect, &first, &last) == kOfxStatOK && first == 0.0 &&
                    last == 2.0);
    TRIMATTE_EXPECT(suites.time_line->getTime(nullptr, &time) == kOfxStatErrBadHandle);
    return kOfxStatOK;
}

}  // namespace

OfxStatus strict_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = "Strict"});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_filter_clips(effect);
        return kOfxStatOK;
    }
    if (name != kOfxImageEffectActionRender) {
        return kOfxStatReplyDefault;
    }
    OfxStatus status = check_properties(effect, in);
    for (const auto check : {check_handles, check_memory, check_threads, check_time_line}) {
        status = status == kOfxStatOK ? check(effect) : status;
    }
    return status;
}

}  // namespace probe
