// Clips of an effect, and where their frames come from.
#pragma once

#include <openfx/ofx_image_effect.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "handles.hpp"
#include "image.hpp"
#include "property_set.hpp"

namespace trimatte::host {

class EffectInstance;

// One frame wanted, in exactly this form and size.
struct FrameRequest {
    double time = 0.0;
    std::string depth;
    std::string components;
    int width = 0;
    int height = 0;
};

// Frames outside the host's world; `read` answers with null data for a frame that does not exist.
struct ClipSource {
    int width = 0;  // at render scale 1
    int height = 0;
    OfxPointI offset{0, 0};  // lower-left pixel of every frame
    double first = 0.0;      // frames, last included
    double last = 0.0;
    double frame_rate = 24.0;
    double pixel_aspect = 1.0;
    std::string depth;
    std::string components;
    std::string premultiplication;
    std::string field;
    std::string identity;
    std::function<FrameBuffer(const FrameRequest&)> read;

    OfxRectD region() const;  // canonical
};

class Clip {
  public:
    // Descriptor.
    explicit Clip(const std::string& name);
    // Instance of `descriptor`.
    Clip(const Clip& descriptor, EffectInstance* owner);

    const std::string& name() const { return name_; }
    bool is_output() const { return name_ == kOfxImageEffectOutputClipName; }
    // There, as the profile has it, but without pictures.
    bool is_ghost() const;
    PropertySet& properties() const { return *properties_; }
    EffectInstance* owner() const { return owner_; }
    OfxImageClipHandle handle() const { return static_cast<OfxImageClipHandle>(handle_.value()); }
    void publish(const std::shared_ptr<Clip>& self) { handle_.publish(self); }

    std::shared_ptr<const ClipSource> source() const;
    // Connects, or with null disconnects, and says so in the properties.
    void connect(std::shared_ptr<const ClipSource> source);

  private:
    std::string name_;
    EffectInstance* owner_ = nullptr;
    std::shared_ptr<PropertySet> properties_;
    mutable std::mutex mutex_;
    std::shared_ptr<const ClipSource> source_;
    Handle<Clip> handle_;
};

// Canonical to pixels, rounded outward; a hair of rounding noise does not make a pixel.
OfxRectI to_pixels(const OfxRectD& canonical, OfxPointD scale, double pixel_aspect);
OfxRectD to_canonical(const OfxRectI& pixels, OfxPointD scale, double pixel_aspect);

}  // namespace trimatte::host
