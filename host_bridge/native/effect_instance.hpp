// One instance of an effect: its life, what changes it, and the actions that are asked of it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "effect.hpp"
#include "image.hpp"
#include "plugin.hpp"
#include "status.hpp"

namespace trimatte::host {

// Called while the plug-in runs, from whatever thread it chose.
struct Hooks {
    std::function<std::optional<bool>(const Message&)> message;               // answer to a question
    std::function<bool(const std::string& label, double fraction)> progress;  // false: stop
    std::function<bool()> aborted;                                            // true: stop
};

struct ClipPreference {
    std::string components;
    std::string depth;
    double pixel_aspect = 1.0;
};

struct ClipPreferences {
    std::map<std::string, ClipPreference> clips;
    double frame_rate = 24.0;
    std::string premultiplication;
    std::string field_order;
    bool continuous_samples = false;
    bool frame_varying = false;
};

struct RenderRequest {
    double time = 0.0;
    OfxPointD scale{1.0, 1.0};
    std::optional<OfxRectI> window;  // pixels, y up; without one the whole region of definition
    int margin = 0;                  // pixels that the output image is larger than need be, on each side
    bool honour_identity = true;
    bool in_order = false;  // filled by the host: later than the frame before, within a sequence
    std::function<bool()> aborted;
};

struct Identity {
    std::string clip;
    double time = 0.0;
};

class ActionScope;
class Interact;

class EffectInstance : public Effect {
  public:
    // `wanted_depth` is empty, or the depth every clip should have. Whoever lets go of the last owner closes it.
    static std::shared_ptr<EffectInstance> create(std::shared_ptr<Plugin> plugin, const std::string& context,
                                                  const std::string& wanted_depth, Hooks hooks);
    ~EffectInstance() override;

    const std::weak_ptr<EffectInstance>& self() const { return self_; }
    const std::string& context() const { return context_; }
    const HostProfile& profile() const { return plugin_->profile(); }

    // Waits for renders, then DestroyInstance. With a deadline, false when a render outlasted it.
    void close();
    bool close_before(std::chrono::steady_clock::time_point deadline);
    bool is_closed() const { return closed_; }

    // Changes; each is told to the plug-in as an edit by the user.
    void connect(const std::string& clip, std::shared_ptr<const ClipSource> source);
    void set_param(const std::string& name, ParamValue value, std::optional<double> key_time);
    void edit_keys(const std::string& name, const std::function<void(Param&)>& edit);
    void press(const std::string& name);
    void set_project(OfxPointD size, double pixel_aspect, double frame_rate, OfxRangeD frames);

    // Questions.
    ClipPreferences clip_preferences();
    OfxRectD region_of_definition(double time, OfxPointD scale);
    std::map<std::string, OfxRectD> regions_of_interest(double time, OfxPointD scale, const OfxRectD& region);
    std::map<std::string, std::vector<OfxRangeD>> frames_needed(double time);
    std::optional<Identity> identity(double time, OfxPointD scale, const OfxRectI& window);
    OfxRangeD time_domain();

    // Work.
    void begin_sequence(double first, double last, double step, OfxPointD scale);
    void end_sequence();
    // The picture and the window that was asked for.
    std::pair<std::shared_ptr<Image>, OfxRectI> render(const RenderRequest& request);
    void purge_caches();
    void sync_private_data();

    // Actions that run now stop as soon as the plug-in looks; later ones are not touched.
    void abort() { ++abort_count_; }
    unsigned int abort_count() const { return abort_count_; }
    bool should_abort() const;
    void enter(ActionScope& scope);
    void leave(ActionScope& scope);

    // Runs one action of an overlay; true when the plug-in used the event.
    bool interact_action(const char* action, double time, OfxPointD scale, const std::function<OfxStatus()>& call);
    void adopt_interact(const std::shared_ptr<Interact>& interact);

    // What the suites need.
    // The image for the plug-in, which holds it until it releases it or the action ends; null for no frame.
    std::shared_ptr<Image> fetch_image(Clip& clip, double time);
    // The same as a texture, while it renders with OpenGL.
    std::shared_ptr<Image> fetch_texture(Clip& clip, double time);
    bool release_image(const Image& image);
    int leaked_images() const { return leaked_images_; }
    std::optional<bool> post(const Message& message) override;
    void clear_persistent_message() override;
    void start_progress(const std::string& label);
    bool report_progress(double fraction);  // false: the plug-in should stop
    void record_error(std::exception_ptr error);
    // Remembers a dialog that the plug-in wants to show once this action has ended; false where it may not.
    bool request_dialog(void* user_data);
    double timeline_time() const { return timeline_time_; }
    void set_timeline_time(double time) { timeline_time_ = time; }
    OfxRangeD timeline_bounds() const;
    OfxRectD region_of_project() const;  // canonical
    std::vector<Message> messages() const;
    std::optional<Message> persistent_message() const;

