// The overlay in the host's viewer: the trimap's outline, keyframe marks, and a brush.
#pragma once

#include "overlay_canvas.hpp"
#include "overlay_worker.hpp"

namespace trimatte::shell {

bool host_has_overlays();
// Offers the overlay where the host has any: with the standard's draw suite, and with OpenGL.
void describe_overlay(const Properties& effect);

// What one viewer knows; hosts call it on the thread of their window.
class Overlay {
  public:
    void draw(EffectInstance& instance, Canvas& canvas, const Properties& in);
    // Whether the event was ours.
    bool pen_down(EffectInstance& instance, const Properties& in);
    bool pen_motion(EffectInstance& instance, const Properties& in);
    bool pen_up(EffectInstance& instance, const Properties& in);
    bool key_down(EffectInstance& instance, const Properties& in);
    void lose_focus(EffectInstance& instance);

  private:
    void update_marks(EffectInstance& instance, double time);
    void add_place(const Properties& in);
    void finish_stroke(EffectInstance& instance);

    std::optional<OfxPointD> pen_;
    bool paints_ = false;
    double time_ = 0;                // of the stroke
    Points stroke_;                  // canonical
    std::vector<double> pressures_;  // one for each of its places
    std::optional<Marks> marks_;
    std::string asked_;  // for which settings the marks are
    uint32_t renders_ = 0;
    double asked_time_ = 0;
    Clock::time_point asked_at_{};
};

}  // namespace trimatte::shell
