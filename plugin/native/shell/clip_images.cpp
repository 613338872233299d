#include "clip_images.hpp"

#include <algorithm>
#include <cstring>

namespace trimatte::shell {

namespace {

uint32_t depth_of(const std::string& name) {
    if (name == kOfxBitDepthByte) return static_cast<uint32_t>(wire::Depth::kByte);
    if (name == kOfxBitDepthShort) return static_cast<uint32_t>(wire::Depth::kShort);
    if (name == kOfxBitDepthHalf) return static_cast<uint32_t>(wire::Depth::kHalf);
    if (name == kOfxBitDepthFloat) return static_cast<uint32_t>(wire::Depth::kFloat);
    return static_cast<uint32_t>(wire::Depth::kNone);
}

// Vegas says in what order the channels lie; what says nothing has them in the standard's.
constexpr const char* kPixelOrder = "OfxImageEffectPropPixelOrder";
constexpr const char* kOrderRgba = "OfxImagePixelOrderRGBA";

uint32_t channels_of(const std::string& name) {
    if (name == kOfxImageComponentRGBA) return 4;
    if (name == kOfxImageComponentRGB) return 3;
    return name == kOfxImageComponentAlpha ? 1 : 0;
}

}  // namespace

HostImage::HostImage(OfxImageClipHandle clip, double time) {
    if (!clip || suites().effect->clipGetImage(clip, time, nullptr, &handle_) != kOfxStatOK || !handle_) {
        handle_ = nullptr;
        return;
    }
    const Properties properties(handle_);
    int area[4];
    if (!properties.get_ints(kOfxImagePropBounds, area, 4)) return;
    shape_.x1 = area[0], shape_.y1 = area[1], shape_.x2 = area[2], shape_.y2 = area[3];
    const int64_t width = wire::width(shape_), height = wire::height(shape_);
    if (width <= 0 || height <= 0 || width > wire::kMaxSide || height > wire::kMaxSide) return;
    shape_.depth = depth_of(properties.get_string(kOfxImageEffectPropPixelDepth));
    shape_.channels = channels_of(properties.get_string(kOfxImageEffectPropComponents));
    if (properties.get_string(kPixelOrder, kOrderRgba) != kOrderRgba) shape_.channels = 0;
    row_bytes_ = properties.get_int(kOfxImagePropRowBytes, static_cast<int>(wire::row_bytes(shape_)));
    data_ = static_cast<std::byte*>(properties.get_pointer(kOfxImagePropData));
}

HostImage::~HostImage() {
    if (handle_) suites().effect->clipReleaseImage(handle_);
}

std::string HostImage::premultiplication() const {
    return Properties(handle_).get_string(kOfxImageEffectPropPreMultiplication);
}

std::string HostImage::describe() const {
    const Properties properties(handle_);
    const std::string order = properties.get_string(kPixelOrder, kOrderRgba);
    return properties.get_string(kOfxImageEffectPropComponents, "no components") + " of " +
           properties.get_string(kOfxImageEffectPropPixelDepth, "no depth") +
           (order == kOrderRgba ? "" : " in the order " + order);
}

std::byte* HostImage::pixel(int x, int y) const {
    return data_ + (int64_t{y} - shape_.y1) * row_bytes_ +
           (int64_t{x} - shape_.x1) * static_cast<int64_t>(pixel_bytes());
}

void HostImage::copy_to(std::byte* target) const {
    const size_t bytes = wire::row_bytes(shape_);
    for (int y = shape_.y2 - 1; y >= shape_.y1; --y, target += bytes) std::memcpy(target, pixel(shape_.x1, y), bytes);
}

void HostImage::copy_from(const std::byte* rows, const OfxRectI& window) const {
    const OfxRectI area = intersect(window, bounds(shape_));
    if (is_empty(area)) return;
    const size_t stride = static_cast<size_t>(window.x2 - window.x1) * pixel_bytes();
    const size_t bytes = static_cast<size_t>(area.x2 - area.x1) * pixel_bytes();
    for (int y = area.y1; y < area.y2; ++y) {
        const std::byte* row = rows + static_cast<size_t>(window.y2 - 1 - y) * stride;
        std::memcpy(pixel(area.x1, y), row + static_cast<size_t>(area.x1 - window.x1) * pixel_bytes(), bytes);
    }
}

void HostImage::fill_from(const HostImage* source, const OfxRectI& window) const {
    const OfxRectI area = intersect(window, bounds(shape_));
    if (is_empty(area)) return;
    const size_t bytes = static_cast<size_t>(area.x2 - area.x1) * pixel_bytes();
    for (int y = area.y1; y < area.y2; ++y) std::memset(pixel(area.x1, y), 0, bytes);
    const bool alike =
        source && *source && source->shape_.depth == shape_.depth && source->shape_.channels == shape_.channels;
    if (!alike) return;
    const OfxRectI shared = intersect(area, bounds(source->shape_));
    if (is_empty(shared)) return;
    const size_t shared_bytes = static_cast<size_t>(shared.x2 - shared.x1) * pixel_bytes();
    for (int y = shared.y1; y < shared.y2; ++y) {
        std::memcpy(pixel(shared.x1, y), source->pixel(shared.x1, y), shared_bytes);
    }
}

OfxRectI intersect(const OfxRectI& a, const OfxRectI& b) {
    return {std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)};
}

}  // namespace trimatte::shell
