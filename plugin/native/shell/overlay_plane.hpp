// How the picture of Source lies in the viewer: canonical coordinates, y up, against pixels of full size, y down.
#pragma once

#include <cmath>
#include <optional>

#include "effect_instance.hpp"
#include "wire/protocol.hpp"

namespace trimatte::shell {

struct Plane {
    OfxRectD region;  // canonical
    double aspect;    // width of a pixel, its height being 1

    double width() const { return region.x2 - region.x1; }
    double height() const { return region.y2 - region.y1; }
    int columns() const { return static_cast<int>(std::lround(width() / aspect)); }
    int rows() const { return static_cast<int>(std::lround(height())); }

    // Place in a picture of ``columns`` x ``rows`` that fills the region; its upper left corner is (0, 0).
    OfxPointD to_picture(OfxPointD place) const {
        return {(place.x - region.x1) / width() * columns(), (region.y2 - place.y) / height() * rows()};
    }
    // The same back, for a picture of another size.
    OfxPointD to_canonical(OfxPointD place, int columns, int rows) const {
        return {region.x1 + place.x / columns * width(), region.y2 - place.y / rows * height()};
    }
};

// None where the host has no picture, or one of no size.
inline std::optional<Plane> find_plane(const EffectInstance& instance, double time) {
    OfxRectD region{};
    if (!instance.source() ||
        suites().effect->clipGetRegionOfDefinition(instance.source(), time, &region) != kOfxStatOK) {
        return {};
    }
    Plane plane{region, instance.source_properties().get_double(kOfxImagePropPixelAspectRatio, 1)};
    if (!(plane.aspect > 0)) plane.aspect = 1;
    const double side = wire::kMaxSide;
    const bool is_picture = plane.width() >= plane.aspect / 2 && plane.height() >= 0.5 &&
                            plane.width() <= side * plane.aspect && plane.height() <= side;
    return is_picture && std::isfinite(region.x1) && std::isfinite(region.y1) ? std::optional(plane) : std::nullopt;
}

}  // namespace trimatte::shell
