// Images in memory.
#include "image.hpp"

#include <openfx/ofx_gpu_render.h>
#include <openfx/ofx_image_effect.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "property_tables.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

constexpr std::byte kMark{0xA5};
constexpr int kTexture2d = 0x0DE1;    // GL_TEXTURE_2D
constexpr std::size_t kMargin = 256;  // marked memory before the first and after the last row
constexpr std::ptrdiff_t kGap = 48;   // marked memory after each row of a padded image

}  // namespace

int depth_bytes(const std::string& depth) {
    if (depth == kOfxBitDepthByte) {
        return 1;
    }
    if (depth == kOfxBitDepthShort || depth == kOfxBitDepthHalf) {
        return 2;
    }
    return depth == kOfxBitDepthFloat ? 4 : 0;
}

int component_count(const std::string& components) {
    if (components == kOfxImageComponentRGBA) {
        return 4;
    }
    if (components == kOfxImageComponentRGB) {
        return 3;
    }
    return components == kOfxImageComponentAlpha ? 1 : 0;
}

std::shared_ptr<Image> Image::create(const ImageSpec& spec) {
    std::shared_ptr<Image> image(new Image(spec));
    HandleTable<Image>::global().add(image->handle(), image);
    return image;
}

Image::Image(const ImageSpec& spec)
    : spec_(spec),
      pixel_bytes_(depth_bytes(spec.depth) * component_count(spec.components)),
      row_bytes_(static_cast<std::ptrdiff_t>(pixel_bytes_) * width()),
      memory_(nullptr, std::free),
      properties_(PropertySet::create()) {
    if (pixel_bytes_ == 0 || width() <= 0 || height() <= 0) {
        throw HostFailure("cannot make an image of " + std::to_string(width()) + " x " + std::to_string(height()) +
                          " pixels, " + spec.components + ", " + spec.depth);
    }
    if (spec.row_order == RowOrder::kPadded) {
        row_bytes_ += kGap;
    }
    size_ = static_cast<std::size_t>(row_bytes_) * height() + 2 * kMargin;
    memory_.reset(static_cast<std::byte*>(std::calloc(size_, 1)));  // the system's pages are zero already
    if (!memory_) {
        throw std::bad_alloc();
    }
    origin_ = memory_.get() + kMargin;
    if (spec.row_order == RowOrder::kNegative) {
        origin_ += row_bytes_ * (height() - 1);
        row_bytes_ = -row_bytes_;
    }
    constexpr Access kHost = Access::kHostWrites;
    const OfxRectI& b = spec.bounds;
    PropertySet& set = *properties_;
    set.define(kOfxPropType, kHost, {std::string(kOfxTypeImage)});
    set.define(kOfxImageEffectPropPixelDepth, kHost, {spec.depth});
    set.define(kOfxImageEffectPropComponents, kHost, {spec.components});
    set.define(kOfxImageEffectPropPreMultiplication, kHost, {spec.premultiplication});
    set.define(kOfxImageEffectPropRenderScale, kHost, {spec.scale.x, spec.scale.y});
    set.define(kOfxImagePropPixelAspectRatio, kHost, {spec.pixel_aspect});
    set.define(kOfxImagePropData, kHost, {static_cast<void*>(origin_)});
    set.define(kOfxImagePropBounds, kHost, {b.x1, b.y1, b.x2, b.y2});
    set.define(kOfxImagePropRegionOfDefinition, kHost, {b.x1, b.y1, b.x2, b.y2});
    set.define(kOfxImagePropRowBytes, kHost, {static_cast<int>(row_bytes_)});
    set.define(kOfxImagePropField, kHost, {spec.field});
    set.define(kOfxImagePropUniqueIdentifier, kHost, {spec.identity});
    if (spec.extra) {
        define_extra(set, *spec.extra);
    }
}

Image::~Image() { HandleTable<Image>::global().remove(handle()); }

