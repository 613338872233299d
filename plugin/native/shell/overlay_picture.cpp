#include "overlay_picture.hpp"

#include <algorithm>

#include "overlay_fill.hpp"

namespace trimatte::shell {

namespace {

constexpr OfxRGBAColourF kShade{0, 0, 0, 0.5F};
constexpr OfxRGBAColourF kForeground{0.25F, 1, 0.35F, 1}, kBackground{1, 0.3F, 0.25F, 1}, kMark{1, 0.85F, 0.2F, 1};
constexpr float kTint = 0.28F;     // of a region; what is unknown stays clear
constexpr double kBandHeight = 3;  // pixels of the screen
constexpr double kMargin = 10;     // pixels of the screen, like all that follow
constexpr double kDiamond = 6;
constexpr double kLabelHeight = 14;

// In colour on a dark rim, so that it shows on any picture.
template <typename Draw>
void draw_twice(Canvas& canvas, const Pen& pen, Draw&& draw) {
    canvas.set_pen({kShade, pen.width + 1.5F});
    draw();
    canvas.set_pen(pen);
    draw();
}

void draw_loops(Canvas& canvas, const OverlayPicture& picture, const std::vector<Loop>& loops, const Pen& pen) {
    for (const Loop& loop : loops) {
        Points points;
        for (const OfxPointD& corner : loop) {
            points.push_back(picture.plane.to_canonical(corner, picture.marks->columns, picture.marks->rows));
        }
        draw_twice(canvas, pen, [&] { canvas.line(points, true); });
    }
}

void draw_fill(Canvas& canvas, const OverlayPicture& picture, const std::vector<Loop>& loops, OfxRGBAColourF colour) {
    const Marks& marks = *picture.marks;
    colour.a = kTint;
    canvas.set_pen({colour, 1});
    for (Points piece : fill(loops, marks.rows, kBandHeight * picture.pixel.y / picture.plane.height() * marks.rows)) {
        for (OfxPointD& corner : piece) corner = picture.plane.to_canonical(corner, marks.columns, marks.rows);
        canvas.polygon(piece);
    }
}

void draw_label(Canvas& canvas, const OverlayPicture& picture) {
    const std::vector<int>& keyframes = picture.marks->keyframes;
    const std::string words = label(keyframes, picture.frame);
    if (words.empty()) return;
    const OfxPointD& pixel = picture.pixel;
    OfxPointD place{picture.plane.region.x1 + kMargin * pixel.x,
                    picture.plane.region.y2 - (kMargin + kLabelHeight) * pixel.y};
    if (std::binary_search(keyframes.begin(), keyframes.end(), picture.frame)) {
        const double x = place.x + kDiamond * pixel.x, y = place.y + kDiamond * pixel.y;
        const Points diamond{{x - kDiamond * pixel.x, y},
                             {x, y - kDiamond * pixel.y},
                             {x + kDiamond * pixel.x, y},
                             {x, y + kDiamond * pixel.y}};
        canvas.set_pen({kMark, 1});
        canvas.polygon(diamond);
        place.x += 3 * kDiamond * pixel.x;
    }
    canvas.set_pen({kShade, 3});
    canvas.text(words, {place.x + pixel.x, place.y - pixel.y}, pixel);
    canvas.set_pen({kMark, 1});
    canvas.text(words, place, pixel);
}

void draw_brush(Canvas& canvas, const OverlayPicture& picture) {
    const OfxPointD radii{picture.brush_radius * picture.plane.aspect, picture.brush_radius};
    if (picture.stroke && !picture.stroke->empty()) {
        OfxRGBAColourF colour = picture.brush_colour;
        colour.a = 0.5F;
        canvas.set_pen({colour, static_cast<float>(std::clamp(2 * radii.y / picture.pixel.y, 1.0, 1000.0))});
        canvas.line(*picture.stroke, false);
    }
    if (picture.pen) draw_twice(canvas, {picture.brush_colour, 1}, [&] { canvas.ellipse(*picture.pen, radii); });
}

}  // namespace

std::string label(const std::vector<int>& keyframes, int frame) {
    const auto at = std::lower_bound(keyframes.begin(), keyframes.end(), frame);
    const bool is_keyframe = at != keyframes.end() && *at == frame;
    const auto after = is_keyframe ? at + 1 : at;
    std::string words = at != keyframes.begin() ? "< " + std::to_string(at[-1]) : "";
    const auto append = [&](const std::string& more) { words += (words.empty() ? "" : "   ") + more; };
    if (is_keyframe) append("keyframe " + std::to_string(frame));
    if (after != keyframes.end()) append(std::to_string(*after) + " >");
    return words;
}

void draw(Canvas& canvas, const OverlayPicture& picture) {
    if (picture.marks && picture.fills) {
        draw_fill(canvas, picture, picture.marks->background, kBackground);
        draw_fill(canvas, picture, picture.marks->foreground, kForeground);
    }
    if (picture.marks && picture.outlines) {
        draw_loops(canvas, picture, picture.marks->background, {kBackground, 2, true});
        draw_loops(canvas, picture, picture.marks->foreground, {kForeground, 2});
    }
    if (picture.marks) {
        draw_label(canvas, picture);
    }
    if (picture.brush_radius > 0) draw_brush(canvas, picture);
}

}  // namespace trimatte::shell
