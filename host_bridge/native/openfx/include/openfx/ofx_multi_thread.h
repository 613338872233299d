// Multi-thread suite: the host's thread pool and its mutexes.
#ifndef OPENFX_OFX_MULTI_THREAD_H_
#define OPENFX_OFX_MULTI_THREAD_H_

#include "ofx_core.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxMultiThreadSuite "OfxMultiThreadSuite"

// Handle of a mutex.
typedef struct OfxMutex* OfxMutexHandle;

// Runs on each thread that multiThread starts.
typedef void OfxThreadFunctionV1(unsigned int threadIndex, unsigned int threadMax, void* customArg);

// multiThread returns when all of its threads have ended.
typedef struct OfxMultiThreadSuiteV1 {
    OfxStatus (*multiThread)(OfxThreadFunctionV1 func, unsigned int nThreads, void* customArg);
    OfxStatus (*multiThreadNumCPUs)(unsigned int* nCPUs);
    OfxStatus (*multiThreadIndex)(unsigned int* threadIndex);
    int (*multiThreadIsSpawnedThread)(void);
    OfxStatus (*mutexCreate)(OfxMutexHandle* mutex, int lockCount);
    OfxStatus (*mutexDestroy)(const OfxMutexHandle mutex);
    OfxStatus (*mutexLock)(const OfxMutexHandle mutex);
    OfxStatus (*mutexUnLock)(const OfxMutexHandle mutex);
    OfxStatus (*mutexTryLock)(const OfxMutexHandle mutex);
} OfxMultiThreadSuiteV1;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_MULTI_THREAD_H_
