#include "overlay.hpp"

#include <algorithm>
#include <utility>

#include "overlay_picture.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr std::chrono::milliseconds kFresh{500};  // files change without a word
constexpr double kFarthest = 1e9;                 // frames; no host has a clip this long
constexpr size_t kMostPlaces = 100000;
constexpr double kBrushStep = 1.25, kSmallestBrush = 1, kLargestBrush = 2000;

OfxRGBAColourF colour_of(int paint) {
    static constexpr OfxRGBAColourF kColours[] = {
        {1, 1, 1, 1}, {0.25F, 1, 0.35F, 1}, {1, 0.3F, 0.25F, 1}, {0.7F, 0.7F, 0.7F, 1}, {1, 1, 1, 1}};
    return kColours[std::clamp(paint, 0, static_cast<int>(std::size(kColours)) - 1)];
}

OfxPointD pair(const Properties& in, const char* name, OfxPointD fallback) {
    return {in.get_double(name, fallback.x, 0), in.get_double(name, fallback.y, 1)};
}

OfxPointD pen_of(const Properties& in) { return pair(in, kOfxInteractPropPenPosition, {0, 0}); }

double brush_size(EffectInstance& instance, double time) {
    return read_double(instance.parameters(), kBrushSizeName, time, 40);
}

bool is_painting(EffectInstance& instance, double time) {
    return read_choice(instance.parameters(), kPaintInViewerName, time) != kPaintOff;
}

}  // namespace

void Overlay::draw(EffectInstance& instance, Canvas& canvas, const Properties& in) {
    const double time = in.get_double(kOfxPropTime, 0);
    const auto plane = find_plane(instance, time);
    if (!plane) return;
    const bool outlines = read_choice(instance.parameters(), kOutlinesName, time) != 0;
    const bool fills = read_choice(instance.parameters(), kFillName, time) != 0;
    if (outlines || fills) {
        update_marks(instance, time);
    } else {
        marks_.reset();
    }
    OfxPointD pixel = pair(in, kOfxInteractPropPixelScale, {1, 1});
    if (!(pixel.x > 0 && pixel.y > 0)) pixel = {1, 1};
    const long offset = read_integer(instance.parameters(), kFrameOffsetName, time);
    const int frame = static_cast<int>(std::lround(std::clamp(time, -kFarthest, kFarthest)) + offset);
    OverlayPicture picture{*plane, pixel, frame, marks_ ? &*marks_ : nullptr, outlines, fills};
    const int paint = read_choice(instance.parameters(), kPaintInViewerName, time);
    if (paint != kPaintOff) {
        picture.brush_colour = colour_of(paint);
        picture.brush_radius = brush_size(instance, time) / 2;
        picture.pen = pen_;
        picture.stroke = &stroke_;
    }
    shell::draw(canvas, picture);
}

// Asks only when something may have changed: hosts draw at every motion of the mouse.
void Overlay::update_marks(EffectInstance& instance, double time) {
    const std::string settings = settings_of(instance, time, Task::kShowMarks);
    const uint32_t renders = instance.num_renders();
    const bool is_same = settings == asked_ && time == asked_time_ && renders == renders_;
    if (is_same && Clock::now() - asked_at_ < kFresh) return;
    std::optional<Marks> marks = ask_marks(instance, time, settings);
    if (marks || !is_same) marks_ = std::move(marks);  // too slow this once: what we have still holds
    asked_ = settings, asked_time_ = time, renders_ = renders, asked_at_ = Clock::now();
}

bool Overlay::pen_down(EffectInstance& instance, const Properties& in) {
    pen_ = pen_of(in);
    time_ = in.get_double(kOfxPropTime, 0);
    if (!is_painting(instance, time_) || !find_plane(instance, time_)) return false;
    paints_ = true;
    stroke_.clear(), pressures_.clear();
    add_place(in);
    return true;
}

bool Overlay::pen_motion(EffectInstance&, const Properties& in) {
    pen_ = pen_of(in);
    if (paints_) add_place(in);
    return paints_;
}

bool Overlay::pen_up(EffectInstance& instance, const Properties& in) {
    pen_ = pen_of(in);
    if (!paints_) return false;
    add_place(in);
    finish_stroke(instance);
    return true;
}

bool Overlay::key_down(EffectInstance& instance, const Properties& in) {
    const double time = in.get_double(kOfxPropTime, 0);
    if (!is_painting(instance, time)) return false;
    const int key = in.get_int(kOfxPropKeySym, 0);
    if (key == kOfxKey_Escape && paints_) {
        paints_ = false;
        stroke_.clear();
        return true;
    }
    if (key != kOfxKey_bracketleft && key != kOfxKey_bracketright) return false;
    const double factor = key == kOfxKey_bracketright ? kBrushStep : 1 / kBrushStep;
    write_double(instance.parameters(), kBrushSizeName,
                 std::clamp(brush_size(instance, time) * factor, kSmallestBrush, kLargestBrush));
    return true;
}

// A stroke that nobody ends is as good as one that was ended here.
void Overlay::lose_focus(EffectInstance& instance) {
    pen_.reset();
    if (paints_) finish_stroke(instance);
}

void Overlay::add_place(const Properties& in) {
    const double pressure = std::clamp(in.get_double(kOfxInteractPropPenPressure, 1), 0.0, 1.0);
    const bool is_new = stroke_.empty() || stroke_.back().x != pen_->x || stroke_.back().y != pen_->y;
    if (!is_new || stroke_.size() >= kMostPlaces) return;
    stroke_.push_back(*pen_);
    pressures_.push_back(pressure);
}

void Overlay::finish_stroke(EffectInstance& instance) {
    paints_ = false;
    const Points stroke = std::exchange(stroke_, {});
    const auto plane = find_plane(instance, time_);
    if (!plane || stroke.empty()) return;
    Stroke painted{{}, std::exchange(pressures_, {})};
    const auto is_nothing = [](double pressure) { return pressure == 0; };
    if (std::all_of(painted.pressures.begin(), painted.pressures.end(), is_nothing)) {
        painted.pressures.assign(stroke.size(), 1);  // a mouse that presses nothing is no pen
    }
    for (const OfxPointD& place : stroke) painted.places.push_back(plane->to_picture(place));
    paint_stroke(instance, time_, *plane, painted);
}

}  // namespace trimatte::shell
