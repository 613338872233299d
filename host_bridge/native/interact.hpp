// Overlays: what an effect draws over a viewer, and what it does with pen and keys.
#pragma once

#include <openfx/ofx_draw.h>
#include <openfx/ofx_interact.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "handles.hpp"
#include "property_set.hpp"

namespace trimatte::host {

class EffectInstance;

// One shape or word, as the effect drew it; canonical coordinates.
struct Drawing {
    int primitive = -1;  // an OfxDrawPrimitive, or -1 for text
    std::vector<OfxPointD> points;
    OfxRGBAColourF colour{1.0F, 1.0F, 1.0F, 1.0F};
    float line_width = 1.0F;
    int stipple = 0;
    std::string text;
    int alignment = 0;
};

// What an OfxDrawContextHandle names: collects drawings while a draw action runs.
struct DrawContext {
    std::mutex mutex;
    Drawing pen;  // colour, width and pattern of what comes next
    std::vector<Drawing> drawings;
    Handle<DrawContext> handle;
};

// Where the pen is, or which key.
struct InteractEvent {
    OfxPointD position{};  // canonical
    double pressure = 1.0;
    int key = 0;
    std::string text;
};

class Interact {
  public:
    // Describes the overlay and creates an instance of it; throws where the effect has none or refuses.
    static std::shared_ptr<Interact> create(const std::shared_ptr<EffectInstance>& effect);
    ~Interact();
    Interact(const Interact&) = delete;
    Interact& operator=(const Interact&) = delete;

    OfxInteractHandle handle() const { return static_cast<OfxInteractHandle>(handle_.value()); }
    PropertySet& properties() const { return *properties_; }
    bool draws_without_gl() const { return without_gl_; }
    void close();

    // True when the effect used the event and nobody else should.
    bool act(const char* action, double time, OfxPointD scale, OfxPointD pixel_scale, const InteractEvent& event);
    // Only for overlays that draw without OpenGL.
    std::vector<Drawing> draw(double time, OfxPointD scale, OfxPointD pixel_scale);

    void ask_redraw() { ++redraws_; }
    int redraws() const { return redraws_; }

  private:
    Interact(const std::shared_ptr<EffectInstance>& effect, OfxPluginEntryPoint* entry, bool without_gl);
    OfxStatus call(const char* action, PropertySet* in);
    std::shared_ptr<PropertySet> arguments(double time, OfxPointD scale, OfxPointD pixel_scale) const;
    bool run(const char* action, PropertySet* in, double time, OfxPointD scale);

    std::weak_ptr<EffectInstance> effect_;
    OfxPluginEntryPoint* entry_;
    bool without_gl_;
    std::atomic<bool> created_{false};
    std::atomic<int> redraws_{0};
    std::shared_ptr<PropertySet> properties_;
    Handle<Interact> handle_;
};

}  // namespace trimatte::host