  private:
    EffectInstance(std::shared_ptr<Plugin> plugin, const EffectDescriptor& descriptor, std::string context,
                   std::string wanted_depth, Hooks hooks);

    // An image that the plug-in has and must give back; without a scope it was fetched on a thread of its own.
    struct Held {
        std::shared_ptr<Image> image;
        const ActionScope* scope;
    };

    // Counts the calls that run, so that nothing is destroyed under them.
    class Busy {
      public:
        explicit Busy(EffectInstance& effect);
        ~Busy();

      private:
        EffectInstance& effect_;
    };

    // Runs one action; true for OK, false for ReplyDefault; refusals and errors of callbacks are thrown.
    bool act(const char* action, PropertySet* in, PropertySet* out, double time, OfxPointD scale, Reply reply,
             std::shared_ptr<Image> output = nullptr, const std::function<bool()>& aborted = nullptr);
    void destroy();
    // Shows what was requested, now that no action runs on this thread.
    void show_dialogs();
    void changed(const char* type, const std::string& name, const char* reason);
    void on_plugin_edit(Param& param);
    // What clips will probably be, for effects that look before anything is connected.
    void guess_forms();
    void negotiate();
    void negotiate_clip(const Clip& clip, PropertySet& out, const std::string& common_depth) const;
    void adopt_preferences(const PropertySet& out, const std::string& common_depth);
    std::string common_depth() const;
    std::string default_premultiplication() const;
    std::shared_ptr<Clip> clip_or_throw(const std::string& name) const;
    std::shared_ptr<Param> param_or_throw(const std::string& name) const;
    OfxRectD default_region() const;
    std::shared_ptr<Image> input_image(const Clip& clip, double time, OfxPointD scale);
    std::shared_ptr<Image> image_at(Clip& clip, double time);
    void finish_sequence();
    bool has_temporal_access(const Clip& clip) const;
    void sequence_action(const char* action, double first, double last, double step, OfxPointD scale,
                         const std::shared_ptr<Device>& device);
    void render_into(const std::shared_ptr<Image>& output, const OfxRectI& window, const RenderRequest& request);
    // The same, once more where memory or the device failed.
    std::shared_ptr<Image> render_patiently(const ImageSpec& spec, const OfxRectI& window,
                                            const RenderRequest& request);
    // The device on which this effect can render, if any.
    std::shared_ptr<Device> render_device() const;
    // Whether the effect takes OpenCL images, and no buffers, or textures.
    bool wants_pictures() const;
    // Tells the plug-in, once, that there is a context of OpenGL, and that it goes.
    void attach_context(const std::shared_ptr<Device>& device);
    void detach_context();
    bool is_in_order(double time);

    std::weak_ptr<EffectInstance> self_;  // as the plug-in finds it: lives until it is destroyed
    std::shared_ptr<Plugin> plugin_;
    std::string context_;
    std::string wanted_depth_;
    Hooks hooks_;
    bool created_ = false;
    std::atomic<bool> closed_{false};
    std::atomic<bool> closing_{false};
    std::atomic<int> in_flight_{0};
    std::atomic<unsigned int> abort_count_{0};
    std::atomic<int> leaked_images_{0};
    std::atomic<double> timeline_time_{0.0};
    std::mutex busy_mutex_;
    std::condition_variable idle_;
    std::mutex render_mutex_;
    std::recursive_mutex preferences_mutex_;
    std::atomic<bool> preferences_known_{false};
    ClipPreferences preferences_;
    mutable std::mutex state_mutex_;  // the members below
    std::vector<Message> messages_;
    std::optional<Message> persistent_;
    std::vector<ActionScope*> scopes_;  // actions that run now
    std::vector<Held> held_;
    std::exception_ptr error_;  // of a callback on a thread of the plug-in's own
    std::string progress_label_;
    std::vector<void*> dialogs_;  // requested and not shown yet
    std::atomic<bool> showing_dialog_{false};
    std::atomic<bool> has_context_{false};
    std::vector<std::weak_ptr<Interact>> interacts_;
    bool negotiating_ = false;
    bool in_sequence_ = false;
    std::optional<double> last_in_sequence_;
    double sequence_first_ = 0.0, sequence_last_ = 0.0, sequence_step_ = 1.0;
    OfxPointD sequence_scale_{1.0, 1.0};
    bool project_fixed_ = false;
};

}  // namespace trimatte::host
