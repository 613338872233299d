#include "progress.hpp"

namespace trimatte::shell {

namespace {

constexpr std::chrono::milliseconds kLong{1000};
constexpr const char* kLabel = "Trimatte solves the shot";

bool host_wants_progress() {
    const Properties host = host_properties();
    return host.get_int(kOfxImageEffectHostPropIsBackground, 0) != 0 ||
           host.get_string(kOfxPropName).starts_with("org.trimatte.");
}

}  // namespace

FrameProgress::FrameProgress(OfxImageEffectHandle effect, bool interactive)
    : effect_(effect), wanted_(!interactive && host_wants_progress()) {}

FrameProgress::~FrameProgress() {
    if (!open_) return;
    const Suites& host = suites();
    if (host.progress_2) {
        if (host.progress_2->progressEnd) host.progress_2->progressEnd(effect_);
    } else if (host.progress && host.progress->progressEnd) {
        host.progress->progressEnd(effect_);
    }
}

bool FrameProgress::update(double fraction) {
    if (!wanted_ || (!open_ && Clock::now() - started_ < kLong)) return true;
    const Suites& host = suites();
    if (host.progress_2 && host.progress_2->progressStart && host.progress_2->progressUpdate) {
        if (!open_) open_ = host.progress_2->progressStart(effect_, kLabel, "solve") == kOfxStatOK;
        return !open_ || host.progress_2->progressUpdate(effect_, fraction) != kOfxStatReplyNo;
    }
    if (host.progress && host.progress->progressStart && host.progress->progressUpdate) {
        if (!open_) open_ = host.progress->progressStart(effect_, kLabel) == kOfxStatOK;
        return !open_ || host.progress->progressUpdate(effect_, fraction) != kOfxStatReplyNo;
    }
    return true;
}

}  // namespace trimatte::shell