void Image::fill(const FrameBuffer& frame) {
    if (frame.width != width() || frame.height != height()) {
        throw HostFailure("the frame is " + std::to_string(frame.width) + " x " + std::to_string(frame.height) +
                          " pixels, the clip said " + std::to_string(width()) + " x " + std::to_string(height()));
    }
    const std::size_t bytes = static_cast<std::size_t>(pixel_bytes_) * width();
    for (int line = 0; line < height(); ++line) {
        std::memcpy(row(spec_.bounds.y2 - 1 - line), frame.data + line * frame.row_bytes, bytes);
    }
}

void Image::move_to(const std::shared_ptr<Device>& device, bool as_picture) {
    on_device_ = as_picture ? device->upload_picture(form(), origin_)
                            : device->upload(origin_, static_cast<std::size_t>(row_bytes_) * height());
    device_ = device;
    is_picture_ = as_picture;
    properties_->set(kOfxImagePropData, as_picture ? nullptr : on_device_.get());
    was_drawn_ = device->kind() == Device::Kind::kOpenGl;
    if (was_drawn_) {
        const auto texture = static_cast<int>(reinterpret_cast<std::intptr_t>(on_device_.get()));
        properties_->define(kOfxImageEffectPropOpenGLTextureIndex, Access::kHostWrites, {texture});
        properties_->define(kOfxImageEffectPropOpenGLTextureTarget, Access::kHostWrites, {kTexture2d});
    } else if (as_picture) {
        properties_->define(kOfxImageEffectPropOpenCLImage, Access::kHostWrites, {on_device_.get()});
    }
}

void Image::move_back() {
    if (is_picture_) {
        device_->download_picture(on_device_.get(), form(), origin_);
        for (const char* name : {kOfxImageEffectPropOpenCLImage, kOfxImageEffectPropOpenGLTextureIndex,
                                 kOfxImageEffectPropOpenGLTextureTarget}) {
            properties_->remove(name);
        }
    } else {
        device_->download(on_device_.get(), origin_, static_cast<std::size_t>(row_bytes_) * height());
    }
    properties_->set(kOfxImagePropData, static_cast<void*>(origin_));
    on_device_.reset();
    device_.reset();
}

void Image::copy_out(const OfxRectI& window, std::byte* target) const {
    const std::size_t bytes = static_cast<std::size_t>(pixel_bytes_) * (window.x2 - window.x1);
    const std::ptrdiff_t left = static_cast<std::ptrdiff_t>(window.x1 - spec_.bounds.x1) * pixel_bytes_;
    for (int y = window.y2 - 1; y >= window.y1; --y, target += bytes) {
        std::memcpy(target, row(y) + left, bytes);
    }
}

template <class Visit>
void Image::each_run_outside(const OfxRectI& window, Visit&& visit) const {
    std::byte* const end = memory_.get() + size_;
    std::byte* cursor = memory_.get();
    const std::ptrdiff_t step = row_bytes_ < 0 ? -row_bytes_ : row_bytes_;
    std::byte* const first = memory_.get() + kMargin;
    for (int line = 0; line < height(); ++line) {  // in the order of memory
        const int y = row_bytes_ < 0 ? spec_.bounds.y2 - 1 - line : spec_.bounds.y1 + line;
        if (y < window.y1 || y >= window.y2) {
            continue;
        }
        std::byte* const start = first + line * step;
        visit(cursor, start + static_cast<std::ptrdiff_t>(window.x1 - spec_.bounds.x1) * pixel_bytes_);
        cursor = start + static_cast<std::ptrdiff_t>(window.x2 - spec_.bounds.x1) * pixel_bytes_;
    }
    visit(cursor, end);
}

void Image::arm(const OfxRectI& window) {
    each_run_outside(window, [](std::byte* begin, std::byte* end) { std::fill(begin, end, kMark); });
}

bool Image::is_intact(const OfxRectI& window) const {
    bool intact = true;
    each_run_outside(window, [&](const std::byte* begin, const std::byte* end) {
        intact = intact && std::all_of(begin, end, [](std::byte b) { return b == kMark; });
    });
    return intact;
}

}  // namespace trimatte::host
