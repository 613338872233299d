// Images in memory: pixels as a plug-in sees them (y up, any row step) and as Python sees them (y down).
#pragma once

#include <openfx/ofx_core.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "device.hpp"
#include "host_profile.hpp"
#include "property_set.hpp"

namespace trimatte::host {

int depth_bytes(const std::string& depth);           // of one component; 0 for a depth nobody knows
int component_count(const std::string& components);  // of one pixel; 0 for components nobody knows

// Rows from the top of the picture downward, lent by whoever decoded them.
struct FrameBuffer {
    const std::byte* data = nullptr;
    std::ptrdiff_t row_bytes = 0;
    int width = 0;
    int height = 0;
    std::shared_ptr<void> owner;
};

struct ImageSpec {
    OfxRectI bounds{};
    std::string depth;
    std::string components;
    std::string premultiplication;
    std::string field;
    std::string identity;
    OfxPointD scale{1.0, 1.0};
    double pixel_aspect = 1.0;
    RowOrder row_order = RowOrder::kPositive;
    const ExtraProperties* extra = nullptr;
};

class EffectInstance;

// One picture, black until it is written, and the property set that is its handle.
class Image {
  public:
    static std::shared_ptr<Image> create(const ImageSpec& spec);
    ~Image();

    OfxPropertySetHandle handle() const { return properties_->handle(); }
    const ImageSpec& spec() const { return spec_; }
    int width() const { return spec_.bounds.x2 - spec_.bounds.x1; }
    int height() const { return spec_.bounds.y2 - spec_.bounds.y1; }
    int pixel_bytes() const { return pixel_bytes_; }

    // Fills the whole image from a frame of its size.
    void fill(const FrameBuffer& frame);
    // Writes `window` (pixels, y up) downward into `target`, rows without gaps.
    void copy_out(const OfxRectI& window, std::byte* target) const;
    // Everything outside `window` is marked, so that writes to it can be found afterwards.
    void arm(const OfxRectI& window);
    bool is_intact(const OfxRectI& window) const;

    // Puts the pixels on a device, where the plug-in finds them instead, as plain memory or as a picture; rows must go
    // upward in memory.
    void move_to(const std::shared_ptr<Device>& device, bool as_picture);
    // Fetches them again.
    void move_back();
    const std::shared_ptr<Device>& device() const { return device_; }
    bool is_picture() const { return is_picture_; }
    bool was_drawn() const { return was_drawn_; }
    // Makes what is drawn go here; it must be on a device that draws.
    void target() { device_->target(on_device_.get(), form()); }
    PixelForm form() const { return {width(), height(), component_count(spec_.components), spec_.depth}; }

    std::weak_ptr<EffectInstance> holder;  // whose plug-in fetched it

  private:
    explicit Image(const ImageSpec& spec);
    std::byte* row(int y) const { return origin_ + (y - spec_.bounds.y1) * row_bytes_; }
    // Calls `visit(begin, end)` for each run of memory that lies outside the window, gaps and margins included.
    template <class Visit>
    void each_run_outside(const OfxRectI& window, Visit&& visit) const;

    ImageSpec spec_;
    int pixel_bytes_;
    std::ptrdiff_t row_bytes_;
    std::size_t size_;
    std::unique_ptr<std::byte, void (*)(void*)> memory_;
    std::byte* origin_;  // lower-left pixel
    std::shared_ptr<Device> device_;
    std::shared_ptr<void> on_device_;
    bool is_picture_ = false;
    bool was_drawn_ = false;
    std::shared_ptr<PropertySet> properties_;
};

}  // namespace trimatte::host
