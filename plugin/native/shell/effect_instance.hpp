// One instance of the effect: its handles, its number, and what it last told the user.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "suites.hpp"

namespace trimatte::shell {

constexpr const char* kTrimapClipName = "Trimap";

class EffectInstance {
  public:
    // Attaches a new instance to ``effect``.
    static void create(OfxImageEffectHandle effect);
    // The instance attached to ``effect``; throws Refusal when there is none.
    static EffectInstance& of(OfxImageEffectHandle effect);
    static void destroy(OfxImageEffectHandle effect);

    OfxImageEffectHandle effect() const { return effect_; }
    OfxParamSetHandle parameters() const { return parameters_; }
    OfxImageClipHandle source() const { return source_; }
    OfxImageClipHandle output() const { return output_; }
    OfxImageClipHandle trimap() const { return trimap_; }  // null where host or context have none
    Properties properties() const;
    Properties source_properties() const { return Properties(source_properties_); }
    Properties output_properties() const { return Properties(output_properties_); }
    uint64_t number() const { return number_; }

    // Counts what the host said about a change of the source.
    uint32_t generation() const { return generation_; }
    void source_changed() { ++generation_; }

    // Shows ``text`` (kOfxMessageError, kOfxMessageWarning) until it is cleared; the same text is shown once.
    void show_message(const char* kind, const std::string& text);
    void clear_message();
    // Says ``text`` once, where a message goes.
    void tell(const std::string& text);

    // What the user wants forgotten: what was solved of this clip, and everything in the cache. Taken by one job.
    void clear_solved() { clears_solved_ = true; }
    bool take_clear_solved() { return clears_solved_.exchange(false); }
    void clear_cache() { clears_cache_ = true; }
    bool take_clear_cache() { return clears_cache_.exchange(false); }

    // One thread tracks at a time; false when another one does.
    bool begin_tracking();
    void end_tracking() { tracking_ = tracking_cancelled_ = false; }
    void cancel_tracking() { tracking_cancelled_ = tracking_.load(); }
    bool is_tracking_cancelled() const { return tracking_cancelled_; }

    // Takes what the parameter says of painted files; returns what it said when a worker last heard of it.
    std::string begin_painted(const std::string& text);
    // A worker has heard of it.
    void settle_painted();

    // Whether the choice ``name``, which stands for buttons, says something that it did not say when last looked at.
    bool take_choice(const std::string& name, int value);

    // Counts the pictures that were made.
    void note_render() { ++renders_; }
    uint32_t num_renders() const { return renders_; }

    void set_status(const std::string& text);
    std::string status() const;

  private:
    explicit EffectInstance(OfxImageEffectHandle effect);

    OfxImageEffectHandle effect_;
    OfxParamSetHandle parameters_ = nullptr;
    OfxImageClipHandle source_ = nullptr, output_ = nullptr, trimap_ = nullptr;
    OfxPropertySetHandle source_properties_ = nullptr, output_properties_ = nullptr;
    uint64_t number_;
    std::atomic<uint32_t> generation_{0}, renders_{0};
    std::atomic<bool> clears_solved_{false}, clears_cache_{false};
    std::atomic<bool> tracking_{false}, tracking_cancelled_{false};
    mutable std::mutex mutex_;
    std::string message_, status_;
    std::map<std::string, int> choices_;
    std::string painted_;
    std::optional<std::string> settled_painted_;
};

}  // namespace trimatte::shell
