// Images of the host: fetched, checked, released, and copied to and from shared memory.
#pragma once

#include <cstddef>

#include "suites.hpp"
#include "wire/protocol.hpp"

namespace trimatte::shell {

// An image that the host lent; given back when it goes out of scope.
class HostImage {
  public:
    HostImage(OfxImageClipHandle clip, double time);
    ~HostImage();
    HostImage(const HostImage&) = delete;
    HostImage& operator=(const HostImage&) = delete;

    // Whether there are pixels; hosts also answer OK with an empty handle.
    explicit operator bool() const { return data_ != nullptr; }
    // Whether depth and components are ones that we know.
    bool is_supported() const { return wire::depth_bytes(shape_.depth) > 0 && shape_.channels > 0; }
    // Bounds and format; the offset is 0.
    const wire::Image& shape() const { return shape_; }
    std::string premultiplication() const;
    std::string describe() const;

    // Copies the whole image to ``target``: packed rows, y down.
    void copy_to(std::byte* target) const;
    // Fills ``window`` (pixels, y up) from packed rows of that window, y down; clipped to the image.
    void copy_from(const std::byte* rows, const OfxRectI& window) const;
    // Fills ``window`` from ``source``, with zeros outside it or where the formats differ.
    void fill_from(const HostImage* source, const OfxRectI& window) const;

  private:
    std::byte* pixel(int x, int y) const;
    size_t pixel_bytes() const { return shape_.channels * wire::depth_bytes(shape_.depth); }

    OfxPropertySetHandle handle_ = nullptr;
    std::byte* data_ = nullptr;
    int64_t row_bytes_ = 0;  // negative in hosts that keep pictures top down
    wire::Image shape_{};
};

OfxRectI intersect(const OfxRectI& a, const OfxRectI& b);
inline bool is_empty(const OfxRectI& r) { return r.x1 >= r.x2 || r.y1 >= r.y2; }
inline OfxRectI bounds(const wire::Image& image) { return {image.x1, image.y1, image.x2, image.y2}; }

}  // namespace trimatte::shell
